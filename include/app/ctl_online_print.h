/* How `appealctl check --online` looks. */
#pragma once

#include "app/ctl_online.h"

/* A heading and a line for each step, with colours on a terminal alone. */
void apd_online_print(const ApdOnlineSubject *subject);

/* @subjects (element-type ApdOnlineSubject): an array of objects. */
void apd_online_print_json(const GPtrArray *subjects);

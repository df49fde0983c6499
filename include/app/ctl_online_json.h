/* check --online of a [json NAME]: its first page, and how much of it is understood. */
#pragma once

#include "app/ctl_online.h"

/* Steps follow from the main context. */
void apd_online_json(ApdOnlineSubject *self, const ApdSourceConfig *source);

/* appealctl show --why: who is told of a case and who is not, what comes next. */
#pragma once

#include "app/ctl.h"

/* Prints it for @kase. */
void apd_ctl_why(const ApdCtlDesk *desk, ApdCase *kase);

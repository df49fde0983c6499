#include "app/reminders.h"

ApdLadder
apd_reminders_ladder(const ApdConfig *config)
{
    return (ApdLadder){ (const ApdTime *) (const void *) config->steps->data, config->steps->len,
                        config->repeat, config->repeat > 0 ? config->repeat_last : 0 };
}

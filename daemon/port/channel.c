#include "port/channel.h"

const ApdChannelType apd_channel_desktop = {
    .name = "desktop",
    .elsewhere = true,
};

static const ApdChannelType *const types[] = {
    &apd_channel_desktop,  &apd_channel_feishu,  &apd_channel_slack,
    &apd_channel_terminal, &apd_channel_webhook,
};

const ApdChannelType *
apd_channel_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_str_equal(types[i]->name, name))
            return types[i];

    return NULL;
}

#include "port/channel.h"

#include "port/channel_verdict.h"

const ApdChannelType apd_channel_desktop = {
    .name = "desktop",
    .elsewhere = true,
    .unseen = true,
};

static const ApdChannelType *const types[] = {
    &apd_channel_alertmanager, &apd_channel_bark,       &apd_channel_command,
    &apd_channel_desktop,      &apd_channel_dingtalk,   &apd_channel_discord,
    &apd_channel_email,        &apd_channel_feishu,     &apd_channel_googlechat,
    &apd_channel_gotify,       &apd_channel_lark,       &apd_channel_mattermost,
    &apd_channel_matrix,       &apd_channel_ntfy,       &apd_channel_pagerduty,
    &apd_channel_pushover,     &apd_channel_rocketchat, &apd_channel_serverchan,
    &apd_channel_slack,        &apd_channel_teams,      &apd_channel_telegram,
    &apd_channel_terminal,     &apd_channel_webhook,    &apd_channel_wecom,
};

const ApdChannelType *
apd_channel_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_str_equal(types[i]->name, name))
            return types[i];

    return NULL;
}

void
apd_channel_judge(const ApdChannelType *self, const ApdHttpResponse *response, ApdTime now,
                  ApdJudgement *judgement)
{
    if (self->judge != NULL)
        self->judge(response, now, judgement);
    else
        apd_verdicts_judge(self->verdicts, response, now, judgement);
}

void
apd_judgement_clear(ApdJudgement *self)
{
    g_clear_pointer(&self->text, g_free);
    g_clear_pointer(&self->answer, g_free);
    g_clear_pointer(&self->moved, g_free);
    g_clear_pointer(&self->reached, g_strfreev);
    g_clear_pointer(&self->rest, g_strfreev);
    g_clear_pointer(&self->refused, g_free);
    *self = (ApdJudgement){ APD_TRY_AGAIN };
}

/* A program of the user's: the alert as JSON on standard input, the exit status is
 * the verdict.  Statuses with a meaning are those of sysexits.h and of shells.
 */
#include "port/channel_tools.h"

#include <string.h>

#include "base/error.h"

#define STATUS_USAGE    64 /* EX_USAGE, the first of sysexits.h */
#define STATUS_TEMPFAIL 75
#define STATUS_CONFIG   78 /* EX_CONFIG, the last */
#define STATUS_NO_EXEC  126
#define STATUS_NO_FILE  127

static bool
command_command(const ApdChannelConfig *config, const ApdParcel *parcel, ApdCommandRequest *request,
                GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(JsonNode) alert = NULL;

    if (!g_shell_parse_argv(apd_channel_option(config, "command", ""), NULL, &request->argv,
                            &why)) {
        g_set_error(error, APD_ERROR, APD_ERROR_CONFIG, "command: %s", why->message);
        return false;
    }

    alert = apd_channel_alert(parcel);
    g_autofree char *text = json_to_string(alert, FALSE);
    g_autofree char *line = g_strconcat(text, "\n", NULL);
    request->input = g_bytes_new(line, strlen(line));
    request->limit = config->time_limit;
    return true;
}

static bool
is_for_good(int status)
{
    return (status >= STATUS_USAGE && status <= STATUS_CONFIG && status != STATUS_TEMPFAIL)
           || status == STATUS_NO_EXEC || status == STATUS_NO_FILE;
}

static void
command_judge(const ApdCommandEnd *end, ApdJudgement *judgement)
{
    const char *colon = *end->said ? ": " : "";

    if (end->status == 0) {
        judgement->taking = APD_TAKEN;
        return;
    }

    judgement->taking = is_for_good(end->status) ? APD_REFUSED : APD_TRY_AGAIN;
    if (end->late)
        judgement->text =
            g_strdup_printf("the command took longer than its time-limit%s%s", colon, end->said);
    else if (end->status < 0)
        judgement->text = g_strdup_printf("the command was killed%s%s", colon, end->said);
    else
        judgement->text =
            g_strdup_printf("the command's exit status was %d%s%s", end->status, colon, end->said);
}

const ApdChannelType apd_channel_command = {
    .name = "command",
    .command = command_command,
    .judge_command = command_judge,
    .unseen = true,
};

/* Prints alerts on standard output: for the demo and for looking on. */
#include "port/channel.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"

typedef struct {
    const char *on, *off;
} Paint;

/* Colours only on a terminal, and not where a person wants none (no-color.org). */
static Paint
paint_of(ApdSeverity severity)
{
    static const char *const colours[APD_N_SEVERITIES] = { "\033[1m", "\033[1;36m", "\033[1;33m",
                                                           "\033[1;31m" };

    if (!isatty(STDOUT_FILENO) || g_getenv("NO_COLOR") != NULL)
        return (Paint){ "", "" };
    return (Paint){ colours[severity], "\033[0m" };
}

static void
print_wording(const ApdWording *wording)
{
    Paint paint = paint_of(wording->severity);
    g_auto(GStrv) lines = g_strsplit(wording->body, "\n", -1);

    printf("%s● %s%s\n", paint.on, wording->title, paint.off);
    for (char **line = lines; *line != NULL; line++)
        if (**line != '\0')
            printf("  %s\n", *line);
    for (guint i = 0; i < wording->facts->len; i++) {
        const ApdFact *fact = wording->facts->pdata[i];
        printf("  %s: %s\n", fact->label, fact->value);
    }
    if (wording->url != NULL)
        printf("  %s: %s\n", wording->url_label, wording->url);
    printf("  %s\n\n", wording->footer);
}

static bool
terminal_put(const ApdChannelConfig *config, const ApdParcel *parcel, GError **error)
{
    (void) config;
    print_wording(parcel->wording);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;

    g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT, "cannot print: %s", g_strerror(errno));
    clearerr(stdout);
    return false;
}

const ApdChannelType apd_channel_terminal = {
    .name = "terminal",
    .put = terminal_put,
};

#include "app/ctl_online_print.h"

#include <stdio.h>

#include "app/ctl.h"
#include "app/screen.h"
#include "base/json.h"
#include "base/text.h"

/* Columns of "  good   login         ". */
#define VERDICT 7
#define WHAT    14
#define INDENT  (2 + VERDICT + WHAT)

/* Narrower than this text is not wrapped. */
#define MIN_ROOM 20u

static const struct {
    const char *word;
    ApdPaint paint;
} verdicts[APD_N_PROOFS] = {
    [APD_PROOF_GOOD] = { "good", APD_PAINT_GOOD },
    [APD_PROOF_OPEN] = { "open", APD_PAINT_DIM },
    [APD_PROOF_WARN] = { "warn", APD_PAINT_WARN },
    [APD_PROOF_BAD] = { "bad", APD_PAINT_URGENT },
};

/* Words of @text, wrapped under column INDENT, where the first line stands already. */
static void
print_text(const char *text, const char *mark)
{
    guint width = apd_screen_width();
    guint room = width > INDENT + MIN_ROOM ? width - INDENT : G_MAXUINT, used = 0;
    g_autofree char *safe = apd_text_line(text);
    g_auto(GStrv) words = g_strsplit(safe, " ", -1);

    g_print("%s", mark);
    used = apd_screen_columns(mark);
    for (char **word = words; *word != NULL; word++) {
        guint columns = apd_screen_columns(*word);
        if (word != words && used + 1 + columns > room) {
            g_print("\n%*s", INDENT, "");
            used = 0;
        } else if (word != words) {
            g_print(" ");
            used++;
        }
        g_print("%s", *word);
        used += columns;
    }
    g_print("\n");
}

static void
print_step(const ApdOnlineStep *step)
{
    g_autofree char *what = apd_text_line(step->what);
    guint columns = apd_screen_columns(what);

    g_print("  %s%-*s%s%s", apd_screen_on(verdicts[step->proof].paint), VERDICT,
            verdicts[step->proof].word, apd_screen_off(verdicts[step->proof].paint), what);
    if (columns < WHAT)
        g_print("%*s", (int) (WHAT - columns), "");
    else
        g_print("\n%*s", INDENT, "");
    print_text(step->text, "");
    if (*step->remedy != '\0') {
        g_print("%*s", INDENT, "");
        print_text(step->remedy, "-> ");
    }
}

void
apd_online_print(const ApdOnlineSubject *subject)
{
    g_print("%s[%s]%s\n", apd_screen_on(APD_PAINT_BOLD), subject->name,
            apd_screen_off(APD_PAINT_BOLD));
    for (guint i = 0; i < subject->steps->len; i++)
        print_step(subject->steps->pdata[i]);
    fflush(stdout);
}

void
apd_online_print_json(const GPtrArray *subjects)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_array(builder);
    for (guint i = 0; i < subjects->len; i++) {
        const ApdOnlineSubject *subject = subjects->pdata[i];
        for (guint j = 0; j < subject->steps->len; j++) {
            const ApdOnlineStep *step = subject->steps->pdata[j];
            json_builder_begin_object(builder);
            apd_json_text(builder, "of", subject->name);
            apd_json_text(builder, "what", step->what);
            apd_json_text(builder, "verdict", verdicts[step->proof].word);
            apd_json_text(builder, "text", step->text);
            apd_json_text(builder, "remedy", *step->remedy != '\0' ? step->remedy : NULL);
            json_builder_end_object(builder);
        }
    }
    json_builder_end_array(builder);
    apd_ctl_print_json(builder);
}

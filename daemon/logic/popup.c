#include "logic/popup.h"

#include "base/text.h"

/* Servers cut what is longer where they like; we cut at the least useful end. */
#define MAX_LINE 240
#define MAX_BODY 1600

/* Of which this much is kept for the last lines: where to click, whose case it is, what
 * to type. */
#define LAST_LINE 400

/* Time left (more than) and the length of its steps. */
/* clang-format off */
static const struct { ApdTime over, step; } paces[] = {
    { 3 * APD_DAY,      6 * APD_HOUR },
    { APD_HOUR,         APD_HOUR },
    { 10 * APD_MINUTE, 10 * APD_MINUTE },
    { 5 * APD_MINUTE,   5 * APD_MINUTE },
    { 0,                APD_MINUTE },
};
/* clang-format on */

static ApdTime
step_for(ApdTime left)
{
    for (size_t i = 0; i < G_N_ELEMENTS(paces); i++)
        if (left > paces[i].over)
            return paces[i].step;
    return APD_MINUTE;
}

ApdTime
apd_popup_worded_at(ApdTime deadline, ApdTime now)
{
    if (deadline == APD_NEVER || deadline <= now)
        return now;

    ApdTime left = deadline - now;
    ApdTime shown = left - left % step_for(left);
    return shown > 0 ? deadline - shown : now;
}

ApdTime
apd_popup_next(ApdTime deadline, ApdTime now)
{
    if (deadline == APD_NEVER || deadline <= now)
        return APD_NEVER;

    ApdTime left = deadline - now;
    ApdTime step = step_for(left);
    ApdTime shown = left - left % step;

    /* The last minutes are not counted one by one: the deadline itself is next. */
    if (step == APD_MINUTE)
        return deadline;
    /* Just after the instant at which what is shown becomes too much. */
    return deadline - shown + 1;
}

/* --- the body ---------------------------------------------------------------- */

typedef struct {
    const ApdPhrases *phrases;
    bool markup;
    GString *text;
} Body;

static void
add_escaped(const Body *self, const char *text)
{
    g_autofree char *line = apd_text_line(text);
    g_autofree char *cut = apd_text_cut(line, MAX_LINE);
    g_autofree char *safe = self->markup ? g_markup_escape_text(cut, -1) : g_strdup(cut);

    g_string_append(self->text, safe);
}

/* A line that no longer fits is left out whole. */
static void
end_line(const Body *self, gsize start)
{
    if (self->text->len > MAX_BODY - LAST_LINE)
        g_string_truncate(self->text, start);
}

static gsize
start_line(const Body *self)
{
    gsize start = self->text->len;

    if (start > 0)
        g_string_append_c(self->text, '\n');
    return start;
}

static void
add_fact(const Body *self, const ApdFact *fact)
{
    gsize start = start_line(self);

    g_string_append(self->text, self->markup ? "<b>" : "");
    add_escaped(self, fact->label);
    g_string_append(self->text, self->markup ? ":</b> " : ": ");
    add_escaped(self, fact->value);
    end_line(self, start);
}

static void
add_lines(const Body *self, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (size_t i = 0; lines[i] != NULL; i++) {
        if (*lines[i] == '\0')
            continue;
        gsize start = start_line(self);
        add_escaped(self, lines[i]);
        end_line(self, start);
    }
}

static void
add_last(const Body *self, const char *line)
{
    start_line(self);
    add_escaped(self, line);
}

static bool
is_fact(const Body *self, const ApdFact *fact, const char *key)
{
    return g_strcmp0(fact->label, apd_phrases_get(self->phrases, "facts", key)) == 0;
}

/* The title tells the time left; what comes from the mail itself comes last. */
static void
add_facts(const Body *self, const ApdWording *wording, bool deadline)
{
    for (guint i = 0; i < wording->facts->len; i++) {
        const ApdFact *fact = wording->facts->pdata[i];
        if (is_fact(self, fact, "deadline") == deadline && !is_fact(self, fact, "left"))
            add_fact(self, fact);
    }
}

char *
apd_popup_body(const ApdPhrases *phrases, const ApdWording *wording, const ApdPopupServer *server,
               int64_t case_id)
{
    Body self = { phrases, server->markup, g_string_new(NULL) };
    const char *hint = apd_phrases_get(phrases, "desktop", "commands");
    const char *click = apd_phrases_get(phrases, "desktop", "click");

    add_facts(&self, wording, true);
    add_lines(&self, wording->body);
    add_facts(&self, wording, false);
    if (server->click && wording->url != NULL && click != NULL)
        add_last(&self, click);
    if (hint != NULL && case_id != 0 && !server->buttons) {
        g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, case_id);
        g_auto(GStrv) parts = g_strsplit(hint, "{id}", -1);
        g_autofree char *line = g_strjoinv(id, parts);
        add_last(&self, line);
    } else if (case_id != 0) {
        add_last(&self, wording->footer);
    }
    return g_string_free(self.text, FALSE);
}

bool
apd_popup_is_settled(ApdState shown, ApdState state)
{
    return state != shown && state != APD_STATE_OPEN;
}

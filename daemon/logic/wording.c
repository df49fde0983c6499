#include "logic/wording.h"

#include <string.h>

#include "base/text.h"
#include "logic/countdown.h"
#include "logic/trouble.h"

/* Longest text from a mail that an alert quotes, in bytes. */
#define MAX_QUOTE 300

/* What the functions below share. */
typedef struct {
    const ApdPhrases *phrases; /* borrowed, as are all of these */
    const ApdAlert *alert;
    const ApdCase *kase; /* NULL for alerts about something else */
    ApdTime now;
    GTimeZone *zone;
    ApdWording *wording;
} Making;

static const char *
phrase(const Making *self, const char *section, const char *key)
{
    const char *text = apd_phrases_get(self->phrases, section, key);

    return text ? text : key;
}

static void
free_fact(void *data)
{
    ApdFact *fact = data;

    g_free(fact->label);
    g_free(fact->value);
    g_free(fact);
}

/* Takes @value; NULL and "" add nothing. */
static void
add_fact(Making *self, const char *key, char *value)
{
    if (value == NULL || *value == '\0') {
        g_free(value);
        return;
    }

    ApdFact *fact = g_new0(ApdFact, 1);
    fact->label = g_strdup(phrase(self, "facts", key));
    fact->value = value;
    fact->key = key;
    g_ptr_array_add(self->wording->facts, fact);
}

static char *
quote(const char *text)
{
    if (text == NULL)
        return NULL;

    g_autofree char *line = apd_text_line(text);
    return apd_text_cut(line, MAX_QUOTE);
}

static char *
category_text(const Making *self, const ApdCase *kase)
{
    return g_strdup(phrase(self, "categories", kase->category));
}

/* "Complaint: trademark infringement" */
static char *
matter(const Making *self, const ApdCase *kase)
{
    g_autofree char *category = category_text(self, kase);
    const char *const names[] = { "kind", phrase(self, "kinds", apd_kind_name(kase->kind)),
                                  "category", category, NULL };

    return apd_phrase_fill(phrase(self, "titles", "matter"), names);
}

static bool
has_time_left(const ApdCase *kase, ApdTime now)
{
    return kase->deadline != APD_NEVER && kase->deadline > now;
}

/* Nothing is to be done any more, whatever time is left. */
static bool
is_over(const ApdCase *kase)
{
    return !apd_state_runs(kase->state) && kase->state != APD_STATE_EXPIRED;
}

ApdSeverity
apd_wording_urgency(const ApdCase *kase, ApdTime now)
{
    ApdSeverity severity = kase->severity;

    if (!apd_state_runs(kase->state) || !has_time_left(kase, now))
        return severity;
    if (kase->deadline - now <= 24 * APD_HOUR)
        return APD_SEVERITY_CRITICAL;
    if (kase->deadline - now <= 72 * APD_HOUR)
        return MAX(severity, APD_SEVERITY_HIGH);
    return severity;
}

/* --- titles ---------------------------------------------------------------- */

static const char *
title_key(const Making *self)
{
    const ApdCase *kase = self->kase;

    if (self->alert->reason == APD_REASON_EXPIRED)
        return "expired";
    if (is_over(kase))
        return "decision";
    if (self->alert->reason == APD_REASON_DECISION && kase->outcome != APD_OUTCOME_NONE
        && kase->outcome != APD_OUTCOME_MORE_EVIDENCE)
        return "decision";
    if (self->alert->reason == APD_REASON_ESCALATED && has_time_left(kase, self->now))
        return "escalated";
    if (!has_time_left(kase, self->now))
        return kase->deadline == APD_NEVER ? "no-deadline" : "late";
    if (self->alert->reason == APD_REASON_CHANGED)
        return "changed";
    return self->alert->reason == APD_REASON_STEP ? "step" : "new";
}

/* What the platform said last, or what became of the case without a word of it. */
static const char *
outcome_name(const ApdCase *kase)
{
    if (kase->state == APD_STATE_WON)
        return apd_outcome_name(APD_OUTCOME_REVERSED);
    if (kase->state == APD_STATE_LOST)
        return apd_outcome_name(APD_OUTCOME_UPHELD);
    if (kase->state == APD_STATE_CLOSED)
        return "closed";
    return apd_outcome_name(kase->outcome);
}

static char *
case_title(const Making *self)
{
    const ApdCase *kase = self->kase;
    g_autofree char *what = matter(self, kase);
    g_autofree char *left = has_time_left(kase, self->now)
                                ? apd_countdown_words(self->phrases, kase->deadline - self->now)
                                : g_strdup("");
    const char *outcome = outcome_name(kase);
    const char *const names[] = { "matter",  what,
                                  "left",    left,
                                  "outcome", outcome ? phrase(self, "outcomes", outcome) : "",
                                  "store",   kase->store,
                                  NULL };
    g_autofree char *title = apd_phrase_fill(phrase(self, "titles", title_key(self)), names);

    if (kase->authenticity != APD_AUTHENTICITY_FORGED)
        return g_steal_pointer(&title);

    const char *const wrapped[] = { "title", what, NULL };
    return apd_phrase_fill(phrase(self, "titles", "forged"), wrapped);
}

/* A summary says how many cases and, when one still runs, how long. */
static const char *
other_template(const Making *self, bool runs)
{
    if (self->alert->type != APD_ALERT_SUMMARY)
        return phrase(self, "titles", apd_alert_type_name(self->alert->type));

    const char *key = runs ? "summary-first" : "summary";
    const char *text = apd_phrase_counted(self->phrases, "titles", key, self->alert->cases->len);
    return text ? text : key;
}

static char *
other_title(const Making *self)
{
    g_autofree char *count = g_strdup_printf("%u", self->alert->cases->len);
    const ApdCase *first = self->alert->cases->len > 0 ? self->alert->cases->pdata[0] : NULL;
    bool runs = first != NULL && has_time_left(first, self->now);
    g_autofree char *left =
        runs ? apd_countdown_words(self->phrases, first->deadline - self->now) : g_strdup("");
    const char *const names[] = { "subject", self->alert->subject ? self->alert->subject : "",
                                  "count",   count,
                                  "left",    left,
                                  NULL };

    return apd_phrase_fill(other_template(self, runs), names);
}

/* --- bodies ---------------------------------------------------------------- */

static void
add_sentence(GString *body, const char *sentence)
{
    if (sentence == NULL || *sentence == '\0')
        return;
    if (body->len > 0)
        g_string_append_c(body, '\n');
    g_string_append(body, sentence);
}

static char *
case_body(const Making *self)
{
    const ApdCase *kase = self->kase;
    GString *body = g_string_new(NULL);

    if (kase->authenticity == APD_AUTHENTICITY_FORGED) {
        add_sentence(body, phrase(self, "bodies", "forged"));
        return g_string_free(body, FALSE);
    }
    if (self->alert->reason == APD_REASON_DECISION || !apd_state_runs(kase->state))
        add_sentence(body, phrase(self, "states", apd_state_name(kase->state)));
    else
        add_sentence(body, phrase(self, "bodies", apd_kind_name(kase->kind)));
    if (kase->authenticity == APD_AUTHENTICITY_UNVERIFIED)
        add_sentence(body, phrase(self, "bodies", "unverified"));
    if (kase->basis == APD_BASIS_ESTIMATED)
        add_sentence(body, phrase(self, "bodies", "estimated"));
    return g_string_free(body, FALSE);
}

static char *
list_line(const Making *self, const ApdCase *kase)
{
    g_autofree char *what = matter(self, kase);
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, kase->id);
    g_autofree char *left = has_time_left(kase, self->now)
                                ? apd_countdown_words(self->phrases, kase->deadline - self->now)
                                : g_strdup(phrase(self, "bodies", "none-stated"));
    const char *const names[] = {
        "id", id, "matter", what, "left", left, "store", kase->store, NULL
    };

    return apd_phrase_fill(phrase(self, "bodies", "line"), names);
}

/* More lines than this do not help anybody: the rest is counted. */
#define MAX_LINES 10

/* What an alert says in words that are not of its language. */
static void
add_lines(GString *body, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", MAX_LINES);

    for (char **line = lines; *line != NULL; line++) {
        g_autofree char *quoted = quote(*line);
        add_sentence(body, quoted);
    }
}

static char *
other_body(const Making *self)
{
    GString *body = g_string_new(NULL);
    const GPtrArray *cases = self->alert->cases;

    add_sentence(body, self->alert->type == APD_ALERT_SUMMARY
                           ? ""
                           : phrase(self, "bodies", apd_alert_type_name(self->alert->type)));
    for (guint i = 0; i < MIN(cases->len, MAX_LINES); i++) {
        g_autofree char *line = list_line(self, cases->pdata[i]);
        add_sentence(body, line);
    }
    if (cases->len > MAX_LINES) {
        g_autofree char *count = g_strdup_printf("%u", cases->len - MAX_LINES);
        const char *const names[] = { "count", count, NULL };
        g_autofree char *more = apd_phrase_fill(phrase(self, "bodies", "more"), names);
        add_sentence(body, more);
    }

    g_autofree char *trouble = apd_trouble_words(self->phrases, self->alert, self->zone);
    if (trouble != NULL)
        add_sentence(body, trouble);
    else
        add_lines(body, self->alert->text);
    return g_string_free(body, FALSE);
}

/* --- facts ----------------------------------------------------------------- */

static void
add_deadline(Making *self)
{
    const ApdCase *kase = self->kase;

    if (kase->deadline == APD_NEVER || is_over(kase))
        return;

    g_autofree char *date = apd_countdown_date(self->phrases, kase->deadline, self->zone);
    const char *const names[] = { "date", date, "basis",
                                  phrase(self, "bases", apd_basis_name(kase->basis)), NULL };
    add_fact(self, "deadline", apd_phrase_fill(phrase(self, "facts", "deadline-value"), names));
    if (has_time_left(kase, self->now) && apd_state_runs(kase->state))
        add_fact(self, "left", apd_countdown_words(self->phrases, kase->deadline - self->now));
}

static void
add_facts(Making *self)
{
    const ApdCase *kase = self->kase;

    add_deadline(self);
    add_fact(self, "points", apd_points_text(kase->points));
    add_fact(self, "case", quote(kase->case_ref));
    add_fact(self, "store", quote(kase->store));

    g_autofree char *orders = g_strjoinv(", ", kase->orders);
    g_autofree char *products = g_strjoinv(", ", kase->products);
    add_fact(self, "orders", quote(orders));
    add_fact(self, "products", quote(products));
    if (kase->authenticity != APD_AUTHENTICITY_GENUINE)
        add_fact(
            self, "authenticity",
            g_strdup(phrase(self, "authenticities", apd_authenticity_name(kase->authenticity))));
    add_fact(self, "sender", quote(kase->sender));
    add_fact(self, "subject", quote(kase->subject));
}

static void
make_case(Making *self)
{
    ApdWording *wording = self->wording;
    const ApdCase *kase = self->kase;
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, kase->id);
    const char *const names[] = { "id", id, NULL };

    wording->title = case_title(self);
    wording->body = case_body(self);
    add_facts(self);
    wording->severity = apd_wording_urgency(kase, self->now);
    wording->footer = apd_phrase_fill(phrase(self, "titles", "footer"), names);
    if (kase->authenticity == APD_AUTHENTICITY_GENUINE && kase->appeal_url != NULL) {
        wording->url = g_strdup(kase->appeal_url);
        wording->url_label = g_strdup(phrase(self, "titles", "open"));
    }
}

ApdWording *
apd_wording_make(const ApdPhrases *phrases, const ApdAlert *alert, ApdTime now, GTimeZone *zone)
{
    ApdWording *wording = g_new0(ApdWording, 1);
    Making self = { phrases, alert, alert->kase, now, zone, wording };

    /* A summary of one is that one. */
    if (alert->type == APD_ALERT_SUMMARY && alert->cases->len == 1)
        self.kase = alert->cases->pdata[0];

    wording->language = g_strdup(phrases->language);
    wording->facts = g_ptr_array_new_with_free_func(free_fact);
    if (self.kase != NULL) {
        make_case(&self);
    } else {
        wording->title = other_title(&self);
        wording->body = other_body(&self);
        wording->severity = alert->severity;
        wording->footer = g_strdup(phrase(&self, "titles", "footer-plain"));
    }
    return wording;
}

char *
apd_wording_plain(const ApdWording *wording)
{
    GString *text = g_string_new(wording->title);

    if (*wording->body != '\0')
        g_string_append_printf(text, "\n%s", wording->body);
    for (guint i = 0; i < wording->facts->len; i++) {
        const ApdFact *fact = wording->facts->pdata[i];
        g_string_append_printf(text, "\n%s: %s", fact->label, fact->value);
    }
    if (wording->url != NULL)
        g_string_append_printf(text, "\n%s: %s", wording->url_label, wording->url);
    g_string_append_printf(text, "\n%s", wording->footer);
    return g_string_free(text, FALSE);
}

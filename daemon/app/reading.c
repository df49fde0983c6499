#include "app/reading.h"

#include "app/rules_load.h"
#include "app/time_data.h"
#include "io/mime.h"
#include "io/psl.h"
#include "logic/classify.h"
#include "logic/deadline.h"
#include "logic/extract.h"
#include "logic/origin.h"
#include "logic/segment.h"
#include "logic/settle.h"

struct ApdReading {
    ApdRules *rules;       /* owned */
    ApdOriginWords *words; /* owned */
    ApdPsl *psl;           /* owned */
    ApdTimeData *time;     /* owned */
};

static const char *
registrable(const char *host, void *user_data)
{
    return apd_psl_registrable(user_data, host);
}

ApdReading *
apd_reading_new(const char *rules_dir, const char *user_rules_dir, GError **error)
{
    g_autoptr(ApdReading) self = g_new0(ApdReading, 1);
    g_autofree char *dir = g_build_filename(rules_dir, "rules", NULL);

    self->rules = apd_rules_load(dir, user_rules_dir, error);
    if (self->rules == NULL
        || (self->time = apd_time_data_load(rules_dir, user_rules_dir, error)) == NULL
        || (self->psl = apd_psl_new(error)) == NULL)
        return NULL;
    self->words = apd_origin_words_new(self->rules);
    return g_steal_pointer(&self);
}

void
apd_reading_free(ApdReading *self)
{
    if (self == NULL)
        return;

    apd_origin_words_free(self->words);
    apd_rules_free(self->rules);
    apd_psl_free(self->psl);
    apd_time_data_free(self->time);
    g_free(self);
}

static void
fill_envelope(const ApdInput *input, ApdVerdict *verdict)
{
    const ApdDocument *document = input->document;

    verdict->message_id = g_strdup(document->message_id);
    verdict->subject = g_strdup(document->subject != NULL ? document->subject : "");
    verdict->sender = g_strdup(document->from_address);
    verdict->date = document->date;
    verdict->language = apd_extract_language(input);
    verdict->authenticity = input->origin->authenticity;
    apd_verdict_add_evidence(verdict, "authenticity", input->origin->why);
}

static void
fill_deadline(const ApdReading *self, const ApdInput *input, ApdVerdict *verdict)
{
    g_auto(ApdDeadline) deadline = { .instant = APD_NEVER };
    ApdDeadlineCase kase = { verdict->kind, verdict->outcome, verdict->category, verdict->language,
                             input->document->date };

    apd_deadline_find(self->time, input->text, &kase, &deadline);
    verdict->deadline = deadline.instant;
    verdict->basis = deadline.basis;
    if (deadline.evidence != NULL)
        apd_verdict_add_evidence(verdict, "deadline", deadline.evidence);
    if (deadline.steps == NULL)
        return;
    g_autoptr(GStrvBuilder) steps = g_strv_builder_new();
    for (guint i = 0; i < deadline.steps->len; i++)
        g_strv_builder_add(steps, deadline.steps->pdata[i]);
    g_strfreev(verdict->derivation);
    verdict->derivation = g_strv_builder_end(steps);
}

static void
fill_notice(const ApdInput *input, ApdVerdict *verdict)
{
    verdict->points = apd_extract_points(input, verdict);
    apd_extract_references(input, verdict);
    verdict->excerpt = apd_extract_excerpt(input);
    verdict->channel_id = g_strdup(input->origin->channel_id);

    /* A rights holder's letter may be true to its own domain; what it says of the store is
     * nobody's but its own. */
    if (input->origin->speaker == APD_SPEAKER_STRANGER
        && verdict->authenticity == APD_AUTHENTICITY_GENUINE)
        verdict->authenticity = APD_AUTHENTICITY_UNVERIFIED;
    if (verdict->authenticity == APD_AUTHENTICITY_GENUINE)
        verdict->appeal_url = g_strdup(input->origin->call);
}

ApdVerdict *
apd_reading_judge(const ApdReading *self, const ApdDocument *document, const char *authserv_id,
                  const ApdStated *stated)
{
    g_autoptr(ApdText) text = apd_segment_document(document);
    g_autoptr(GArray) hits = apd_matcher_scan(apd_rules_matcher(self->rules), text);
    ApdOriginContext context = { self->rules, self->words, registrable, self->psl, authserv_id };
    g_autoptr(ApdOrigin) origin = apd_origin_judge(&context, document, text);
    g_autofree int *factors = apd_classify_factors(self->rules, text, hits);
    ApdInput input = { self->rules, document, text, hits, origin, factors };
    ApdVerdict *verdict = apd_verdict_new();

    fill_envelope(&input, verdict);
    apd_classify(&input, verdict);
    if (stated != NULL)
        apd_settle_matter(stated, self->rules, verdict);
    if (verdict->kind != APD_KIND_NONE) {
        fill_notice(&input, verdict);
        fill_deadline(self, &input, verdict);
    }
    if (stated != NULL)
        apd_settle_facts(stated, verdict);
    return verdict;
}

ApdVerdict *
apd_reading_read_stated(const ApdReading *self, const void *data, size_t size,
                        const char *authserv_id, ApdTime received, const ApdStated *stated)
{
    g_autoptr(ApdDocument) document = apd_mime_read(data, size);

    if (document->date == APD_NEVER)
        document->date = received;
    return apd_reading_judge(self, document, authserv_id, stated);
}

ApdVerdict *
apd_reading_read(const ApdReading *self, const void *data, size_t size, const char *authserv_id,
                 ApdTime received)
{
    return apd_reading_read_stated(self, data, size, authserv_id, received, NULL);
}

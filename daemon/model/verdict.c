#include "model/verdict.h"

#include <string.h>

#include "base/text.h"

/* Bounds of what a reader may say: it may have been taken over by hostile mail.
 * One that was not keeps to them: a subject of ten thousand letters is cut. */
#define MAX_TEXT 4096
#define MAX_LIST 256

static const char *const kinds[APD_N_KINDS] = { "none",    "penalty",  "complaint", "request",
                                                "warning", "decision", "policy" };
static const char *const outcomes[APD_N_OUTCOMES] = { NULL, "upheld", "reversed", "received",
                                                      "more-evidence" };
static const char *const bases[APD_N_BASES] = { "none", "stated", "relative", "estimated" };
static const char *const authenticities[APD_N_AUTHENTICITIES] = { "genuine", "unverified",
                                                                  "forged" };
static const char *const severities[APD_N_SEVERITIES] = { "low", "medium", "high", "critical" };

static bool
parse(const char *const *names, unsigned n, const char *name, unsigned *ret_value)
{
    for (unsigned i = 0; name != NULL && i < n; i++)
        if (g_strcmp0(names[i], name) == 0) {
            *ret_value = i;
            return true;
        }

    return false;
}

/* Each enum: its name, and the way back. */
#define DEFINE_NAMES(Type, stem, names)                                                            \
    const char *apd_##stem##_name(Type value)                                                      \
    {                                                                                              \
        return names[value];                                                                       \
    }                                                                                              \
    bool apd_##stem##_parse(const char *name, Type *ret_value)                                     \
    {                                                                                              \
        unsigned value;                                                                            \
        if (!parse(names, G_N_ELEMENTS(names), name, &value))                                      \
            return false;                                                                          \
        *ret_value = (Type) value;                                                                 \
        return true;                                                                               \
    }

DEFINE_NAMES(ApdKind, kind, kinds)
DEFINE_NAMES(ApdOutcome, outcome, outcomes)
DEFINE_NAMES(ApdBasis, basis, bases)
DEFINE_NAMES(ApdAuthenticity, authenticity, authenticities)
DEFINE_NAMES(ApdSeverity, severity, severities)

char *
apd_points_text(int points)
{
    if (points == APD_NO_POINTS)
        return g_strdup("");
    return points % 100 == 0 ? g_strdup_printf("%d", points / 100)
                             : g_strdup_printf("%d.%d", points / 100, points % 100 / 10);
}

static void
free_evidence(void *data)
{
    ApdEvidence *evidence = data;

    g_free(evidence->what);
    g_free(evidence->text);
    g_free(evidence);
}

ApdVerdict *
apd_verdict_new(void)
{
    ApdVerdict *self = g_new0(ApdVerdict, 1);

    self->points = APD_NO_POINTS;
    self->deadline = APD_NEVER;
    self->date = APD_NEVER;
    self->authenticity = APD_AUTHENTICITY_UNVERIFIED;
    self->orders = g_new0(char *, 1);
    self->products = g_new0(char *, 1);
    self->derivation = g_new0(char *, 1);
    self->evidence = g_ptr_array_new_with_free_func(free_evidence);
    return self;
}

void
apd_verdict_free(ApdVerdict *self)
{
    if (self == NULL)
        return;

    g_free(self->category);
    g_free(self->case_ref);
    g_strfreev(self->orders);
    g_strfreev(self->products);
    g_free(self->language);
    g_free(self->message_id);
    g_free(self->subject);
    g_free(self->sender);
    g_free(self->channel_id);
    g_free(self->appeal_url);
    g_free(self->excerpt);
    g_strfreev(self->derivation);
    g_ptr_array_unref(self->evidence);
    g_free(self);
}

void
apd_verdict_add_evidence(ApdVerdict *self, const char *what, const char *text)
{
    ApdEvidence *evidence = g_new0(ApdEvidence, 1);

    evidence->what = g_strdup(what);
    evidence->text = g_strdup(text);
    g_ptr_array_add(self->evidence, evidence);
}

/* The fields that are text, by name: one table for both ways. */
typedef struct {
    const char *key;
    size_t offset;
} TextField;

#define AT(field) G_STRUCT_OFFSET(ApdVerdict, field)
static const TextField texts[] = {
    { "category", AT(category) },     { "case_ref", AT(case_ref) },
    { "language", AT(language) },     { "message_id", AT(message_id) },
    { "subject", AT(subject) },       { "sender", AT(sender) },
    { "channel_id", AT(channel_id) }, { "appeal_url", AT(appeal_url) },
    { "excerpt", AT(excerpt) },
};
static const TextField lists[] = {
    { "orders", AT(orders) },
    { "products", AT(products) },
    { "derivation", AT(derivation) },
};
#undef AT

static char **
text_at(const ApdVerdict *self, const TextField *field)
{
    return &G_STRUCT_MEMBER(char *, self, field->offset);
}

static char ***
list_at(const ApdVerdict *self, const TextField *field)
{
    return &G_STRUCT_MEMBER(char **, self, field->offset);
}

static GVariant *
evidence_to_variant(const ApdVerdict *self)
{
    GVariantBuilder builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a(ss)"));

    for (guint i = 0; i < MIN(self->evidence->len, MAX_LIST); i++) {
        const ApdEvidence *evidence = self->evidence->pdata[i];
        g_variant_builder_add(&builder, "(ss)", evidence->what, evidence->text);
    }
    return g_variant_builder_end(&builder);
}

GVariant *
apd_verdict_to_variant(const ApdVerdict *self)
{
    GVariantBuilder builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        if (*text_at(self, &texts[i]) != NULL)
            g_variant_builder_add(
                &builder, "{sv}", texts[i].key,
                g_variant_new_take_string(apd_text_cut(*text_at(self, &texts[i]), MAX_TEXT)));
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        g_variant_builder_add(
            &builder, "{sv}", lists[i].key,
            g_variant_new_strv((const char *const *) *list_at(self, &lists[i]), -1));

    g_variant_builder_add(&builder, "{sv}", "kind", g_variant_new_uint32(self->kind));
    g_variant_builder_add(&builder, "{sv}", "outcome", g_variant_new_uint32(self->outcome));
    g_variant_builder_add(&builder, "{sv}", "basis", g_variant_new_uint32(self->basis));
    g_variant_builder_add(&builder, "{sv}", "authenticity",
                          g_variant_new_uint32(self->authenticity));
    g_variant_builder_add(&builder, "{sv}", "severity", g_variant_new_uint32(self->severity));
    g_variant_builder_add(&builder, "{sv}", "points", g_variant_new_int32(self->points));
    g_variant_builder_add(&builder, "{sv}", "deadline", g_variant_new_int64(self->deadline));
    g_variant_builder_add(&builder, "{sv}", "date", g_variant_new_int64(self->date));
    g_variant_builder_add(&builder, "{sv}", "evidence", evidence_to_variant(self));
    return g_variant_builder_end(&builder);
}

static bool
read_enum(GVariant *dict, const char *key, unsigned n, unsigned *ret_value)
{
    guint32 value;

    if (!g_variant_lookup(dict, key, "u", &value) || value >= n)
        return false;

    *ret_value = value;
    return true;
}

static bool
read_enums(ApdVerdict *self, GVariant *dict)
{
    unsigned kind, outcome, basis, authenticity, severity;

    if (!read_enum(dict, "kind", APD_N_KINDS, &kind)
        || !read_enum(dict, "outcome", APD_N_OUTCOMES, &outcome)
        || !read_enum(dict, "basis", APD_N_BASES, &basis)
        || !read_enum(dict, "authenticity", APD_N_AUTHENTICITIES, &authenticity)
        || !read_enum(dict, "severity", APD_N_SEVERITIES, &severity))
        return false;

    self->kind = (ApdKind) kind;
    self->outcome = (ApdOutcome) outcome;
    self->basis = (ApdBasis) basis;
    self->authenticity = (ApdAuthenticity) authenticity;
    self->severity = (ApdSeverity) severity;
    return true;
}

static bool
read_texts(ApdVerdict *self, GVariant *dict)
{
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        char **text = text_at(self, &texts[i]);
        if (g_variant_lookup(dict, texts[i].key, "s", text) && strlen(*text) > MAX_TEXT)
            return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        char ***list = list_at(self, &lists[i]);
        g_autofree char **old = *list;
        if (!g_variant_lookup(dict, lists[i].key, "^as", list) || g_strv_length(*list) > MAX_LIST)
            return false;
    }
    return true;
}

static bool
read_evidence(ApdVerdict *self, GVariant *dict)
{
    g_autoptr(GVariant) list = g_variant_lookup_value(dict, "evidence", G_VARIANT_TYPE("a(ss)"));

    if (list == NULL || g_variant_n_children(list) > MAX_LIST)
        return false;

    for (gsize i = 0; i < g_variant_n_children(list); i++) {
        const char *what, *text;
        g_autoptr(GVariant) pair = g_variant_get_child_value(list, i);
        g_variant_get(pair, "(&s&s)", &what, &text);
        apd_verdict_add_evidence(self, what, text);
    }
    return true;
}

ApdVerdict *
apd_verdict_from_variant(GVariant *variant)
{
    g_autoptr(ApdVerdict) self = apd_verdict_new();

    if (!g_variant_is_of_type(variant, G_VARIANT_TYPE_VARDICT) || !read_enums(self, variant)
        || !read_texts(self, variant) || !read_evidence(self, variant)
        || !g_variant_lookup(variant, "points", "i", &self->points)
        || !g_variant_lookup(variant, "deadline", "x", &self->deadline)
        || !g_variant_lookup(variant, "date", "x", &self->date))
        return NULL;

    return g_steal_pointer(&self);
}

#include "model/stated.h"

/* Some services reckon a deadline anew for each answer. */
#define SLACK (10 * APD_MINUTE)

ApdStated *
apd_stated_new(const char *by)
{
    ApdStated *self = g_new0(ApdStated, 1);

    self->by = g_strdup(by);
    self->points = APD_NO_POINTS;
    self->deadline = APD_NEVER;
    return self;
}

void
apd_stated_free(ApdStated *self)
{
    if (self == NULL)
        return;

    g_free(self->by);
    g_free(self->category);
    g_free(self->category_how);
    g_free(self->deadline_how);
    g_free(self->deadline_wrong);
    g_free(self->case_ref);
    g_free(self->order);
    g_free(self->product);
    g_free(self);
}

/* The texts, and how they are called on the way. */
/* clang-format off */
#define AT(field) offsetof(ApdStated, field)
static const struct { const char *name; size_t offset; } texts[] = {
    { "category",       AT(category) },
    { "category-how",   AT(category_how) },
    { "deadline-how",   AT(deadline_how) },
    { "deadline-wrong", AT(deadline_wrong) },
    { "case-ref",       AT(case_ref) },
    { "order",          AT(order) },
    { "product",        AT(product) },
};
#undef AT
/* clang-format on */

GVariant *
apd_stated_to_variant(const ApdStated *self)
{
    GVariantBuilder builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

    g_variant_builder_add(&builder, "{sv}", "by", g_variant_new_string(self->by));
    g_variant_builder_add(&builder, "{sv}", "vouched", g_variant_new_boolean(self->vouched));
    if (self->is_matter)
        g_variant_builder_add(&builder, "{sv}", "kind",
                              g_variant_new_string(apd_kind_name(self->kind)));
    g_variant_builder_add(&builder, "{sv}", "points", g_variant_new_int32(self->points));
    g_variant_builder_add(&builder, "{sv}", "deadline", g_variant_new_int64(self->deadline));
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        const char *text = *(char *const *) (const void *) ((const char *) self + texts[i].offset);
        if (text != NULL)
            g_variant_builder_add(&builder, "{sv}", texts[i].name, g_variant_new_string(text));
    }
    return g_variant_builder_end(&builder);
}

ApdStated *
apd_stated_from_variant(GVariant *variant)
{
    ApdStated *self = apd_stated_new("");
    gboolean vouched = FALSE;
    const char *kind;

    g_free(self->by);
    if (!g_variant_lookup(variant, "by", "s", &self->by))
        self->by = g_strdup("");
    g_variant_lookup(variant, "vouched", "b", &vouched);
    self->vouched = vouched;
    if (g_variant_lookup(variant, "kind", "&s", &kind))
        self->is_matter = apd_kind_parse(kind, &self->kind);
    g_variant_lookup(variant, "points", "i", &self->points);
    g_variant_lookup(variant, "deadline", "x", &self->deadline);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_variant_lookup(variant, texts[i].name, "s", (char *) self + texts[i].offset);
    return self;
}

ApdStated *
apd_stated_copy(const ApdStated *self)
{
    g_autoptr(GVariant) variant = g_variant_ref_sink(apd_stated_to_variant(self));

    return apd_stated_from_variant(variant);
}

char *
apd_stated_facts(const ApdStated *self)
{
    return g_strdup_printf("%" G_GINT64_FORMAT " %d %s %s", self->deadline, self->points,
                           self->is_matter ? apd_kind_name(self->kind) : "-",
                           self->category ? self->category : "-");
}

bool
apd_stated_same_facts(const char *a, const char *b)
{
    char *rest_a = NULL, *rest_b = NULL;
    gint64 x = g_ascii_strtoll(a, &rest_a, 10), y = g_ascii_strtoll(b, &rest_b, 10);
    bool near = x == y || (x != APD_NEVER && y != APD_NEVER && ABS(x - y) <= SLACK);

    return near && g_str_equal(rest_a, rest_b);
}

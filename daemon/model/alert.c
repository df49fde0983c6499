#include "model/alert.h"

#include <string.h>

static const char *const types[APD_N_ALERTS] = {
    "case", "summary", "blind", "sight",  "unreadable", "refused", "test",
    "well", "login",   "clock", "scarce", "full",       "room",    "said",
};
static const char *const reasons[APD_N_REASONS] = { "new",      "step",    "changed",
                                                    "decision", "expired", "escalated" };

const char *
apd_alert_type_name(ApdAlertType type)
{
    return types[type];
}

const char *
apd_reason_name(ApdReason reason)
{
    return reasons[reason];
}

static bool
parse(const char *const *names, unsigned n, const char *name, unsigned *ret_value)
{
    for (unsigned i = 0; i < n; i++)
        if (g_strcmp0(names[i], name) == 0) {
            *ret_value = i;
            return true;
        }

    return false;
}

bool
apd_alert_type_parse(const char *name, ApdAlertType *ret_type)
{
    unsigned value;

    if (!parse(types, APD_N_ALERTS, name, &value))
        return false;

    *ret_type = (ApdAlertType) value;
    return true;
}

bool
apd_reason_parse(const char *name, ApdReason *ret_reason)
{
    unsigned value;

    if (!parse(reasons, APD_N_REASONS, name, &value))
        return false;

    *ret_reason = (ApdReason) value;
    return true;
}

ApdAlert *
apd_alert_new(void)
{
    ApdAlert *self = g_new0(ApdAlert, 1);

    self->cases = apd_cases_new();
    return self;
}

void
apd_alert_free(ApdAlert *self)
{
    if (self == NULL)
        return;

    g_free(self->key);
    apd_case_free(self->kase);
    g_ptr_array_unref(self->cases);
    g_free(self->subject);
    g_free(self->text);
    g_free(self);
}

void
apd_wording_free(ApdWording *self)
{
    if (self == NULL)
        return;

    g_free(self->title);
    g_free(self->body);
    g_clear_pointer(&self->facts, g_ptr_array_unref);
    g_free(self->url);
    g_free(self->url_label);
    g_free(self->footer);
    g_free(self->language);
    g_free(self);
}

/* How the keys of troubles that end are made: "blind/SOURCE/SINCE/DAY", "sight/SOURCE/SINCE". */
static const struct {
    const char *prefix;
    int parts; /* behind the source, which may hold slashes itself */
    const char *suffix;
} troubles[] = {
    { "blind/", 2, "" },
    { "sight/", 1, "" },
    { "full/", 2, " (room)" },
    { "room/", 1, " (room)" },
};

/* Returns: (transfer full): the key without its prefix and so much of what stands behind the
 * source; NULL: it is of no such trouble. */
static char *
cut_key(const ApdAlert *self, bool source_only)
{
    size_t i = 0;

    while (i < G_N_ELEMENTS(troubles) && !g_str_has_prefix(self->key, troubles[i].prefix))
        i++;
    if (i == G_N_ELEMENTS(troubles))
        return NULL;

    const char *source = self->key + strlen(troubles[i].prefix);
    const char *end = source + strlen(source);
    for (int part = source_only ? 0 : 1; part < troubles[i].parts; part++) {
        const char *slash = g_strrstr_len(source, end - source, "/");
        end = slash != NULL ? slash : end;
    }
    return g_strdup_printf("%.*s%s", (int) (end - source), source, troubles[i].suffix);
}

char *
apd_alert_blind_source(const ApdAlert *self)
{
    return cut_key(self, true);
}

char *
apd_alert_blind_spell(const ApdAlert *self)
{
    return cut_key(self, false);
}

bool
apd_alert_is_end(const ApdAlert *self)
{
    return self->type == APD_ALERT_SIGHT || self->type == APD_ALERT_ROOM;
}

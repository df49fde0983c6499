#include "app/ctl.h"

#include "app/table.h"
#include "base/text.h"
#include "io/phrases.h"
#include "logic/countdown.h"
#include "port/channel_tools.h"

/* What a status tells, read once. */
typedef struct {
    const ApdConfig *config; /* borrowed */
    GPtrArray *sights;       /* owned */
    GPtrArray *owed;         /* owned */
    GPtrArray *cases;        /* owned */
    ApdTime now;
} Status;

static void
clear_status(Status *self)
{
    g_clear_pointer(&self->sights, g_ptr_array_unref);
    g_clear_pointer(&self->owed, g_ptr_array_unref);
    g_clear_pointer(&self->cases, g_ptr_array_unref);
}

static bool
load_status(Status *self, ApdLedger *ledger, GError **error)
{
    self->sights = apd_ledger_sights(ledger, error);
    self->owed = self->sights ? apd_ledger_owed(ledger, NULL, APD_NEVER, 0, error) : NULL;
    self->cases = self->owed ? apd_ledger_cases(ledger, APD_CASES_RUNNING, error) : NULL;
    return self->cases != NULL;
}

static char *
ago(ApdTime when, ApdTime now)
{
    if (when == 0)
        return g_strdup("never");

    ApdTime age = MAX(now - when, 0);
    g_autofree char *text =
        apd_duration_format(age < APD_MINUTE ? age : age / APD_MINUTE * APD_MINUTE);
    return g_strdup_printf("%s ago", text);
}

/* What of @source was last seen; NULL: nothing yet. */
static bool
add_sights(const Status *self, ApdTable *table, const ApdSourceConfig *source)
{
    bool good = false, any = false;

    for (guint i = 0; i < self->sights->len; i++) {
        const ApdSight *sight = self->sights->pdata[i];
        if (!g_str_equal(sight->source, source->section))
            continue;
        g_autofree char *life = ago(sight->last_life, self->now);
        g_autofree char *since = ago(sight->since, self->now);
        g_autofree char *state =
            sight->well ? g_strdup("well") : g_strdup_printf("BLIND since %s", since);
        g_autofree char *text = apd_text_line(sight->text ? sight->text : "");
        const char *cells[] = { source->section, sight->folder, state, life, text };
        apd_table_add(table, cells, !sight->well);
        good = any ? good && sight->well : sight->well;
        any = true;
    }
    if (!any) {
        const char *cells[] = { source->section, "", "not read yet", "never",
                                "is appeald running? (systemctl status)" };
        apd_table_add(table, cells, true);
    }
    return good;
}

static bool
print_sources(const Status *self)
{
    static const char *const headings[] = { "SOURCE",     "FOLDER", "STATE",
                                            "LAST PROOF", "REMARK", NULL };
    g_autoptr(ApdTable) table = apd_table_new(headings, 4);
    bool good = true;

    for (guint i = 0; i < self->config->sources->len; i++)
        good &= add_sights(self, table, self->config->sources->pdata[i]);
    apd_table_print(table);
    return good;
}

static void
add_channel(const Status *self, ApdTable *table, const char *name, const char *type, bool *good)
{
    guint n = 0;
    const char *error = NULL;

    for (guint i = 0; i < self->owed->len; i++) {
        const ApdDelivery *delivery = self->owed->pdata[i];
        if (!g_str_equal(delivery->channel, name))
            continue;
        n++;
        if (delivery->last_error != NULL)
            error = delivery->last_error;
    }

    g_autofree char *owed = g_strdup_printf("%u", n);
    g_autofree char *remark = apd_text_line(error ? error : "");
    const char *cells[] = { name, type, owed, remark };
    apd_table_add(table, cells, error != NULL);
    *good &= error == NULL;
}

static bool
print_channels(const Status *self)
{
    static const char *const headings[] = { "CHANNEL", "TYPE", "OWED", "REMARK", NULL };
    g_autoptr(ApdTable) table = apd_table_new(headings, 3);
    bool good = true;

    for (guint i = 0; i < self->config->channels->len; i++) {
        const ApdChannelConfig *channel = self->config->channels->pdata[i];
        add_channel(self, table, channel->name, channel->type, &good);
    }
    for (guint i = 0; i < self->owed->len; i++) {
        const ApdDelivery *delivery = self->owed->pdata[i];
        if (apd_config_channel(self->config, delivery->channel) == NULL) {
            add_channel(self, table, delivery->channel, "not configured any more", &good);
            good = false;
            break;
        }
    }
    apd_table_print(table);
    return good;
}

static void
print_next(const Status *self)
{
    g_print("%u case%s running", self->cases->len, self->cases->len == 1 ? "" : "s");
    for (guint i = 0; i < self->cases->len; i++) {
        const ApdCase *kase = self->cases->pdata[i];
        if (kase->deadline == APD_NEVER || kase->deadline <= self->now)
            continue;
        g_autofree char *left = apd_ctl_left(kase, self->now);
        g_print("; the next deadline is #%" G_GINT64_FORMAT ", %s: %s", kase->id, kase->category,
                left);
        break;
    }
    g_print("\n");
}

static void
member_time(JsonBuilder *builder, const char *key, ApdTime when)
{
    g_autofree char *iso = when == 0 ? NULL : apd_time_iso(when);
    apd_json_text(builder, key, iso);
}

static void
add_sources_json(const Status *self, JsonBuilder *builder)
{
    json_builder_set_member_name(builder, "sources");
    json_builder_begin_array(builder);
    for (guint i = 0; i < self->sights->len; i++) {
        const ApdSight *sight = self->sights->pdata[i];
        json_builder_begin_object(builder);
        apd_json_text(builder, "source", sight->source);
        apd_json_text(builder, "folder", sight->folder);
        json_builder_set_member_name(builder, "well");
        json_builder_add_boolean_value(builder, sight->well);
        member_time(builder, "since", sight->since);
        member_time(builder, "last_life", sight->last_life);
        apd_json_text(builder, "text", sight->text);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void
add_owed_json(const Status *self, JsonBuilder *builder)
{
    json_builder_set_member_name(builder, "owed");
    json_builder_begin_array(builder);
    for (guint i = 0; i < self->owed->len; i++) {
        const ApdDelivery *delivery = self->owed->pdata[i];
        json_builder_begin_object(builder);
        apd_json_text(builder, "channel", delivery->channel);
        json_builder_set_member_name(builder, "attempts");
        json_builder_add_int_value(builder, delivery->attempts);
        member_time(builder, "next_try", delivery->next_try);
        apd_json_text(builder, "last_error", delivery->last_error);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static bool
print_status_json(const Status *self)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    bool good = true;

    json_builder_begin_object(builder);
    add_sources_json(self, builder);
    add_owed_json(self, builder);
    json_builder_set_member_name(builder, "cases");
    json_builder_begin_array(builder);
    for (guint i = 0; i < self->cases->len; i++)
        apd_channel_json_case(builder, self->cases->pdata[i], self->now);
    json_builder_end_array(builder);
    json_builder_end_object(builder);

    g_autofree char *text = apd_channel_json_text(builder);
    g_print("%s\n", text);
    for (guint i = 0; i < self->sights->len; i++)
        good &= ((const ApdSight *) self->sights->pdata[i])->well;
    return good;
}

static bool
print_status(const Status *self)
{
    bool sources = print_sources(self);

    g_print("\n");
    bool channels = print_channels(self);
    g_print("\n");
    print_next(self);
    return sources && channels;
}

int
apd_ctl_status(const ApdCtl *ctl, char **operands)
{
    int result = APD_EXIT_GOOD;
    g_autoptr(GError) error = NULL;

    if (operands[0] != NULL)
        return apd_ctl_complain(APD_EXIT_USAGE, "status: '%s' is not expected here", operands[0]);

    g_autoptr(ApdConfig) config = apd_ctl_config(ctl, &result);
    g_autoptr(ApdLedger) ledger = config ? apd_ctl_ledger(config, &result) : NULL;
    if (ledger == NULL)
        return result;

    Status status = { .config = config, .now = apd_now() };
    if (!load_status(&status, ledger, &error))
        result = apd_ctl_complain(APD_EXIT_FAIL, "%s", error->message);
    else if (!(ctl->json ? print_status_json(&status) : print_status(&status)))
        result = APD_EXIT_NO;
    clear_status(&status);
    return result;
}

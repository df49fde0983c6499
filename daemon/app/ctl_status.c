#include "app/ctl.h"

#include "app/blindness.h"
#include "app/courier.h"
#include "app/fullness.h"
#include "app/reminders.h"
#include "app/table.h"
#include "base/text.h"
#include "port/channel_tools.h"

/* What a status tells, read once. */
typedef struct {
    const ApdConfig *config; /* borrowed */
    GPtrArray *sights;       /* owned */
    GPtrArray *owed;         /* owned */
    GPtrArray *cases;        /* owned */
    GArray *told;            /* owned, element-type ApdTold */
    const ApdCtlDesk *desk;  /* borrowed */
} Status;

static void
clear_status(Status *self)
{
    g_clear_pointer(&self->sights, g_ptr_array_unref);
    g_clear_pointer(&self->owed, g_ptr_array_unref);
    g_clear_pointer(&self->cases, g_ptr_array_unref);
    g_clear_pointer(&self->told, g_array_unref);
}

static bool
load_status(Status *self, ApdLedger *ledger, GError **error)
{
    self->sights = apd_ledger_sights(ledger, error);
    self->owed = self->sights ? apd_ledger_owed(ledger, NULL, APD_NEVER, 0, error) : NULL;
    self->cases = self->owed ? apd_ledger_cases(ledger, APD_CASES_RUNNING, error) : NULL;
    self->told = self->cases ? apd_ledger_told_all(ledger, error) : NULL;
    return self->told != NULL;
}

/* --- for a person ---------------------------------------------------------------- */

static const ApdColumn source_columns[] = {
    { "SOURCE", 1, 8, false }, { "FOLDER", 4, 6, false },     { "STATE", 0, 0, false },
    { "SINCE", 5, 0, false },  { "LAST PROOF", 2, 0, false }, { NULL, 0, 0, false },
};

static const ApdColumn channel_columns[] = {
    { "CHANNEL", 1, 8, false }, { "TYPE", 2, 0, false }, { "STATE", 0, 0, false },
    { "OWED", 0, 0, true },     { NULL, 0, 0, false },
};

static void
print_problem(const char *subject, const char *text)
{
    g_autofree char *line = g_strdup_printf("%s: %s", subject, text);

    apd_screen_text(2, line, APD_PAINT_WARN);
}

/* Nothing is wrong: the person asked for it. */
static void
print_waiting(const Status *self, const char *channel, ApdTime until)
{
    g_autofree char *date = apd_ctl_date(self->desk, until);
    g_autofree char *line =
        g_strdup_printf("%s: waits for the end of its quiet hours, %s", channel, date);

    apd_screen_text(2, line, APD_PAINT_PLAIN);
}

/* What is amiss with what is no blindness. */
static const char *
amiss(const ApdSight *sight)
{
    if (g_str_equal(sight->folder, APD_SIGHT_ROOM))
        return apd_fullness_is_full(sight) ? "FULL" : "nearly full";
    return g_str_equal(sight->folder, APD_SIGHT_CLOCK) ? "wrong" : "not there";
}

/* A row for each folder of @source; false when one is out of sight. */
static bool
add_sights(const Status *self, ApdTable *table, const ApdSourceConfig *source)
{
    bool good = true, any = false;

    for (guint i = 0; i < self->sights->len; i++) {
        const ApdSight *sight = self->sights->pdata[i];
        bool full = apd_fullness_is_full(sight);
        if (!g_str_equal(sight->source, source->section)
            || (sight->text == NULL && g_str_equal(sight->folder, APD_SIGHT_ROOM)))
            continue;
        g_autofree char *since = apd_ctl_ago(self->desk, sight->since);
        g_autofree char *life = apd_ctl_ago(self->desk, sight->last_life);
        const char *state = !sight->well ? "BLIND" : sight->text == NULL ? "well" : amiss(sight);
        const char *cells[] = { source->section, sight->folder, state, since, life };
        apd_table_add(table, cells, sight->well && !full ? APD_PAINT_PLAIN : APD_PAINT_URGENT);
        good &= sight->well && !full;
        any = true;
    }
    if (!any) {
        const char *cells[] = { source->section, "", "not read yet", "", "never" };
        apd_table_add(table, cells, APD_PAINT_URGENT);
    }
    return good && any;
}

static void
print_sights(const Status *self)
{
    for (guint i = 0; i < self->sights->len; i++) {
        const ApdSight *sight = self->sights->pdata[i];
        g_autofree char *subject =
            g_strdup_printf("%s%s%s", sight->source, *sight->folder ? " " : "", sight->folder);
        if ((!sight->well || sight->text != NULL) && apd_blindness_concerns(self->config, sight))
            print_problem(subject, sight->text ? sight->text : "cannot be read");
    }
    for (guint i = 0; i < self->config->sources->len; i++) {
        const ApdSourceConfig *source = self->config->sources->pdata[i];
        bool met = false;
        for (guint j = 0; j < self->sights->len; j++)
            met |=
                g_str_equal(((const ApdSight *) self->sights->pdata[j])->source, source->section);
        if (!met)
            print_problem(source->section, "is appeald running with this configuration? "
                                           "(systemctl --user status appeald)");
    }
}

static bool
print_sources(const Status *self)
{
    g_autoptr(ApdTable) table = apd_table_new(source_columns);
    bool good = true;

    for (guint i = 0; i < self->config->sources->len; i++)
        good &= add_sights(self, table, self->config->sources->pdata[i]);
    apd_table_print(table);
    print_sights(self);
    return good;
}

/* What is owed to @channel; @ret_error: what it last said, NULL: nothing; @ret_next:
 * the next try of any. */
static guint
count_owed(const Status *self, const char *channel, const char **ret_error, ApdTime *ret_next)
{
    guint n = 0;

    for (guint i = 0; i < self->owed->len; i++) {
        const ApdDelivery *delivery = self->owed->pdata[i];
        if (!g_str_equal(delivery->channel, channel))
            continue;
        n++;
        *ret_next = MIN(*ret_next, delivery->next_try);
        if (delivery->last_error != NULL && *ret_error == NULL)
            *ret_error = delivery->last_error;
    }
    return n;
}

/* @waits: nothing is due yet. */
static const char *
channel_state(guint owed, const char *error, bool waits)
{
    if (error == NULL)
        return owed == 0 ? "well" : waits ? "waits" : "on its way";
    return g_str_has_prefix(error, "refused") ? "REFUSES" : "tries again";
}

static bool
add_channel(const Status *self, ApdTable *table, const ApdChannelConfig *channel)
{
    const char *error = NULL;
    ApdTime next = APD_NEVER;
    guint n = count_owed(self, channel->name, &error, &next);
    g_autofree char *owed = g_strdup_printf("%u", n);
    const char *cells[] = { channel->name, channel->type,
                            channel_state(n, error, next > self->desk->now), owed };

    apd_table_add(table, cells, error ? APD_PAINT_URGENT : APD_PAINT_PLAIN);
    return error == NULL;
}

/* Owed to what no longer stands in the configuration: it goes nowhere. */
static bool
print_strays(const Status *self)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < self->owed->len; i++) {
        const ApdDelivery *delivery = self->owed->pdata[i];
        if (apd_config_channel(self->config, delivery->channel) == NULL
            && g_hash_table_add(seen, delivery->channel))
            print_problem(delivery->channel, "alerts are owed to it, but it stands no more in the "
                                             "configuration");
    }
    return g_hash_table_size(seen) == 0;
}

/* It works, and works on; but only as long as this ledger is kept. */
static void
print_moved(const Status *self, const ApdChannelConfig *channel)
{
    g_auto(ApdDestination) known = { 0 };
    const char *moved;

    if (!apd_ledger_get_destination(self->desk->ledger, channel->name, &known, NULL))
        return;
    moved = apd_courier_new_place(channel, &known);
    if (moved == NULL)
        return;
    g_autofree char *text = g_strdup_printf("moved by its service: set %s = %s",
                                            apd_channel_find(channel->type)->place, moved);
    print_problem(channel->name, text);
}

static bool
print_channels(const Status *self)
{
    g_autoptr(ApdTable) table = apd_table_new(channel_columns);
    bool good = true;

    for (guint i = 0; i < self->config->channels->len; i++)
        good &= add_channel(self, table, self->config->channels->pdata[i]);
    apd_table_print(table);
    for (guint i = 0; i < self->config->channels->len; i++) {
        const ApdChannelConfig *channel = self->config->channels->pdata[i];
        const char *error = NULL;
        ApdTime next = APD_NEVER;
        guint n = count_owed(self, channel->name, &error, &next);
        if (error != NULL)
            print_problem(channel->name, error);
        else if (n > 0 && next > self->desk->now)
            print_waiting(self, channel->name, next);
    }
    for (guint i = 0; i < self->config->channels->len; i++)
        print_moved(self, self->config->channels->pdata[i]);
    return print_strays(self) && good;
}

static void
print_deadline(const Status *self)
{
    for (guint i = 0; i < self->cases->len; i++) {
        const ApdCase *kase = self->cases->pdata[i];
        if (kase->deadline == APD_NEVER || kase->deadline <= self->desk->now
            || kase->state == APD_STATE_APPEALED)
            continue;
        g_autofree char *left = apd_ctl_left(self->desk, kase);
        g_autofree char *matter = apd_ctl_category(self->desk, kase->category);
        g_autofree char *date = apd_ctl_date(self->desk, kase->deadline);
        g_autofree char *text = g_strdup_printf("Next deadline: #%" G_GINT64_FORMAT " %s, %s (%s)",
                                                kase->id, matter, left, date);
        apd_screen_text(0, text, apd_ctl_paint(self->desk, kase));
        return;
    }
}

/* @told is sorted by case. */
static const ApdTold *
find_told(const GArray *told, int64_t case_id)
{
    for (guint i = 0; i < told->len; i++)
        if (g_array_index(told, ApdTold, i).case_id == case_id)
            return &g_array_index(told, ApdTold, i);

    return NULL;
}

static void
print_step(const Status *self)
{
    const ApdLadder ladder = apd_reminders_ladder(self->config);
    const ApdTold nothing = { .left = APD_NEVER };
    const ApdCase *first = NULL;
    ApdTime next = APD_NEVER;

    for (guint i = 0; i < self->cases->len; i++) {
        const ApdTold *told = find_told(self->told, ((ApdCase *) self->cases->pdata[i])->id);
        ApdTime at = apd_ladder_next(&ladder, self->cases->pdata[i], told ? told : &nothing,
                                     self->desk->now);
        if (at < next) {
            next = at;
            first = self->cases->pdata[i];
        }
    }
    if (first == NULL)
        return;

    g_autofree char *date = apd_ctl_date(self->desk, next);
    if (next <= self->desk->now)
        g_print("Next alert: #%" G_GINT64_FORMAT ", now\n", first->id);
    else
        g_print("Next alert: #%" G_GINT64_FORMAT ", %s\n", first->id, date);
}

static bool
print_status(const Status *self)
{
    bool sources = print_sources(self);

    g_print("\n");
    bool channels = print_channels(self);
    g_print("\n%u case%s running%s\n", self->cases->len, self->cases->len == 1 ? "" : "s",
            self->cases->len > 0 ? " (appealctl cases)" : "");
    print_deadline(self);
    print_step(self);
    return sources && channels;
}

/* --- for a program --------------------------------------------------------------- */

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
        apd_json_time(builder, "since", sight->since);
        apd_json_time(builder, "last_life", sight->last_life);
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
        apd_json_int(builder, "attempts", delivery->attempts);
        apd_json_time(builder, "next_try", delivery->next_try);
        apd_json_text(builder, "last_error", delivery->last_error);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

/* Whether every source is in sight and no channel has an error. */
static bool
is_well(const Status *self)
{
    guint met = 0;

    for (guint i = 0; i < self->sights->len; i++) {
        const ApdSight *sight = self->sights->pdata[i];
        if (apd_config_source(self->config, sight->source) == NULL)
            continue;
        if (!sight->well || apd_fullness_is_full(sight))
            return false;
        met += g_str_equal(sight->folder, APD_SIGHT_ROOM) ? 0 : 1;
    }
    for (guint i = 0; i < self->owed->len; i++)
        if (((const ApdDelivery *) self->owed->pdata[i])->last_error != NULL)
            return false;
    return met >= self->config->sources->len;
}

static bool
print_status_json(const Status *self)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    bool good = is_well(self);

    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "well");
    json_builder_add_boolean_value(builder, good);
    add_sources_json(self, builder);
    add_owed_json(self, builder);
    json_builder_set_member_name(builder, "cases");
    json_builder_begin_array(builder);
    for (guint i = 0; i < self->cases->len; i++)
        apd_channel_json_case(builder, self->cases->pdata[i], self->desk->now);
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    apd_ctl_print_json(builder);
    return good;
}

int
apd_ctl_status(const ApdCtl *ctl, char **operands)
{
    int result = APD_EXIT_GOOD;
    g_autoptr(GError) error = NULL;
    g_auto(ApdCtlDesk) desk = { NULL };

    (void) operands;
    if (!apd_ctl_desk_open(&desk, ctl, &result))
        return result;

    Status status = { .config = desk.config, .desk = &desk };
    if (!load_status(&status, desk.ledger, &error))
        result = apd_ctl_fail(error);
    else if (!(ctl->json ? print_status_json(&status) : print_status(&status)))
        result = APD_EXIT_NO;
    clear_status(&status);
    return result;
}

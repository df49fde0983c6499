#include "app/sights.h"

#include "app/blindness.h"

/* Of a change: as long as the others of the same moment need to come in. */
#define NEWS_PAUSE_MS 50

/* Of signs of life. */
#define ROUTINE_PAUSE_MS 30000

struct ApdSights {
    ApdLedger *ledger;       /* borrowed */
    const ApdConfig *config; /* borrowed */
    ApdSightsEvents events;
    void *user_data;   /* borrowed */
    GHashTable *well;  /* owned, a set of keys: their last word was that all is well */
    GPtrArray *notes;  /* owned, element-type ApdSightNote: what waits, in order */
    GHashTable *signs; /* owned; key to the last of these notes, when that is a sign of life */
    bool news;         /* a change is among them */
    guint timer;       /* owned */
};

static void
free_note(void *data)
{
    ApdSightNote *note = data;

    g_free(note->source);
    g_free(note->folder);
    g_clear_error(&note->why);
    g_free(note);
}

ApdSights *
apd_sights_new(ApdLedger *ledger, const ApdConfig *config, const ApdSightsEvents *events,
               void *user_data)
{
    ApdSights *self = g_new0(ApdSights, 1);

    self->ledger = ledger;
    self->config = config;
    self->events = *events;
    self->user_data = user_data;
    self->well = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->signs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->notes = g_ptr_array_new_with_free_func(free_note);
    return self;
}

bool
apd_sights_write(ApdSights *self, GError **error)
{
    bool good = apd_blindness_note_all(self->ledger, self->config, self->notes, error);

    g_hash_table_remove_all(self->signs);
    g_ptr_array_set_size(self->notes, 0);
    self->news = false;
    return good;
}

void
apd_sights_free(ApdSights *self)
{
    if (self == NULL)
        return;

    g_clear_handle_id(&self->timer, g_source_remove);
    (void) apd_sights_write(self, NULL); /* at the end: whoever starts next looks for itself */
    g_hash_table_unref(self->well);
    g_hash_table_unref(self->signs);
    g_ptr_array_unref(self->notes);
    g_free(self);
}

static gboolean
on_timer(gpointer user_data)
{
    ApdSights *self = user_data;
    bool news = self->news;
    g_autoptr(GError) error = NULL;

    self->timer = 0;
    if (!apd_sights_write(self, &error))
        self->events.failed(error, self->user_data);
    else if (news)
        self->events.changed(self->user_data);
    return G_SOURCE_REMOVE;
}

/* A change does not wait for the end of the half minute. */
static void
set_timer(ApdSights *self, bool news)
{
    if (news && !self->news)
        g_clear_handle_id(&self->timer, g_source_remove);
    self->news = self->news || news;
    if (self->timer == 0)
        self->timer = g_timeout_add(self->news ? NEWS_PAUSE_MS : ROUTINE_PAUSE_MS, on_timer, self);
}

void
apd_sights_note(ApdSights *self, const char *source, const char *folder, const GError *why,
                ApdTime now)
{
    g_autofree char *key = g_strconcat(source, "\n", folder, NULL);
    bool routine = why == NULL && g_hash_table_contains(self->well, key);
    ApdSightNote *note = why == NULL ? g_hash_table_lookup(self->signs, key) : NULL;

    if (note != NULL) {
        note->when = now;
        return;
    }
    note = g_new0(ApdSightNote, 1);
    *note =
        (ApdSightNote){ g_strdup(source), g_strdup(folder), why ? g_error_copy(why) : NULL, now };
    g_ptr_array_add(self->notes, note);
    if (why == NULL) {
        g_hash_table_add(self->well, g_strdup(key));
        g_hash_table_insert(self->signs, g_steal_pointer(&key), note);
    } else {
        g_hash_table_remove(self->well, key);
        g_hash_table_remove(self->signs, key);
    }
    set_timer(self, !routine);
}

bool
apd_sights_has_news(const ApdSights *self)
{
    return self->news;
}

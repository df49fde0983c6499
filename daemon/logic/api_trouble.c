#include "logic/api_trouble.h"

/* More than this are not told apart: what is new among them is asked for first. */
#define MAX_THINGS 10000

typedef struct {
    guint times; /* in a row */
    guint turn;  /* when last */
} Thing;

struct ApdApiTrouble {
    GHashTable *things; /* owned: id to Thing */
    guint turn;
};

ApdApiTrouble *
apd_api_trouble_new(void)
{
    ApdApiTrouble *self = g_new0(ApdApiTrouble, 1);

    self->things = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return self;
}

void
apd_api_trouble_free(ApdApiTrouble *self)
{
    if (self == NULL)
        return;

    g_hash_table_unref(self->things);
    g_free(self);
}

guint
apd_api_trouble_note(ApdApiTrouble *self, const char *id)
{
    Thing *thing = g_hash_table_lookup(self->things, id);

    if (thing == NULL) {
        if (g_hash_table_size(self->things) >= MAX_THINGS)
            return 1;
        thing = g_new0(Thing, 1);
        g_hash_table_insert(self->things, g_strdup(id), thing);
    }
    thing->turn = ++self->turn;
    return ++thing->times;
}

void
apd_api_trouble_forget(ApdApiTrouble *self, const char *id)
{
    g_hash_table_remove(self->things, id);
}

guint
apd_api_trouble_rank(const ApdApiTrouble *self, const char *id)
{
    const Thing *thing = g_hash_table_lookup(self->things, id);

    return thing ? thing->turn : 0;
}

#include "model/message.h"

void
apd_message_free(ApdMessage *self)
{
    if (self == NULL)
        return;

    g_free(self->source);
    g_free(self->folder);
    g_free(self->look);
    g_free(self->name);
    g_free(self->fault);
    g_clear_pointer(&self->bytes, g_bytes_unref);
    apd_verdict_free(self->verdict);
    g_free(self->mark);
    g_free(self->mark_value);
    apd_stated_free(self->stated);
    g_free(self);
}

#include "model/text.h"

ApdText *
apd_text_new(void)
{
    ApdText *self = g_new0(ApdText, 1);

    self->segments = g_array_new(FALSE, FALSE, sizeof(ApdSegment));
    self->shown = g_string_new(NULL);
    self->folded = g_string_new(NULL);
    return self;
}

void
apd_text_free(ApdText *self)
{
    if (self == NULL)
        return;

    g_array_unref(self->segments);
    g_free(self->quoted_from);
    g_string_free(self->shown, TRUE);
    g_string_free(self->folded, TRUE);
    g_free(self);
}

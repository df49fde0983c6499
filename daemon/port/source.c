#include "port/source.h"

static const ApdSourceType *const types[] = { &apd_source_imap, &apd_source_maildir,
                                              &apd_source_aliexpress, &apd_source_json };

const ApdSourceType *
apd_source_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_str_equal(types[i]->name, name))
            return types[i];

    return NULL;
}

#include "logic/api_sign.h"

#include <stdbool.h>
#include <string.h>

/* No form is longer: it never moves while it grows, so that no copy of a secret
 * stays behind. */
#define FORM_SIZE 16384

struct ApdApiParams {
    GPtrArray *params; /* owned, element-type Param, in byte order of their names */
};

typedef struct {
    char *name;
    char *value;
} Param;

static void
wipe(char *text)
{
    explicit_bzero(text, strlen(text));
    g_free(text);
}

static void
free_param(void *data)
{
    Param *param = data;

    wipe(param->name);
    wipe(param->value);
    g_free(param);
}

ApdApiParams *
apd_api_params_new(void)
{
    ApdApiParams *self = g_new0(ApdApiParams, 1);

    self->params = g_ptr_array_new_with_free_func(free_param);
    return self;
}

void
apd_api_params_free(ApdApiParams *self)
{
    if (self == NULL)
        return;

    g_ptr_array_unref(self->params);
    g_free(self);
}

static bool
is_blank(const char *text)
{
    return text == NULL || text[strspn(text, " \t\r\n")] == '\0';
}

void
apd_api_params_set(ApdApiParams *self, const char *name, const char *value)
{
    guint at = 0;

    if (is_blank(name) || is_blank(value))
        return;
    while (at < self->params->len && strcmp(((Param *) self->params->pdata[at])->name, name) < 0)
        at++;
    if (at < self->params->len && g_str_equal(((Param *) self->params->pdata[at])->name, name))
        g_ptr_array_remove_index(self->params, at);

    Param *param = g_new0(Param, 1);
    param->name = g_strdup(name);
    param->value = g_strdup(value);
    g_ptr_array_insert(self->params, (gint) at, param);
}

static void
digest(GHmac *hmac, const char *text)
{
    g_hmac_update(hmac, (const guchar *) text, (gssize) strlen(text));
}

char *
apd_api_sign(const ApdApiParams *self, const char *prefix, const char *secret)
{
    GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA256, (const guchar *) secret, strlen(secret));

    digest(hmac, prefix);
    for (guint i = 0; i < self->params->len; i++) {
        const Param *param = self->params->pdata[i];
        if (g_str_equal(param->name, "sign"))
            continue;
        digest(hmac, param->name);
        digest(hmac, param->value);
    }
    char *sign = g_ascii_strup(g_hmac_get_string(hmac), -1);
    g_hmac_unref(hmac);
    return sign;
}

GString *
apd_api_params_form(const ApdApiParams *self)
{
    GString *form = g_string_sized_new(FORM_SIZE);

    for (guint i = 0; i < self->params->len; i++) {
        const Param *param = self->params->pdata[i];
        if (i > 0)
            g_string_append_c(form, '&');
        g_string_append_uri_escaped(form, param->name, NULL, FALSE);
        g_string_append_c(form, '=');
        g_string_append_uri_escaped(form, param->value, NULL, FALSE);
    }
    return form;
}

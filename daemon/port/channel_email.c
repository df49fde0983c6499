/* Mail by SMTP (RFC 5321). */
#include "port/channel_mail.h"

#include <string.h>

#include "base/error.h"

/* Addresses stand in commands and headers: no blanks, no line ends. */
static bool
check_address(const char *address, const char *key, GError **error)
{
    const char *at = strrchr(address, '@');

    if (at != NULL && at != address && at[1] != '\0' && strpbrk(address, " \t\r\n<>,;\"") == NULL)
        return true;

    g_set_error(error, APD_ERROR, APD_ERROR_CONFIG,
                "%s: '%s' is no mail address (write it as name@example.com)", key, address);
    return false;
}

/* Returns: (transfer full): the addresses of `to =`, each once; NULL when one is none. */
static char **
split_addresses(const char *list, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(list, ",", -1);
    g_autoptr(GStrvBuilder) to = g_strv_builder_new();
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (char **part = parts; *part != NULL; part++) {
        if (!check_address(g_strstrip(*part), "to", error))
            return NULL;
        if (g_hash_table_add(seen, *part))
            g_strv_builder_add(to, *part);
    }
    return g_strv_builder_end(to);
}

/* Returns: (transfer full): those of @to who are not told yet.  An address that was
 * mended in the configuration is one of them. */
static char **
leave_out(char **to, char *const *told)
{
    g_autoptr(GStrvBuilder) rest = g_strv_builder_new();

    for (; *to != NULL; to++)
        if (told == NULL || !g_strv_contains((const char *const *) told, *to))
            g_strv_builder_add(rest, *to);
    return g_strv_builder_end(rest);
}

/* What stays on this machine needs no TLS. */
static bool
is_local(const char *server)
{
    g_autofree char *host = NULL;

    g_uri_split_network(server, G_URI_FLAGS_NONE, NULL, &host, NULL, NULL);
    return g_strcmp0(host, "localhost") == 0 || g_strcmp0(host, "127.0.0.1") == 0
           || g_strcmp0(host, "::1") == 0;
}

static bool
email_build(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
            GError **error)
{
    const char *from = apd_channel_option(config, "from", "");
    const char *server = apd_channel_option(config, "server", "");
    g_auto(GStrv) to = split_addresses(apd_channel_option(config, "to", ""), error);

    if (to == NULL || !check_address(from, "from", error))
        return false;

    request->url = g_strdup(server);
    request->body = apd_mail_make(parcel, from, to);
    request->mail_from = g_strdup(from);
    request->mail_to = leave_out(to, parcel->told);
    request->user = g_strdup(apd_channel_option(config, "user", NULL));
    request->password = g_strdup(parcel->token);
    request->tls_optional = is_local(server);
    return true;
}

/* Reply codes of RFC 5321 and 4954: 4yz passes by itself, 5yz does not. */
/* clang-format off */
static const struct { int status; const char *remedy; } remedies[] = {
    { 530, "the server wants a login: set user and password-file" },
    { 534, "the server wants another way to log in, often a password for this application alone" },
    { 535, "user or password is wrong" },
    { 550, "an address of from = or to = is refused" },
    { 553, "an address of from = or to = is refused" },
};
/* clang-format on */

static void
judge_refusals(const ApdSmtpTalk *talk, ApdJudgement *judgement)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) refused = g_string_new(NULL);

    judgement->taking = APD_REFUSED;
    for (guint i = 0; i < talk->refusals->len; i++) {
        const ApdMailRefusal *refusal = talk->refusals->pdata[i];
        g_string_append_printf(text, "%snot to %s: %s", i > 0 ? "; " : "", refusal->address,
                               refusal->said);
        if (refusal->status >= 500)
            g_string_append_printf(refused, "%s%s", refused->len > 0 ? ", " : "", refusal->address);
        else
            judgement->taking = APD_TRY_AGAIN;
    }
    if (refused->len > 0) {
        g_string_append(text, ": check the addresses of to =");
        judgement->refused = g_string_free(g_steal_pointer(&refused), FALSE);
    }
    judgement->text = g_string_free(g_steal_pointer(&text), FALSE);
}

static char **
copy_texts(const GPtrArray *texts)
{
    g_autoptr(GStrvBuilder) copy = g_strv_builder_new();

    for (guint i = 0; i < texts->len; i++)
        g_strv_builder_add(copy, texts->pdata[i]);
    return g_strv_builder_end(copy);
}

static void
email_judge(const ApdHttpResponse *response, ApdTime now, ApdJudgement *judgement)
{
    const ApdSmtpTalk *talk = response->talk;
    bool taken = response->status >= 200 && response->status < 300;
    bool left_out = talk != NULL && talk->refusals->len > 0;
    g_autofree char *said = apd_channel_said(response);
    const char *remedy = NULL;

    (void) now;
    if (taken && left_out)
        judgement->reached = copy_texts(talk->accepted);
    if (left_out && (taken || talk->accepted->len == 0)) {
        judge_refusals(talk, judgement);
        return;
    }
    if (taken) {
        judgement->taking = APD_TAKEN;
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(remedies); i++)
        if (remedies[i].status == response->status)
            remedy = remedies[i].remedy;

    judgement->taking = response->status >= 500 ? APD_REFUSED : APD_TRY_AGAIN;
    judgement->text = g_strdup_printf("the mail server said %s%s%s", said, remedy ? ": " : "",
                                      remedy ? remedy : "");
}

const ApdChannelType apd_channel_email = {
    .name = "email",
    .rate = { 5, 2 * APD_SECOND }, /* providers take many mails at once for spam */
    .build = email_build,
    .judge = email_judge,
    .unseen = true,
};

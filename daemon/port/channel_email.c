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

/* Returns: (transfer full): the addresses of `to =`; NULL when one is none. */
static char **
split_addresses(const char *list, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(list, ",", -1);

    for (char **part = parts; *part != NULL; part++)
        if (!check_address(g_strstrip(*part), "to", error))
            return NULL;
    return g_steal_pointer(&parts);
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
    request->mail_to = g_steal_pointer(&to);
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
email_judge(const ApdHttpResponse *response, ApdTime now, ApdJudgement *judgement)
{
    g_autofree char *said = apd_channel_said(response);
    const char *remedy = NULL;

    (void) now;
    if (response->status >= 200 && response->status < 300) {
        judgement->taking = APD_TAKEN;
        if (*said == '4' || *said == '5')
            judgement->text = g_strdup_printf("not to every address: %s", said);
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

#include "logic/origin_links.h"

#include <string.h>

#include "logic/normalise.h"
#include "logic/web_address.h"

#define MAX_LINKS 2000

/* Links elsewhere whose words are read; a notice has a few. */
#define MAX_FOREIGN 100

/* Words before a link, of the sentence that it ends. */
#define MAX_LEAD 160

typedef struct {
    const ApdOriginContext *context;
    const ApdText *text;
    bool own_call; /* a bare address elsewhere need be no call: there is one that leads home */
    int foreign;   /* links elsewhere so far */
} Judge;

/* --- names and words ---------------------------------------------------------------- */

static bool
is_official(const ApdOriginContext *context, const char *host)
{
    const char *list = apd_rules_value(context->rules, "link", "official", "suffixes");
    g_auto(GStrv) suffixes = g_strsplit(list != NULL ? list : "", ",", -1);

    for (char **p = suffixes; *p != NULL; p++) {
        const char *suffix = g_strstrip(*p);
        if (*suffix != '\0' && (g_str_has_suffix(host, suffix) || strcmp(host, suffix + 1) == 0))
            return true;
    }
    return apd_origin_lists(context, "link", "official", "domains", host);
}

static bool
holds(const GArray *words, const char *folded)
{
    return apd_origin_words_find_last(words, folded) > 0;
}

static char *
folded_lead(const char *lead)
{
    size_t n = strlen(lead);
    const char *start = n > MAX_LEAD ? lead + n - MAX_LEAD : lead;

    while (start > lead && ((guchar) *start & 0xc0) == 0x80)
        start++;
    g_autofree char *folded = apd_normalise(start);
    const char *sentence = g_strrstr(folded, ". ");
    return g_strdup(sentence != NULL ? sentence + 2 : folded);
}

/* --- where one link leads --------------------------------------------------------------- */

/* Returns: (transfer full): the host off the platform that @address leads to, at once or by
 * way of a page that passes people on; NULL when it stays. */
static char *
foreign_host(const ApdOriginContext *context, const ApdWebAddress *address)
{
    if (!apd_origin_is_platform(context, address->host))
        return g_strdup(address->host);

    g_auto(GStrv) inner = apd_web_address_inner_hosts(address->rest);
    for (char **p = inner; p != NULL && *p != NULL; p++)
        if (!apd_origin_is_platform(context, *p))
            return g_strdup(*p);
    return NULL;
}

bool
apd_origin_leads_to_sender(const ApdOriginContext *context, const char *href)
{
    g_auto(ApdWebAddress) address = { 0 };

    apd_web_address_read(href, &address);
    if (address.kind != APD_WEB_HOST || address.disguised
        || !apd_origin_is_sender(context, address.host))
        return false;
    g_autofree char *foreign = foreign_host(context, &address);
    return foreign == NULL;
}

/* Whether the words of a link are an address of the platform. */
static bool
shows_platform(const ApdOriginContext *context, const char *text)
{
    if (strchr(text, '.') == NULL)
        return false;

    g_auto(GStrv) words = g_strsplit_set(text, " \t\r\n()<>\"'", 32);
    for (char **p = words; *p != NULL; p++) {
        if (strchr(*p, '.') == NULL || strchr(*p, '@') != NULL)
            continue;
        g_auto(ApdWebAddress) address = { 0 };
        g_autofree char *href =
            strstr(*p, "://") != NULL ? g_strdup(*p) : g_strconcat("//", *p, NULL);
        apd_web_address_read(href, &address);
        if (apd_origin_is_platform(context, address.host))
            return true;
    }
    return false;
}

/* --- judgement ------------------------------------------------------------------------------ */

static const char *
disguise_of(const ApdOriginContext *context, const ApdLink *link, const ApdWebAddress *address,
            const char *host)
{
    if (address->disguised)
        return "hides where it leads";
    if (address->numeric)
        return "leads to a machine without a name";
    if (apd_origin_imitates(context, host))
        return "leads to a name like the platform's";
    if (shows_platform(context, link->text))
        return "leads elsewhere than it says";
    return NULL;
}

/* Whether a page elsewhere would pass the reader on to a third. */
static bool
passes_on(const ApdOriginContext *context, const ApdWebAddress *address)
{
    g_auto(GStrv) inner = apd_web_address_inner_hosts(address->rest);

    for (char **p = inner; p != NULL && *p != NULL; p++)
        if (!apd_origin_is_platform(context, *p) && !is_official(context, *p))
            return true;
    return false;
}

/* Whether a link that asks for nothing is one that notices have: the platform's pages with
 * others, a parcel, the text of a law. */
static bool
is_for_reading(const ApdOriginContext *context, const ApdLink *link, const char *host,
               const char *text, const char *lead)
{
    if (apd_origin_lists(context, "link", "social", "domains", host)
        || apd_origin_lists(context, "link", "carrier", "domains", host))
        return true;
    return !link->drawn && !apd_origin_lists(context, "link", "shortener", "domains", host)
           && (holds(context->words->laws, text)
               || apd_origin_words_find_last(context->words->laws, lead)
                      > apd_origin_words_find_last(context->words->calls, lead));
}

static bool
is_call(const Judge *self, const ApdLink *link, const char *text, const char *lead)
{
    bool bare = strcmp(link->text, link->href) == 0;

    return link->button || link->drawn || (link->image && *link->text == '\0')
           || (bare && !self->own_call) || holds(self->context->words->calls, text)
           || holds(self->context->words->hints, text) || holds(self->context->words->calls, lead)
           || holds(self->context->words->hints, lead);
}

static ApdOriginLinks
judge_foreign(Judge *self, const ApdLink *link, const ApdWebAddress *address, const char *host,
              const char **ret_why)
{
    const ApdOriginContext *context = self->context;

    if ((*ret_why = disguise_of(context, link, address, host)) != NULL)
        return APD_LINKS_FORGED;
    if (is_official(context, host) && !passes_on(context, address))
        return APD_LINKS_CLEAN;
    if (++self->foreign > MAX_FOREIGN) {
        *ret_why = "is one of too many that lead off the platform";
        return APD_LINKS_DOUBTFUL;
    }

    g_autofree char *text = apd_normalise(link->text);
    g_autofree char *lead = folded_lead(link->lead);
    bool asks = holds(context->words->calls, strcmp(link->text, link->href) != 0 ? text : "");
    if (!asks && !passes_on(context, address) && is_for_reading(context, link, host, text, lead))
        return APD_LINKS_CLEAN;

    bool call = is_call(self, link, text, lead);
    *ret_why = call ? "calls to act off the platform" : "leads off the platform";
    return call ? APD_LINKS_FORGED : APD_LINKS_DOUBTFUL;
}

static ApdOriginLinks
judge_mail(const Judge *self, const ApdLink *link, const ApdWebAddress *address,
           const char **ret_why)
{
    g_autofree char *text = apd_normalise(link->text);
    bool asks = strchr(link->text, '@') == NULL
                && (link->button || holds(self->context->words->calls, text));

    if (*address->host == '\0' || apd_origin_is_platform(self->context, address->host))
        return APD_LINKS_CLEAN;
    if (!asks && !apd_origin_imitates(self->context, address->host))
        return APD_LINKS_CLEAN;
    *ret_why = "asks for mail to somebody else";
    return APD_LINKS_FORGED;
}

static ApdOriginLinks
judge_link(Judge *self, const ApdLink *link, const char **ret_why)
{
    g_auto(ApdWebAddress) address = { 0 };

    apd_web_address_read(link->href, &address);
    switch (address.kind) {
    case APD_WEB_CODE:
        *ret_why = "opens what the mail itself carries";
        return APD_LINKS_FORGED;
    case APD_WEB_MAIL:
        return judge_mail(self, link, &address, ret_why);
    case APD_WEB_HOST: {
        g_autofree char *host = foreign_host(self->context, &address);
        return host != NULL ? judge_foreign(self, link, &address, host, ret_why) : APD_LINKS_CLEAN;
    }
    default:
        return APD_LINKS_CLEAN;
    }
}

/* What an answer quotes is another's: it cannot forge the answer, but may be a trick. */
static ApdOriginLinks
judge_with_depth(Judge *self, const ApdLink *link, const char **ret_why)
{
    ApdOriginLinks judged = judge_link(self, link, ret_why);

    if (link->depth == 0 || !self->text->is_reply)
        return judged;
    return judged == APD_LINKS_FORGED ? APD_LINKS_DOUBTFUL : APD_LINKS_CLEAN;
}

/* Whether a link home asks for something: then a bare address elsewhere need not. */
static bool
has_own_call(const ApdOriginContext *context, const GArray *links)
{
    for (guint i = 0; i < links->len && i < MAX_LINKS; i++) {
        const ApdLink *link = &g_array_index(links, ApdLink, i);
        if (link->button && apd_origin_leads_to_sender(context, link->href))
            return true;
    }
    return false;
}

ApdOriginLinks
apd_origin_judge_links(const ApdOriginContext *context, const ApdDocument *document,
                       const ApdText *text, char **ret_why)
{
    /* Whoever forwards a message may add an address of his own. */
    bool own_call = text->is_forward || has_own_call(context, document->links);
    Judge self = { context, text, own_call, 0 };
    ApdOriginLinks worst = APD_LINKS_CLEAN;

    *ret_why = NULL;
    for (guint i = 0; i < document->links->len && i < MAX_LINKS && worst < APD_LINKS_FORGED; i++) {
        const ApdLink *link = &g_array_index(document->links, ApdLink, i);
        const char *why = NULL;
        ApdOriginLinks judged = judge_with_depth(&self, link, &why);
        if (judged <= worst)
            continue;
        worst = judged;
        g_free(*ret_why);
        *ret_why = g_strdup_printf("a link %s: %.200s", why, link->href);
    }
    return worst;
}

#include "logic/origin.h"

#include <string.h>

#include "logic/auth_results.h"
#include "logic/lookalike.h"
#include "logic/normalise.h"

#define MAX_LINKS 400

/* What the seller's provider found of the sender. */
typedef struct {
    bool known;    /* there is a header that may be believed */
    bool verified; /* for the domain of From: */
    bool failed;   /* DMARC said so */
} Proof;

typedef struct {
    const ApdOriginContext *context;
    const ApdDocument *document;
    const ApdText *text;
    char *from_host; /* owned, lower case; "" when there is none */
} Judge;

static const char *
registrable(const Judge *self, const char *host)
{
    const char *domain = self->context->registrable(host, self->context->user_data);
    return domain != NULL ? domain : host;
}

static char *
host_of_address(const char *address)
{
    const char *at = address != NULL ? strrchr(address, '@') : NULL;
    g_autofree char *host = g_ascii_strdown(at != NULL ? at + 1 : "", -1);

    g_strdelimit(host, "<> \t", '\0');
    return g_strdup(host);
}

static bool
is_word(const char *text, const char *word, size_t size)
{
    return strncmp(text, word, size) == 0 && text[size] == '\0';
}

static bool
is_listed(const Judge *self, const char *host, const char *key)
{
    const char *list = apd_rules_value(self->context->rules, "sender", "platform", key);

    if (list == NULL || *host == '\0')
        return false;

    const char *domain = registrable(self, host);
    for (size_t n; *list != '\0'; list += n + (list[n] != '\0')) {
        n = strcspn(list, ", ");
        if (n > 0 && (is_word(domain, list, n) || is_word(host, list, n)))
            return true;
    }
    return false;
}

static bool
is_platform(const Judge *self, const char *host)
{
    return is_listed(self, host, "domains") || is_listed(self, host, "names");
}

static bool
imitates_brand(const Judge *self, const char *host)
{
    const char *list = apd_rules_value(self->context->rules, "sender", "platform", "brands");

    if (list == NULL || *host == '\0')
        return false;
    g_autofree char *skeleton = apd_lookalike_skeleton(host);
    g_auto(GStrv) brands = g_strsplit(list, ",", -1);
    for (char **p = brands; *p != NULL; p++)
        if (strlen(g_strstrip(*p)) >= 6 && apd_lookalike_imitates(skeleton, *p))
            return true;
    return false;
}

/* Whether @name holds a brand, however it is spelt. */
static bool
names_brand(const Judge *self, const char *name)
{
    const char *list = apd_rules_value(self->context->rules, "sender", "platform", "brands");

    if (name == NULL || list == NULL)
        return false;
    g_autofree char *folded = apd_normalise(name);
    g_auto(GStrv) brands = g_strsplit(list, ",", -1);
    for (char **p = brands; *p != NULL; p++) {
        g_autofree char *brand = apd_normalise(g_strstrip(*p));
        if (*brand != '\0' && strstr(folded, brand) != NULL)
            return true;
    }
    return false;
}

/* "notice_at_notice_aliexpress_com_x@privaterelay.appleid.com", "x+notice=aliexpress.com@list" */
static bool
is_relayed(const Judge *self)
{
    const char *address = self->document->from_address;

    return address != NULL
           && (g_str_has_suffix(self->from_host, "privaterelay.appleid.com")
               || strstr(address, "_at_") != NULL || strstr(address, "=aliexpress.com@") != NULL);
}

static bool
is_aligned(const Judge *self, const char *domain)
{
    g_autofree char *ours = g_strdup(registrable(self, self->from_host));

    return domain != NULL && *self->from_host != '\0'
           && strcmp(ours, registrable(self, domain)) == 0;
}

static Proof
read_proof(const Judge *self)
{
    Proof proof = { false, false, false };
    const char *header = self->document->authentication_results[0];

    if (header == NULL || self->context->authserv_id == NULL)
        return proof;
    g_autoptr(GPtrArray) results = apd_auth_results_parse(header, self->context->authserv_id);
    if (results == NULL)
        return proof;

    proof.known = true;
    for (guint i = 0; i < results->len; i++) {
        const ApdAuthResult *result = results->pdata[i];
        bool pass = strcmp(result->result, "pass") == 0;
        bool dmarc = strcmp(result->method, "dmarc") == 0;
        if (dmarc && (result->domain == NULL || is_aligned(self, result->domain))) {
            proof.verified |= pass;
            proof.failed |= strcmp(result->result, "fail") == 0;
        }
        if (strcmp(result->method, "dkim") == 0 && pass)
            proof.verified |= is_aligned(self, result->domain);
    }
    proof.verified &= !proof.failed;
    return proof;
}

/* The host of a link; NULL when it leads nowhere (mailto:, an anchor). */
static char *
host_of_link(const char *href)
{
    const char *p = strstr(href, "://");

    if (p == NULL && g_str_has_prefix(href, "//"))
        p = href - 1;
    if (p == NULL || g_ascii_strncasecmp(href, "mailto", 6) == 0)
        return NULL;
    p += 3;
    size_t n = strcspn(p, "/?#\\");
    g_autofree char *authority = g_ascii_strdown(p, (gssize) n);
    const char *at = strrchr(authority, '@');
    char *host = g_strdup(at != NULL ? at + 1 : authority);
    g_strdelimit(host, ":", '\0');
    return host;
}

/* A link whose words are an address elsewhere than where it leads. */
static bool
shows_other_host(const Judge *self, const ApdLink *link, const char *host)
{
    const char *text = link->text != NULL ? link->text : "";
    g_autofree char *shown =
        strstr(text, "://") != NULL ? host_of_link(text) : g_ascii_strdown(text, -1);

    if (shown == NULL || strchr(shown, '.') == NULL || strchr(shown, ' ') != NULL)
        return false;
    shown[strcspn(shown, "/")] = '\0';
    return is_platform(self, shown) && !is_platform(self, host);
}

/* The first link that betrays a forger; NULL when there is none. */
static const ApdLink *
find_bad_link(const Judge *self)
{
    const GArray *links = self->document->links;
    bool own_call = false;

    for (guint i = 0; i < links->len && i < MAX_LINKS; i++) {
        const ApdLink *link = &g_array_index(links, ApdLink, i);
        g_autofree char *host = host_of_link(link->href);
        own_call |= host != NULL && is_platform(self, host) && link->button;
    }
    for (guint i = 0; i < links->len && i < MAX_LINKS; i++) {
        const ApdLink *link = &g_array_index(links, ApdLink, i);
        g_autofree char *host = host_of_link(link->href);
        if (host == NULL || is_platform(self, host) || (link->depth > 0 && !self->text->is_forward))
            continue;
        if (link->button || imitates_brand(self, host) || shows_other_host(self, link, host))
            return link;
        if (!own_call && links->len == 1 && link->text != NULL
            && strcmp(link->text, link->href) == 0)
            return link;
    }
    return NULL;
}

static void
find_call(const Judge *self, ApdOrigin *origin)
{
    const GArray *links = self->document->links;
    const ApdLink *best = NULL;

    for (guint i = 0; i < links->len && i < MAX_LINKS; i++) {
        const ApdLink *link = &g_array_index(links, ApdLink, i);
        g_autofree char *host = host_of_link(link->href);
        if (host == NULL || !is_listed(self, host, "domains")
            || !g_str_has_prefix(link->href, "https://"))
            continue;
        const char *channel = strstr(link->href, "channelId=");
        size_t n = channel != NULL ? strspn(channel + 10, "0123456789") : 0;
        if (n > 0 && n < 32 && origin->channel_id == NULL)
            origin->channel_id = g_strndup(channel + 10, n);
        bool backend = g_str_has_prefix(host, "csp.") || g_str_has_prefix(host, "appeal.")
                       || g_str_has_prefix(host, "gsp.") || g_str_has_prefix(host, "sellercenter.");
        if (best == NULL || (link->button && !best->button)
            || (backend && best->button == link->button))
            best = best == NULL || link->button >= best->button ? link : best;
    }
    if (best != NULL)
        origin->call = g_strdup(best->href);
}

static bool
is_marketplace(const Judge *self)
{
    const char *domain = registrable(self, self->from_host);
    g_autofree char *label = g_strndup(domain, strcspn(domain, "."));
    const ApdRules *rules = self->context->rules;

    if (apd_rules_lists(rules, "sender", "marketplace", "domains", label))
        return true;
    g_auto(GStrv) labels = g_strsplit(self->from_host, ".", 8);
    for (char **p = labels; *p != NULL; p++)
        if (apd_rules_lists(rules, "sender", "marketplace", "domains", *p) && strlen(*p) > 3)
            return true;
    return false;
}

static ApdSpeaker
find_speaker(const Judge *self)
{
    const ApdDocument *document = self->document;

    if (is_listed(self, self->from_host, "marketing"))
        return APD_SPEAKER_MARKETING;
    if (is_listed(self, self->from_host, "domains"))
        return APD_SPEAKER_PLATFORM;
    if (is_relayed(self) && document->from_address != NULL) {
        bool marketing = strstr(document->from_address, "_deals_") != NULL
                         || strstr(document->from_address, "_selections_") != NULL
                         || strstr(document->from_address, "_newarrival_") != NULL
                         || strstr(document->from_address, "_promotion_") != NULL;
        return marketing ? APD_SPEAKER_MARKETING : APD_SPEAKER_PLATFORM;
    }
    if (is_marketplace(self))
        return APD_SPEAKER_MARKETPLACE;
    if (imitates_brand(self, self->from_host) || names_brand(self, document->from_name))
        return APD_SPEAKER_PLATFORM;
    if (self->text->is_forward) {
        g_autofree char *host = host_of_address(self->text->quoted_from);
        if (is_listed(self, host, "marketing"))
            return APD_SPEAKER_MARKETING;
        if (is_listed(self, host, "domains") || names_brand(self, self->text->quoted_from))
            return APD_SPEAKER_PLATFORM;
    }
    return APD_SPEAKER_STRANGER;
}

static void
decide(ApdOrigin *origin, ApdAuthenticity authenticity, char *why)
{
    origin->authenticity = authenticity;
    g_free(origin->why);
    origin->why = why;
}

static void
judge_stranger(const Judge *self, ApdOrigin *origin, const Proof *proof)
{
    if (self->text->is_forward)
        decide(origin, APD_AUTHENTICITY_UNVERIFIED, g_strdup("forwarded by hand"));
    else if (proof->verified)
        decide(origin, APD_AUTHENTICITY_GENUINE,
               g_strdup_printf("the mail provider verified %s, which claims to be nobody else",
                               self->from_host));
    else
        decide(origin, APD_AUTHENTICITY_UNVERIFIED,
               g_strdup_printf("nothing verifies %s", self->from_host));
}

static void
judge_claim(const Judge *self, ApdOrigin *origin, const Proof *proof)
{
    const ApdLink *bad = find_bad_link(self);

    if (proof->failed && origin->from_platform)
        decide(origin, APD_AUTHENTICITY_FORGED,
               g_strdup_printf("the mail provider says DMARC failed for %s", self->from_host));
    else if (!origin->from_platform && !is_relayed(self) && !self->text->is_forward)
        decide(origin, APD_AUTHENTICITY_FORGED,
               g_strdup_printf("claims to be the platform, but comes from %s", self->from_host));
    else if (bad != NULL)
        decide(origin, APD_AUTHENTICITY_FORGED,
               g_strdup_printf("a link leads off the platform: %.200s", bad->href));
    else if (!origin->from_platform)
        decide(origin, APD_AUTHENTICITY_UNVERIFIED, g_strdup("forwarded or relayed"));
    else if (proof->verified)
        decide(origin, APD_AUTHENTICITY_GENUINE,
               g_strdup_printf("the mail provider verified %s", self->from_host));
    else
        decide(origin, APD_AUTHENTICITY_UNVERIFIED,
               g_strdup(proof->known ? "the mail provider verified no domain of the platform"
                                     : "no Authentication-Results header that can be believed"));
}

ApdOrigin *
apd_origin_judge(const ApdOriginContext *context, const ApdDocument *document, const ApdText *text)
{
    ApdOrigin *origin = g_new0(ApdOrigin, 1);
    g_autofree char *from_host = host_of_address(document->from_address);
    Judge self = { context, document, text, from_host };
    Proof proof = read_proof(&self);

    origin->from_platform = is_listed(&self, from_host, "domains");
    for (char **p = document->from_domains; *p != NULL; p++)
        origin->from_platform &= is_listed(&self, *p, "domains");
    origin->speaker = find_speaker(&self);
    if (origin->speaker == APD_SPEAKER_PLATFORM || origin->speaker == APD_SPEAKER_MARKETING)
        judge_claim(&self, origin, &proof);
    else
        judge_stranger(&self, origin, &proof);
    find_call(&self, origin);
    return origin;
}

void
apd_origin_free(ApdOrigin *self)
{
    if (self == NULL)
        return;

    g_free(self->why);
    g_free(self->call);
    g_free(self->channel_id);
    g_free(self);
}

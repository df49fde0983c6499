#include "logic/origin.h"

#include <string.h>

#include "logic/origin_links.h"
#include "logic/origin_proof.h"

#define MAX_LINKS 400

/* Where a signature stands, and how long one is at most. */
#define LAST_LINES 8
#define SHORT_LINE 60

typedef struct {
    const ApdOriginContext *context;
    const ApdDocument *document;
    const ApdText *text;
    const char *from_host; /* borrowed, lower case; "" when there is none */
} Judge;

/* "'AliExpress' via Sellers" of a mailing list that writes in its own name. */
static bool
is_by_list(const ApdDocument *document)
{
    g_autofree char *name =
        document->from_name != NULL ? g_utf8_strdown(document->from_name, -1) : NULL;

    return document->list_id != NULL && name != NULL && strstr(name, " via ") != NULL;
}

/* "notice_at_notice_aliexpress_com_x@privaterelay.appleid.com", "x+notice=aliexpress.com@list" */
static bool
is_relayed(const Judge *self)
{
    const char *address = self->document->from_address;

    return address != NULL
           && (apd_origin_lists(self->context, "sender", "relay", "domains", self->from_host)
               || strstr(address, "_at_") != NULL || strstr(address, "=aliexpress.com@") != NULL
               || is_by_list(self->document));
}

static bool
is_backend(const char *href)
{
    return g_str_has_prefix(href, "https://csp.") || g_str_has_prefix(href, "https://appeal.")
           || g_str_has_prefix(href, "https://gsp.")
           || g_str_has_prefix(href, "https://sellercenter.");
}

static void
find_channel(const char *href, ApdOrigin *origin)
{
    const char *channel = strstr(href, "channelId=");
    size_t n = channel != NULL ? strspn(channel + 10, "0123456789") : 0;

    if (n > 0 && n < 32 && origin->channel_id == NULL)
        origin->channel_id = g_strndup(channel + 10, n);
}

static void
find_call(const Judge *self, ApdOrigin *origin)
{
    const GArray *links = self->document->links;
    const ApdLink *best = NULL;

    for (guint i = 0; i < links->len && i < MAX_LINKS; i++) {
        const ApdLink *link = &g_array_index(links, ApdLink, i);
        if (!g_str_has_prefix(link->href, "https://")
            || !apd_origin_leads_to_sender(self->context, link->href))
            continue;
        find_channel(link->href, origin);
        if (best == NULL || (link->button && !best->button)
            || (is_backend(link->href) && best->button == link->button))
            best = link;
    }
    if (best != NULL)
        origin->call = g_strdup(best->href);
}

static bool
is_marketplace(const Judge *self)
{
    const char *domain = apd_origin_registrable(self->context, self->from_host);
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

/* The platform's marketing senders and its others; else a stranger. */
static ApdSpeaker
speaker_of_host(const Judge *self, const char *host)
{
    if (apd_origin_lists(self->context, "sender", "platform", "marketing", host))
        return APD_SPEAKER_MARKETING;
    return apd_origin_is_sender(self->context, host) ? APD_SPEAKER_PLATFORM : APD_SPEAKER_STRANGER;
}

static ApdSpeaker
speaker_of_relay(const Judge *self)
{
    static const char *const marketing[] = { "_deals_", "_selections_", "_newarrival_",
                                             "_promotion_" };

    for (size_t i = 0; i < G_N_ELEMENTS(marketing); i++)
        if (strstr(self->document->from_address, marketing[i]) != NULL)
            return APD_SPEAKER_MARKETING;
    return APD_SPEAKER_PLATFORM;
}

/* Who is named by what is not the address of From: that counts. */
static bool
claims_platform(const Judge *self)
{
    const ApdDocument *document = self->document;

    if (apd_origin_imitates(self->context, self->from_host)
        || apd_origin_names_brand(self->context, document->from_name))
        return true;
    for (char **p = document->from_domains; *p != NULL; p++)
        if (apd_origin_is_sender(self->context, *p))
            return true;
    return false;
}

static ApdSpeaker
find_speaker(const Judge *self)
{
    ApdSpeaker speaker = speaker_of_host(self, self->from_host);

    if (speaker != APD_SPEAKER_STRANGER)
        return speaker;
    if (is_relayed(self)
        && (apd_origin_names_brand(self->context, self->document->from_address)
            || apd_origin_names_brand(self->context, self->document->from_name)))
        return speaker_of_relay(self);
    if (is_marketplace(self))
        return APD_SPEAKER_MARKETPLACE;
    if (claims_platform(self))
        return APD_SPEAKER_PLATFORM;
    if (self->text->is_forward) {
        g_autofree char *host = apd_origin_host_of_address(self->text->quoted_from);
        speaker = speaker_of_host(self, host);
        if (speaker == APD_SPEAKER_STRANGER
            && apd_origin_names_brand(self->context, self->text->quoted_from))
            speaker = APD_SPEAKER_PLATFORM;
    }
    return speaker;
}

static void
decide(ApdOrigin *origin, ApdAuthenticity authenticity, char *why)
{
    origin->authenticity = authenticity;
    g_free(origin->why);
    origin->why = why;
}

/* Whether the last lines are how the platform signs.  Those who write of it to a list, and
 * those who quote it, do not speak for it. */
static bool
signs_as_platform(const Judge *self)
{
    const ApdDocument *document = self->document;
    guint n = self->text->segments->len;

    if (self->text->is_forward || document->list_id != NULL || document->is_bulk)
        return false;
    g_autoptr(GString) lines = g_string_new(NULL);
    for (guint i = n > LAST_LINES ? n - LAST_LINES : 0; i < n; i++) {
        const ApdSegment *segment = apd_text_at(self->text, i);
        if (segment->depth == 0 && segment->n < SHORT_LINE && segment->zone != APD_ZONE_SUBJECT)
            g_string_append_printf(lines, "%s\n", segment->folded);
    }
    return apd_origin_signs_as_platform(self->context, lines->str);
}

static void
judge_stranger(const Judge *self, ApdOrigin *origin, const ApdOriginProof *proof)
{
    if (self->text->is_forward)
        decide(origin, APD_AUTHENTICITY_UNVERIFIED, g_strdup("forwarded by hand"));
    else if (signs_as_platform(self))
        decide(origin, APD_AUTHENTICITY_FORGED,
               g_strdup_printf("signs as the platform, but comes from %s", self->from_host));
    else if (proof->verified)
        decide(origin, APD_AUTHENTICITY_GENUINE,
               g_strdup_printf("the mail provider verified %s, which claims to be nobody else",
                               self->from_host));
    else
        decide(origin, APD_AUTHENTICITY_UNVERIFIED,
               g_strdup_printf("nothing verifies %s", self->from_host));
}

/* The address that an answer would go to, or that sent in another's name, where it is not
 * the platform's; NULL when there is none. */
static const char *
find_stranger_beside(const Judge *self)
{
    const char *const addresses[] = { self->document->reply_to_address,
                                      self->document->sender_address };

    for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++) {
        g_autofree char *host = apd_origin_host_of_address(addresses[i]);
        if (*host != '\0' && !apd_origin_is_platform(self->context, host))
            return addresses[i];
    }
    return NULL;
}

/* What shows that somebody else speaks in the platform's name; NULL: nothing. */
static char *
find_forgery(const Judge *self, const ApdOrigin *origin, const ApdOriginProof *proof)
{
    bool passed_on = is_relayed(self) || self->text->is_forward;
    const char *other = find_stranger_beside(self);
    g_autofree char *host = apd_origin_host_of_address(other);

    if (proof->failed && origin->from_platform)
        return g_strdup_printf("the mail provider says DMARC failed for %s", self->from_host);
    if (g_strv_length(self->document->from_domains) > 1 && !origin->from_platform)
        return g_strdup("claims to be the platform, but has several senders");
    if (!origin->from_platform && !passed_on)
        return g_strdup_printf("claims to be the platform, but comes from %s", self->from_host);
    if (!passed_on && other != NULL && apd_origin_imitates(self->context, host))
        return g_strdup_printf("answers would go to %s", other);
    return NULL;
}

static void
judge_claim(const Judge *self, ApdOrigin *origin, const ApdOriginProof *proof)
{
    g_autofree char *why = NULL;
    ApdOriginLinks links = apd_origin_judge_links(self->context, self->document, self->text, &why);
    char *forgery = find_forgery(self, origin, proof);
    const char *other = find_stranger_beside(self);
    bool forged = links == APD_LINKS_FORGED || (links == APD_LINKS_DOUBTFUL && other != NULL);

    if (forgery != NULL)
        decide(origin, APD_AUTHENTICITY_FORGED, forgery);
    else if (forged)
        decide(origin, APD_AUTHENTICITY_FORGED, g_steal_pointer(&why));
    else if (!origin->from_platform)
        decide(origin, APD_AUTHENTICITY_UNVERIFIED, g_strdup("forwarded or relayed"));
    else if (!proof->verified)
        decide(origin, APD_AUTHENTICITY_UNVERIFIED,
               g_strdup(proof->known ? "the mail provider verified no domain of the platform"
                                     : "no Authentication-Results header that can be believed"));
    else if (links == APD_LINKS_DOUBTFUL)
        decide(origin, APD_AUTHENTICITY_UNVERIFIED, g_steal_pointer(&why));
    else if (other != NULL)
        decide(origin, APD_AUTHENTICITY_UNVERIFIED,
               g_strdup_printf("verified, but another address stands beside it: %s", other));
    else
        decide(origin, APD_AUTHENTICITY_GENUINE,
               g_strdup_printf("the mail provider verified %s", self->from_host));
}

ApdOrigin *
apd_origin_judge(const ApdOriginContext *context, const ApdDocument *document, const ApdText *text)
{
    ApdOrigin *origin = g_new0(ApdOrigin, 1);
    g_autofree char *from_host = apd_origin_host_of_address(document->from_address);
    Judge self = { context, document, text, from_host };
    bool several = g_strv_length(document->from_domains) > 1;
    ApdOriginProof proof = apd_origin_prove(context, document, several ? "" : from_host);

    origin->from_platform = apd_origin_is_sender(context, from_host);
    for (char **p = document->from_domains; *p != NULL; p++)
        origin->from_platform &= apd_origin_is_sender(context, *p);
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

#include "logic/classify_weigh.h"

#include <string.h>

/* What speaks against a notice, all together. */
static int
against(const ApdWeighing *self)
{
    static const char *const names[] = { "act/promotion", "act/education", "act/service-offer",
                                         "act/buyer", "act/account-service" };
    int sum = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const ApdScore *score = apd_weighing_score(self, names[i]);
        /* What says outright that it is daily business counts twice what hints at it. */
        sum += MIN(score->sum, score->best >= 300 ? 600 : 300);
    }
    /* The platform does not write the news. */
    if (self->input->origin->speaker == APD_SPEAKER_STRANGER)
        sum += MIN(apd_weighing_score(self, "act/press")->sum, 300);
    return sum;
}

/* Whether it speaks of this very store: addressed to it, a number of its own, a stated
 * violation, points taken. */
static bool
concerns_store(const ApdWeighing *self)
{
    return self->concrete || self->stated || self->scored
           || apd_weighing_best(self, "address/own") > 0
           || apd_weighing_score(self, "act/deducted")->firm > 0;
}

static bool
has_any(const ApdWeighing *self, const char *const *names, bool even_supposed)
{
    for (; *names != NULL; names++) {
        const ApdScore *score = apd_weighing_score(self, *names);
        if (score->best > 0 || (even_supposed && score->maybe > 0))
            return true;
    }
    return false;
}

static bool
says_what_was_done(const ApdWeighing *self)
{
    static const char *const names[] = { "act/finding",
                                         "act/deducted",
                                         "act/measure",
                                         "act/fix",
                                         "act/rights-complaint",
                                         "act/court-order",
                                         "act/demand",
                                         "act/threatened",
                                         "act/warn",
                                         "act/appeal-offer",
                                         NULL };

    return has_any(self, names, true)
           || (self->concrete && apd_weighing_best(self, "points/word") > 0);
}

/* A category named by the platform is a matter even where no verb says so, if it is one of
 * this store. */
static int
matter_of_category(const ApdWeighing *self)
{
    if (!says_what_was_done(self) && (!concerns_store(self) || against(self) > 0))
        return 0;
    return apd_weighing_is(self, "policy.") ? 0 : self->category_score / 2;
}

/* Whether it says how to answer what was done, in whatever words that is said. */
static bool
is_contested(const ApdWeighing *self)
{
    static const char *const acts[] = { "act/counter-notice", "act/appeal-offer", "act/deducted",
                                        NULL };

    if (has_any(self, acts, true))
        return true;
    /* A violation that is to be mended, or has no consequence yet, is a seller's. */
    if ((apd_weighing_is(self, "trade.") || apd_weighing_is(self, "info."))
        && (apd_weighing_best(self, "act/nothing-imposed") > 0
            || apd_weighing_best(self, "act/fix") > 0))
        return true;
    /* Who appealed against a violation sells. */
    return self->decided >= 100 && apd_weighing_best(self, "mod/own-appeal") > 0
           && self->category != NULL && !apd_weighing_is(self, "order.");
}

/* Written to a buyer about his purchase, by a platform that writes to both. */
static bool
is_to_buyer(const ApdWeighing *self)
{
    int seller = apd_weighing_score(self, "address/seller")->sum
                 + apd_weighing_score(self, "address/own")->sum;
    /* A dispute or an order is closed too. */
    bool imposed =
        apd_weighing_best(self, "act/deducted") > 0
        || (apd_weighing_best(self, "act/measure") > 0 && !apd_weighing_is(self, "order.dispute")
            && !apd_weighing_is(self, "order.cancellation"));
    int buyer = apd_weighing_score(self, "address/buyer")->sum;
    bool third = apd_weighing_best(self, "address/third-seller") > 0;

    bool asked =
        apd_weighing_best(self, "act/demand") > 0 || apd_weighing_best(self, "mod/own-appeal") > 0;

    if (seller == 0 && !imposed && !asked && apd_weighing_is(self, "order.")
        && (apd_weighing_best(self, "act/buyer") > 0
            || apd_weighing_best(self, "act/account-service") > 0))
        return true;
    /* "The seller did not answer" is told to the other side. */
    asked &= !apd_weighing_score(self, "address/third-seller")->leads;
    if (third && apd_weighing_best(self, "address/own") == 0 && !asked
        && (self->category == NULL || apd_weighing_is(self, "order.")))
        return true;
    if (!imposed && buyer > 0 && apd_weighing_best(self, "address/own") == 0
        && apd_weighing_best(self, "act/demand") == 0 && apd_weighing_is(self, "order."))
        return true;
    /* Who is told of points or of an appeal is no buyer, unless greeted as one. */
    return buyer > seller && (buyer >= 300 || !is_contested(self));
}

/* A letter to the seller himself from who says he owns a right, or from a court's side; no
 * lesson about such letters, and no offer to answer them. */
static bool
is_rights_letter(const ApdWeighing *self)
{
    bool owns = apd_weighing_best(self, "speaker/rights-holder") > 0;
    bool addressed = apd_weighing_best(self, "address/you") > 0
                     || apd_weighing_best(self, "address/own") > 0 || (self->concrete && owns);
    bool complains = apd_weighing_best(self, "act/rights-complaint") > 0
                     || apd_weighing_best(self, "act/court-order") > 0;
    int contrary = against(self);

    if (!addressed || !complains || !apd_weighing_is(self, "ip."))
        return false;
    /* The news name a docket too. */
    if (apd_weighing_score(self, "act/press")->sum >= 100
        && apd_weighing_best(self, "address/own") == 0)
        return false;
    if (contrary > 0 && !self->concrete
        && apd_weighing_score(self, "act/service-offer")->sum
                   + apd_weighing_score(self, "act/education")->sum
                   + apd_weighing_score(self, "act/press")->sum
               >= 100)
        return false;
    return owns
           || (self->concrete && contrary == 0
               && (apd_weighing_best(self, "act/demand") > 0 || apd_weighing_is(self, "ip.tro")));
}

/* Whether anything was done to the store or is asked of it. */
static bool
is_acted_on(const ApdWeighing *self, ApdKind kind)
{
    static const char *const acts[] = { "act/measure", "act/demand",           "act/upheld",
                                        "act/fix",     "act/rights-complaint", "act/counter-notice",
                                        NULL };

    return has_any(self, acts, false) || apd_weighing_score(self, "act/deducted")->firm > 0
           || (kind == APD_KIND_POLICY && apd_weighing_score(self, "act/policy")->leads);
}

bool
apd_weighing_is_notice(const ApdWeighing *self, ApdKind kind)
{
    const ApdOrigin *origin = self->input->origin;

    if (origin->speaker == APD_SPEAKER_MARKETING || origin->speaker == APD_SPEAKER_MARKETPLACE)
        return false;
    if (self->input->text->is_reply)
        return false;
    if (origin->speaker == APD_SPEAKER_STRANGER ? !is_rights_letter(self) : is_to_buyer(self))
        return false;

    bool concerns = concerns_store(self);
    int contrary = against(self);
    int matter = MAX(self->kinds[kind], matter_of_category(self));
    matter = MAX(matter, self->decided);
    if (kind == APD_KIND_DECISION && apd_weighing_best(self, "mod/own-appeal") > 0
        && self->decided > contrary)
        return true;
    if (!concerns && contrary > 0 && kind <= APD_KIND_COMPLAINT)
        matter = matter * 2 / 3;
    /* A lesson, an offer or a purchase that touches the subject is no matter of this store. */
    if (!concerns && contrary >= 100 && (contrary >= matter || !is_acted_on(self, kind)))
        return false;
    /* Points that are taken are no lesson and no purchase; a gift may be what they are for. */
    bool platform = origin->speaker != APD_SPEAKER_STRANGER;
    if (platform && concerns && apd_weighing_score(self, "act/deducted")->firm > 0)
        contrary -= MIN(apd_weighing_score(self, "act/promotion")->sum, 300) / 2;
    /* Words of penalties from the platform about this store are a notice whatever they mean. */
    if (concerns && contrary == 0 && apd_weighing_best(self, "act/finding") >= 60)
        return true;
    if (contrary == 0 && self->concrete && is_contested(self))
        return true;
    if (contrary == 0 && self->category_score >= 80 && concerns && says_what_was_done(self))
        return true;
    return matter >= 60
           && matter + (concerns ? self->category_score : self->category_score / 3) > contrary;
}

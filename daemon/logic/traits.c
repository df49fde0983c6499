#include "logic/traits.h"

#include <string.h>

static const char *const aspect_names[APD_N_ASPECTS] = {
    [APD_ASPECT_BEST] = "",
    [APD_ASPECT_SUM] = " +sum",
    [APD_ASPECT_SUBJECT] = " +subject",
    [APD_ASPECT_FIRM] = " +firm",
    [APD_ASPECT_MAYBE] = " +maybe",
    [APD_ASPECT_DENIED] = " +denied",
    [APD_ASPECT_FIRST] = " +first",
};

static const char *const whole_names[APD_N_WHOLES] = {
    [APD_WHOLE_STRANGER] = "message stranger",
    [APD_WHOLE_PLATFORM] = "message platform",
    [APD_WHOLE_REPLY] = "message reply",
    [APD_WHOLE_FORWARD] = "message forward",
    [APD_WHOLE_BULK] = "message bulk",
    [APD_WHOLE_LIST] = "message list",
    [APD_WHOLE_REFERENCE] = "message reference",
    [APD_WHOLE_POINTS] = "message points",
    [APD_WHOLE_SUM] = "message sum",
    [APD_WHOLE_LINK] = "message link",
    [APD_WHOLE_LENGTH] = "message length",
    [APD_WHOLE_NO_ACT] = "message no-act",
};

guint
apd_traits_count(const ApdMatcher *matcher)
{
    return APD_N_WHOLES + (guint) apd_matcher_n_signals(matcher) * APD_N_ASPECTS;
}

char *
apd_trait_name(const ApdMatcher *matcher, guint number)
{
    if (number < APD_N_WHOLES)
        return g_strdup(whole_names[number]);

    return g_strconcat(apd_matcher_name(matcher, apd_trait_signal(number)),
                       aspect_names[(number - APD_N_WHOLES) % APD_N_ASPECTS], NULL);
}

int
apd_trait_signal(guint number)
{
    return number < APD_N_WHOLES ? -1 : (int) ((number - APD_N_WHOLES) / APD_N_ASPECTS);
}

bool
apd_trait_find(const ApdMatcher *matcher, const char *name, guint *ret_number)
{
    size_t n = strcspn(name, " ");
    g_autofree char *signal_name = g_strndup(name, n);
    int signal = apd_matcher_find(matcher, signal_name);

    for (guint i = 0; i < APD_N_WHOLES; i++)
        if (strcmp(whole_names[i], name) == 0) {
            *ret_number = i;
            return true;
        }
    for (guint i = 0; signal >= 0 && i < APD_N_ASPECTS; i++)
        if (strcmp(aspect_names[i], name + n) == 0) {
            *ret_number = apd_trait_number(signal, (ApdAspect) i);
            return true;
        }
    return false;
}

#include "model/kase.h"

static const char *const states[APD_N_STATES] = { "open", "acknowledged", "appealed", "won",
                                                  "lost", "closed",       "expired" };

const char *
apd_state_name(ApdState state)
{
    return states[state];
}

bool
apd_state_parse(const char *name, ApdState *ret_state)
{
    for (unsigned i = 0; i < APD_N_STATES; i++)
        if (g_strcmp0(states[i], name) == 0) {
            *ret_state = (ApdState) i;
            return true;
        }

    return false;
}

bool
apd_state_runs(ApdState state)
{
    return state == APD_STATE_OPEN || state == APD_STATE_ACKNOWLEDGED
           || state == APD_STATE_APPEALED;
}

ApdCase *
apd_case_new(void)
{
    ApdCase *self = g_new0(ApdCase, 1);

    self->points = APD_NO_POINTS;
    self->deadline = APD_NEVER;
    self->orders = g_new0(char *, 1);
    self->products = g_new0(char *, 1);
    self->derivation = g_new0(char *, 1);
    return self;
}

void
apd_case_free(ApdCase *self)
{
    if (self == NULL)
        return;

    g_free(self->store);
    g_free(self->category);
    g_free(self->case_ref);
    g_strfreev(self->orders);
    g_strfreev(self->products);
    g_strfreev(self->derivation);
    g_free(self->language);
    g_free(self->subject);
    g_free(self->sender);
    g_free(self->excerpt);
    g_free(self->appeal_url);
    g_free(self->source);
    g_free(self->note);
    g_free(self);
}

bool
apd_case_is_of_record(const ApdCase *self)
{
    return self->source != NULL && g_str_has_prefix(self->source, "aliexpress ");
}

ApdCase *
apd_case_from_verdict(const ApdVerdict *verdict, const char *store, const char *source, ApdTime now)
{
    ApdCase *self = g_new0(ApdCase, 1);

    self->store = g_strdup(store);
    self->kind = verdict->kind;
    self->category = g_strdup(verdict->category ? verdict->category : "unknown");
    self->outcome = verdict->outcome;
    self->state = APD_STATE_OPEN;
    self->points = verdict->points;
    self->case_ref = g_strdup(verdict->case_ref);
    self->orders = g_strdupv(verdict->orders);
    self->products = g_strdupv(verdict->products);
    self->deadline = verdict->deadline;
    self->basis = verdict->basis;
    self->derivation = g_strdupv(verdict->derivation);
    self->authenticity = verdict->authenticity;
    self->severity = verdict->severity;
    self->language = g_strdup(verdict->language);
    self->subject = g_strdup(verdict->subject ? verdict->subject : "");
    self->sender = g_strdup(verdict->sender);
    self->excerpt = g_strdup(verdict->excerpt);
    self->appeal_url = g_strdup(verdict->appeal_url);
    self->source = g_strdup(source);
    self->noticed = verdict->date == APD_NEVER ? now : verdict->date;
    self->opened = now;
    self->asked = now;
    self->updated = now;
    return self;
}

void
apd_case_ask(ApdCase *self, ApdTime now)
{
    if (self->state != APD_STATE_OPEN)
        self->asked = now;
    self->state = APD_STATE_OPEN;
}

static void
free_case(void *data)
{
    apd_case_free(data);
}

GPtrArray *
apd_cases_new(void)
{
    return g_ptr_array_new_with_free_func(free_case);
}

bool
apd_cases_hold(const GPtrArray *cases, int64_t id)
{
    for (guint i = 0; i < cases->len; i++)
        if (((const ApdCase *) cases->pdata[i])->id == id)
            return true;
    return false;
}

static int
soonest_first(const void *a, const void *b)
{
    const ApdCase *x = *(const ApdCase *const *) a, *y = *(const ApdCase *const *) b;

    if (x->deadline != y->deadline)
        return x->deadline < y->deadline ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

void
apd_cases_sort(GPtrArray *cases)
{
    g_ptr_array_sort(cases, soonest_first);
}

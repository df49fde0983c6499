#include "app/dispatcher.h"

#include "app/post.h"

struct ApdDispatcher {
    ApdLedger *ledger; /* borrowed */
    ApdHttp *http;     /* owned */
    GPtrArray *posts;  /* owned, element-type ApdPost: one per channel that is ours */
};

static void
free_post(void *data)
{
    apd_post_free(data);
}

ApdDispatcher *
apd_dispatcher_new(ApdLedger *ledger, const ApdConfig *config, const ApdDispatcherEvents *events,
                   void *user_data, GError **error)
{
    g_autoptr(ApdDispatcher) self = g_new0(ApdDispatcher, 1);
    const ApdPostEvents post_events = { events->changed, events->failed };

    self->ledger = ledger;
    self->http = apd_http_new();
    self->posts = g_ptr_array_new_with_free_func(free_post);
    for (guint i = 0; i < config->channels->len; i++) {
        ApdPost *post;

        if (!apd_post_new(ledger, config, config->channels->pdata[i], self->http, &post_events,
                          user_data, &post, error))
            return NULL;
        if (post != NULL)
            g_ptr_array_add(self->posts, post);
    }
    return g_steal_pointer(&self);
}

void
apd_dispatcher_free(ApdDispatcher *self)
{
    if (self == NULL)
        return;

    g_ptr_array_unref(self->posts);
    apd_http_free(self->http);
    g_free(self);
}

bool
apd_dispatcher_run(ApdDispatcher *self, ApdTime now, ApdTime *ret_next, GError **error)
{
    ApdTime next = APD_NEVER;

    for (guint i = 0; i < self->posts->len; i++)
        if (!apd_post_run(self->posts->pdata[i], now, error))
            return false;
    for (guint i = 0; i < self->posts->len; i++) {
        ApdTime one;

        if (!apd_post_next(self->posts->pdata[i], now, &one, error))
            return false;
        next = MIN(next, one);
    }

    *ret_next = next;
    return true;
}

bool
apd_dispatcher_retry_all(ApdDispatcher *self, GError **error)
{
    g_autoptr(GPtrArray) owed = apd_ledger_owed(self->ledger, NULL, APD_NEVER, 0, error);

    for (guint i = 0; i < self->posts->len; i++)
        apd_post_open(self->posts->pdata[i]);
    for (guint i = 0; owed != NULL && i < owed->len; i++) {
        ApdDelivery *delivery = owed->pdata[i];
        if (delivery->next_try == 0)
            continue;
        delivery->next_try = 0;
        if (!apd_ledger_put_delivery(self->ledger, delivery, error))
            return false;
    }
    return owed != NULL;
}

bool
apd_dispatcher_is_busy(const ApdDispatcher *self)
{
    for (guint i = 0; i < self->posts->len; i++)
        if (apd_post_is_busy(self->posts->pdata[i]))
            return true;

    return false;
}

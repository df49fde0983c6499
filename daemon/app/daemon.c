#include "app/daemon.h"

#include <glib-unix.h>
#include <signal.h>
#include <sys/stat.h>

#include "app/casebook.h"
#include "app/dispatcher.h"
#include "app/heartbeat.h"
#include "app/status_line.h"
#include "app/steps.h"
#include "app/tokens.h"
#include "app/watcher.h"
#include "base/error.h"
#include "base/log.h"
#include "base/service.h"
#include "io/network.h"

/* How often the status line follows deliveries. */
#define STATUS_PAUSE APD_SECOND

/* What was filed has raised its alert itself: looking through every case can wait
 * for what else comes in, and must not stand in the way of that. */
#define NEWS_PAUSE (APD_SECOND / 5)

struct ApdDaemon {
    ApdConfig *config; /* owned */
    ApdDaemonOptions options;
    ApdLedger *ledger; /* owned */
    ApdCasebook casebook;
    ApdWatcher *watcher;       /* owned */
    ApdDispatcher *dispatcher; /* owned */
    ApdHeartbeat *heartbeat;   /* owned; NULL: not wished */
    ApdTokens *tokens;         /* owned; NULL: none are needed */
    ApdNetwork *network;       /* owned */
    ApdAlarm *alarm;           /* owned */
    GMainLoop *loop;           /* owned */
    guint looking;             /* owned: a look at what is due is about to happen */
    guint feeding;             /* owned: of the watchdog */
    guint signals[3];          /* owned */
    ApdTime next_step;         /* when cases are to be looked through */
    ApdTime status_at;         /* when the line below is to be made anew */
    char *status;              /* owned: the line last told to the service manager */
    GError *failure;           /* owned: what stopped us; NULL: nothing did */
};

static void
stop(ApdDaemon *self)
{
    apd_service_stopping();
    g_main_loop_quit(self->loop);
}

static void
fail(ApdDaemon *self, const GError *error)
{
    if (self->failure == NULL)
        self->failure = g_error_copy(error);
    stop(self);
}

/* --- what is due ------------------------------------------------------------ */

/* Looks through every case: when cases or sources may have changed, or time has
 * come.  What a channel said of an alert moves no case. */
static bool
run_steps(ApdDaemon *self, ApdTime now, GError **error)
{
    if (now < self->next_step)
        return true;

    self->status_at = now;
    return apd_steps_run(self->ledger, self->config, now, &self->next_step, error);
}

/* At once when cases changed, else once in a while: it counts them all. */
static bool
tell_status(ApdDaemon *self, ApdTime now, ApdTime *next, GError **error)
{
    if (now < self->status_at) {
        *next = MIN(*next, self->status_at);
        return true;
    }

    g_autofree char *line = apd_status_line(self->ledger, self->config, now, error);
    if (line == NULL)
        return false;
    self->status_at = now + STATUS_PAUSE;
    if (g_strcmp0(line, self->status) != 0) {
        apd_service_status("%s", line);
        g_free(self->status);
        self->status = g_steal_pointer(&line);
    }
    return true;
}

static bool
run_due(ApdDaemon *self, ApdTime now, ApdTime *ret_next, GError **error)
{
    ApdTime next, more = APD_NEVER;

    /* A clock that was set back makes all of these wrong. */
    if (self->status_at > now + STATUS_PAUSE)
        self->next_step = now;
    if (!run_steps(self, now, error) || !apd_dispatcher_run(self->dispatcher, now, &next, error)
        || (self->tokens != NULL && !apd_tokens_run(self->tokens, now, &more, error))
        || (self->heartbeat != NULL && !apd_heartbeat_run(self->heartbeat, now, &more, error))
        || !tell_status(self, now, &more, error))
        return false;

    *ret_next = MIN(MIN(self->next_step, next), more);
    return true;
}

static bool
is_finished(const ApdDaemon *self)
{
    return self->options.once && self->next_step > apd_now() + NEWS_PAUSE
           && apd_watcher_is_caught_up(self->watcher) && !apd_dispatcher_is_busy(self->dispatcher)
           && (self->tokens == NULL || !apd_tokens_are_busy(self->tokens));
}

static gboolean
on_look(gpointer user_data)
{
    ApdDaemon *self = user_data;
    g_autoptr(GError) error = NULL;
    ApdTime next;

    self->looking = 0;
    if (!run_due(self, apd_now(), &next, &error)) {
        fail(self, error);
        return G_SOURCE_REMOVE;
    }

    apd_alarm_at(self->alarm, next);
    if (is_finished(self))
        stop(self);
    return G_SOURCE_REMOVE;
}

/* Many things may happen in one turn of the loop: one look serves all. */
static void
turn_soon(void *user_data)
{
    ApdDaemon *self = user_data;

    if (self->looking == 0)
        self->looking = g_idle_add(on_look, self);
}

/* Cases or sources may have changed. */
static void
look_soon(void *user_data)
{
    ApdDaemon *self = user_data;

    self->next_step = 0;
    turn_soon(self);
}

/* Something was filed, or a source tells of its sight.  While time alone moves no
 * case, what is owed may go at once; else the cases come first, for what was owed
 * may be out of date. */
static void
on_news(void *user_data)
{
    ApdDaemon *self = user_data;
    g_autoptr(GError) error = NULL;
    ApdTime now = apd_now(), next; /* the look that follows tells when */

    if (now < self->next_step) {
        self->next_step = MIN(self->next_step, now + NEWS_PAUSE);
        if (!apd_dispatcher_run(self->dispatcher, now, &next, &error))
            fail(self, error);
    }
    turn_soon(self);
}

static bool
has_fallback(const ApdConfig *config)
{
    for (guint i = 0; i < config->channels->len; i++)
        if (((const ApdChannelConfig *) config->channels->pdata[i])->fallback != NULL)
            return true;
    return false;
}

/* A channel has spoken: what it did not take may fall back to another. */
static void
on_verdict(void *user_data)
{
    ApdDaemon *self = user_data;

    if (has_fallback(self->config))
        self->next_step = 0;
    turn_soon(self);
}

static void
on_failed(const GError *error, void *user_data)
{
    fail(user_data, error);
}

/* --- starting ---------------------------------------------------------------- */

static bool
open_ledger(ApdDaemon *self, GError **error)
{
    g_autofree char *path = apd_config_ledger_path(self->config);

    if (g_mkdir_with_parents(self->config->state_dir, 0700) < 0) {
        g_set_error(error, APD_ERROR, APD_ERROR_LEDGER, "cannot make the folder '%s': %s",
                    self->config->state_dir, g_strerror(errno));
        return false;
    }
    self->ledger = apd_ledger_open(path, error);
    if (self->ledger == NULL)
        return false;
    apd_ledger_tend(self->ledger);
    return apd_ledger_watch(self->ledger, look_soon, self, error);
}

static bool
open_heartbeat(ApdDaemon *self, GError **error)
{
    g_autoptr(GError) why = NULL;

    if (self->options.once)
        return true;
    self->heartbeat = apd_heartbeat_new(self->ledger, self->config, look_soon, self, &why);
    if (why != NULL)
        g_propagate_prefixed_error(error, g_steal_pointer(&why), "[heartbeat] ");
    return error == NULL || *error == NULL;
}

/* Whoever was out of reach may be back. */
static void
on_network(void *user_data)
{
    ApdDaemon *self = user_data;

    apd_watcher_poke(self->watcher);
    look_soon(self);
}

static void
on_token_refused(const char *section, void *user_data)
{
    ApdDaemon *self = user_data;

    if (self->tokens != NULL)
        apd_tokens_doubt(self->tokens, section);
}

static void
on_token_renewed(const ApdSourceConfig *source, void *user_data)
{
    ApdDaemon *self = user_data;

    apd_watcher_poke_one(self->watcher, source->section);
}

static void
on_token_lost(const ApdSourceConfig *source, const GError *why, void *user_data)
{
    ApdDaemon *self = user_data;

    apd_watcher_note_lost(self->watcher, source->section, why);
}

static bool
open_parts(ApdDaemon *self, GError **error)
{
    const ApdDispatcherEvents dispatcher_events = { on_verdict, on_failed };
    const ApdWatcherEvents watcher_events = { on_news, on_token_refused, on_failed };
    const ApdTokensEvents token_events = { on_token_renewed, on_token_lost, look_soon };

    self->casebook.ledger = self->ledger;
    self->casebook.config = self->config;
    self->dispatcher =
        apd_dispatcher_new(self->ledger, self->config, &dispatcher_events, self, error);
    if (self->dispatcher == NULL)
        return false;

    if (!open_heartbeat(self, error))
        return false;
    self->watcher = apd_watcher_new(&self->casebook, &watcher_events, self, error);
    if (self->watcher == NULL)
        return false;
    if (!self->options.once) /* a run that finds nothing new needs no rules */
        apd_watcher_warm(self->watcher);
    self->tokens = apd_tokens_new(self->ledger, self->config, &token_events, self);
    return true;
}

static void
close_parts(ApdDaemon *self)
{
    g_clear_pointer(&self->tokens, apd_tokens_free);
    g_clear_pointer(&self->watcher, apd_watcher_free);
    g_clear_pointer(&self->dispatcher, apd_dispatcher_free);
    g_clear_pointer(&self->heartbeat, apd_heartbeat_free);
}

/* SIGHUP.  A configuration that is wrong changes nothing. */
static gboolean
on_reload(gpointer user_data)
{
    ApdDaemon *self = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(ApdConfig) config = apd_config_load(self->config->path, &error);

    if (config == NULL) {
        apd_log(G_LOG_LEVEL_WARNING, "APPEALD_CONFIG", self->config->path,
                "not reloaded, the old configuration stays in force:\n%s", error->message);
        return G_SOURCE_CONTINUE;
    }
    if (!g_str_equal(config->state_dir, self->config->state_dir)) {
        apd_log(G_LOG_LEVEL_WARNING, "APPEALD_CONFIG", self->config->path,
                "not reloaded: state-dir can only change with a restart");
        return G_SOURCE_CONTINUE;
    }

    apd_service_reloading();
    close_parts(self);
    apd_config_free(self->config);
    self->config = g_steal_pointer(&config);
    if (!open_parts(self, &error) || !apd_dispatcher_retry_all(self->dispatcher, &error)) {
        fail(self, error);
        return G_SOURCE_CONTINUE;
    }
    apd_service_ready();
    look_soon(self);
    return G_SOURCE_CONTINUE;
}

static gboolean
on_stop(gpointer user_data)
{
    stop(user_data);
    return G_SOURCE_CONTINUE;
}

/* Only a ledger that answers is progress. */
static gboolean
on_feed(gpointer user_data)
{
    ApdDaemon *self = user_data;
    g_autoptr(GPtrArray) sights = apd_ledger_sights(self->ledger, NULL);

    if (sights != NULL)
        apd_service_feed();
    return G_SOURCE_CONTINUE;
}

ApdDaemon *
apd_daemon_start(ApdConfig *config, const ApdDaemonOptions *options, GError **error)
{
    g_autoptr(ApdDaemon) self = g_new0(ApdDaemon, 1);
    ApdTime watchdog = apd_service_watchdog();

    self->config = config;
    self->options = *options;
    self->loop = g_main_loop_new(NULL, FALSE);
    self->alarm = apd_alarm_new(turn_soon, self);
    self->signals[0] = g_unix_signal_add(SIGTERM, on_stop, self);
    self->signals[1] = g_unix_signal_add(SIGINT, on_stop, self);
    self->signals[2] = g_unix_signal_add(SIGHUP, on_reload, self);
    if (!open_ledger(self, error) || !open_parts(self, error))
        return NULL;

    self->network = apd_network_new(on_network, self);
    if (watchdog > 0)
        self->feeding = g_timeout_add((guint) (watchdog / 1000), on_feed, self);
    look_soon(self);
    return g_steal_pointer(&self);
}

bool
apd_daemon_run(ApdDaemon *self, GError **error)
{
    apd_service_ready();
    g_main_loop_run(self->loop);
    if (self->failure == NULL)
        return true;

    g_propagate_error(error, g_steal_pointer(&self->failure));
    return false;
}

void
apd_daemon_free(ApdDaemon *self)
{
    if (self == NULL)
        return;

    g_clear_pointer(&self->network, apd_network_free);
    close_parts(self);
    for (size_t i = 0; i < G_N_ELEMENTS(self->signals); i++)
        g_clear_handle_id(&self->signals[i], g_source_remove);
    g_clear_handle_id(&self->feeding, g_source_remove);
    apd_alarm_free(self->alarm);
    apd_ledger_close(self->ledger);
    g_clear_handle_id(&self->looking, g_source_remove);
    g_main_loop_unref(self->loop);
    g_free(self->status);
    g_clear_error(&self->failure);
    apd_config_free(self->config);
    g_free(self);
}

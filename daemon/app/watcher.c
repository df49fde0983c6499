#include "app/watcher.h"

#include <string.h>

#include "app/blindness.h"
#include "app/fullness.h"
#include "app/readers.h"
#include "app/sights.h"
#include "base/error.h"
#include "base/log.h"
#include "io/mail_frames.h"
#include "io/secret.h"
#include "io/token.h"
#include "port/source.h"

typedef struct {
    ApdSource *source;             /* owned */
    const ApdSourceConfig *config; /* borrowed */
    GHashTable *told;              /* owned: folders that have told how they stand */
} Watched;

struct ApdWatcher {
    const ApdCasebook *casebook; /* borrowed */
    ApdReaders *readers;         /* owned */
    ApdSights *sights;           /* owned */
    ApdWatcherEvents events;
    void *user_data;     /* borrowed */
    GPtrArray *watched;  /* owned, element-type Watched */
    GHashTable *errands; /* owned, a set of Errand: messages on their way */
};

/* A message on its way through a reader. */
typedef struct {
    ApdWatcher *watcher; /* borrowed */
    Watched *watched;    /* borrowed */
    ApdMessage *message; /* owned */
} Errand;

static void
free_watched(void *data)
{
    Watched *watched = data;

    if (watched->source != NULL)
        watched->source->type->close(watched->source);
    g_hash_table_unref(watched->told);
    g_free(watched);
}

static void
free_errand(void *data)
{
    Errand *errand = data;

    apd_message_free(errand->message);
    g_free(errand);
}

static Watched *
find(const ApdWatcher *self, const ApdSource *source)
{
    for (guint i = 0; i < self->watched->len; i++) {
        Watched *watched = self->watched->pdata[i];
        if (watched->source == source)
            return watched;
    }
    g_assert_not_reached();
}

/* --- what sources tell ------------------------------------------------------ */

static void
log_filing(const ApdMessage *message, const ApdVerdict *verdict, const char *why,
           const ApdFiled *filed)
{
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, filed->case_id);

    if (filed->filing == APD_FILED_UNREADABLE)
        apd_log(G_LOG_LEVEL_WARNING, "APPEALD_SOURCE", message->source,
                "%s %s: a message (UID %u) could not be read: %s; it is told of, and the next one "
                "is read",
                message->source, message->folder ? message->folder : "", message->uid,
                why ? why : message->fault);
    else if (filed->case_id != 0 && verdict != NULL)
        apd_log(G_LOG_LEVEL_MESSAGE, "APPEALD_CASE", id, "%s: %s %s, case #%s", message->source,
                apd_kind_name(verdict->kind), verdict->category ? verdict->category : "", id);
}

static void
on_read(const ApdVerdict *verdict, const char *why, void *user_data)
{
    Errand *errand = user_data;
    ApdWatcher *self = errand->watcher;
    g_autoptr(GError) error = NULL;
    ApdFiled filed;

    g_hash_table_steal(self->errands, errand);
    if (apd_casebook_file(self->casebook, errand->message, verdict, why, apd_now(), &filed,
                          &error)) {
        ApdSource *source = errand->watched->source;
        self->events.changed(self->user_data); /* an alert first: a person waits for it */
        source->type->stored(source, errand->message);
        log_filing(errand->message, verdict, why, &filed);
    } else {
        self->events.failed(error, self->user_data);
    }
    free_errand(errand);
}

static void
on_message(ApdSource *source, ApdMessage *message, void *user_data)
{
    ApdWatcher *self = user_data;
    Errand *errand = g_new0(Errand, 1);

    errand->watcher = self;
    errand->watched = find(self, source);
    errand->message = message;
    g_hash_table_add(self->errands, errand);
    if (message->header_only) {
        on_read(NULL, message->fault, errand);
        return;
    }
    if (message->verdict != NULL) {
        on_read(message->verdict, NULL, errand);
        return;
    }
    apd_readers_read(self->readers, message->bytes, errand->watched->config->authserv_id,
                     message->received, message->stated, on_read, errand);
}

static void
note_sight(ApdWatcher *self, const char *source, const char *folder, const GError *why)
{
    apd_sights_note(self->sights, source, folder, why, apd_now());
}

/* The text as far as @mark, and @more in parentheses. */
static void
say_instead(GError *why, const char *mark, const char *more)
{
    const char *at = strstr(why->message, mark);
    int n = at ? (int) (at - why->message) : (int) strlen(why->message);
    char *text = g_strdup_printf("%.*s (%s)", n, why->message, more);

    g_free(why->message);
    why->message = text;
}

/* Whoever reads mail knows no more of a token than that it was refused. */
static void
add_remedy(const ApdSourceConfig *config, GError *why)
{
    g_autoptr(GError) known = NULL;

    if (config->token_file == NULL) {
        say_instead(why, APD_MAIL_SAYS_ADVICE, config->hint);
        return;
    }
    char *token = apd_token_secret(config, &known);
    g_autofree char *remedy =
        g_strdup_printf("if it stays so, run: appealctl login %s", config->name);
    if (token == NULL && known->code == APD_ERROR_REFUSED) {
        g_free(why->message);
        why->message = g_strdup(known->message);
    } else {
        say_instead(why, " (is it that", remedy);
    }
    apd_secret_free(token);
}

/* Returns: (transfer full): @why in words that help a person; NULL: it has them. */
static GError *
explain_refusal(const ApdSourceConfig *config, const GError *why)
{
    bool token = config->token_file != NULL && strstr(why->message, APD_MAIL_SAYS_TOKEN) != NULL;
    bool password = config->hint != NULL && strstr(why->message, APD_MAIL_SAYS_ADVICE) != NULL;

    if (!token && !password)
        return NULL;
    GError *better = g_error_copy(why);
    add_remedy(config, better);
    return better;
}

static void
on_sight(ApdSource *source, const char *folder, const GError *why, void *user_data)
{
    ApdWatcher *self = user_data;
    Watched *watched = find(self, source);
    g_autoptr(GError) better = why ? explain_refusal(watched->config, why) : NULL;

    if (better != NULL && watched->config->token_file != NULL)
        self->events.token_refused(source->name, self->user_data);
    if (better != NULL)
        why = better;
    g_hash_table_add(watched->told, g_strdup(folder));
    if (why != NULL)
        apd_log(G_LOG_LEVEL_WARNING, "APPEALD_SOURCE", source->name,
                "%s%s%s: cannot be read: %s; will try again", source->name, *folder ? " " : "",
                folder, why->message);
    note_sight(self, source->name, folder, why);
}

static void
on_gone(ApdSource *source, const char *folder, const char *text, void *user_data)
{
    ApdWatcher *self = user_data;
    g_autoptr(GError) error = NULL;

    g_hash_table_add(find(self, source)->told, g_strdup(folder));
    apd_log(G_LOG_LEVEL_WARNING, "APPEALD_SOURCE", source->name, "%s %s: %s; the rest goes on",
            source->name, folder, text);
    if (apd_sights_write(self->sights, &error)
        && apd_blindness_gone(self->casebook->ledger, self->casebook->config, source->name, folder,
                              text, apd_now(), &error))
        self->events.changed(self->user_data);
    else
        self->events.failed(error, self->user_data);
}

static void
on_clock(ApdSource *source, const char *text, void *user_data)
{
    ApdWatcher *self = user_data;
    g_autoptr(GError) error = NULL;

    if (text != NULL)
        apd_log(G_LOG_LEVEL_WARNING, "APPEALD_SOURCE", source->name, "%s: %s", source->name, text);
    if (apd_blindness_clock(self->casebook->ledger, self->casebook->config, source->name, text,
                            apd_now(), &error))
        self->events.changed(self->user_data);
    else
        self->events.failed(error, self->user_data);
}

static void
on_room(ApdSource *source, ApdRoom room, const char *text, void *user_data)
{
    ApdWatcher *self = user_data;
    g_autoptr(GError) error = NULL;
    bool told;

    if (!apd_fullness_note(self->casebook->ledger, self->casebook->config, source->name, room, text,
                           apd_now(), &told, &error)) {
        self->events.failed(error, self->user_data);
        return;
    }
    if (!told)
        return;
    if (room == APD_ROOM_ENOUGH)
        apd_log(G_LOG_LEVEL_MESSAGE, "APPEALD_SOURCE", source->name, "%s: there is room again",
                source->name);
    else
        apd_log(G_LOG_LEVEL_WARNING, "APPEALD_SOURCE", source->name,
                "%s: the mailbox is %s: %s; new mail is%s sent back", source->name,
                room == APD_ROOM_NONE ? "full" : "nearly full", text,
                room == APD_ROOM_NONE ? "" : " soon");
    self->events.changed(self->user_data);
}

static void
on_said(ApdSource *source, const char *text, void *user_data)
{
    ApdWatcher *self = user_data;
    g_autoptr(GError) error = NULL;
    bool told;

    if (!apd_fullness_said(self->casebook->ledger, self->casebook->config, source->name, text,
                           apd_now(), &told, &error)) {
        self->events.failed(error, self->user_data);
        return;
    }
    if (!told)
        return;
    apd_log(G_LOG_LEVEL_WARNING, "APPEALD_SOURCE", source->name, "%s: the server says: %s",
            source->name, text);
    self->events.changed(self->user_data);
}

static void
on_looked_back(ApdSource *source, const char *folder, void *user_data)
{
    ApdWatcher *self = user_data;
    g_autoptr(GError) error = NULL;

    if (apd_casebook_looked_back(self->casebook, source->name, folder, apd_now(), &error))
        self->events.changed(self->user_data);
    else
        self->events.failed(error, self->user_data);
}

/* --- opening and closing ---------------------------------------------------- */

static bool
open_source(ApdWatcher *self, const ApdSourceConfig *config, GError **error)
{
    static const ApdSourceEvents events = {
        .message = on_message,
        .sight = on_sight,
        .gone = on_gone,
        .clock = on_clock,
        .room = on_room,
        .said = on_said,
        .looked_back = on_looked_back,
    };
    const ApdSourceType *type = apd_source_find(config->type);
    g_autoptr(GError) why = NULL;
    Watched *watched = g_new0(Watched, 1);

    watched->config = config;
    watched->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_ptr_array_add(self->watched, watched);
    watched->source = type->open(config, self->casebook->config->look_back, self->casebook->ledger,
                                 &events, self, &why);
    if (watched->source != NULL)
        return true;
    if (g_error_matches(why, APD_ERROR, APD_ERROR_LEDGER)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }

    apd_log(G_LOG_LEVEL_WARNING, "APPEALD_SOURCE", config->section,
            "%s: %s; it stays blind until this is mended", config->section, why->message);
    g_hash_table_add(watched->told, g_strdup(""));
    note_sight(self, config->section, "", why);
    return true;
}

static void
on_sights_changed(void *user_data)
{
    ApdWatcher *self = user_data;

    self->events.changed(self->user_data);
}

static void
on_sights_failed(const GError *error, void *user_data)
{
    ApdWatcher *self = user_data;

    self->events.failed(error, self->user_data);
}

ApdWatcher *
apd_watcher_new(const ApdCasebook *casebook, const ApdWatcherEvents *events, void *user_data,
                GError **error)
{
    static const ApdSightsEvents sights_events = { on_sights_changed, on_sights_failed };
    g_autoptr(ApdWatcher) self = g_new0(ApdWatcher, 1);
    const ApdConfig *config = casebook->config;

    self->casebook = casebook;
    self->readers = apd_readers_new(config->rules_dir, config->user_rules_dir, 0);
    self->events = *events;
    self->user_data = user_data;
    self->sights = apd_sights_new(casebook->ledger, config, &sights_events, self);
    self->watched = g_ptr_array_new_with_free_func(free_watched);
    self->errands = g_hash_table_new_full(NULL, NULL, free_errand, NULL);
    for (guint i = 0; i < config->sources->len; i++)
        if (!open_source(self, config->sources->pdata[i], error))
            return NULL;

    return g_steal_pointer(&self);
}

void
apd_watcher_warm(ApdWatcher *self)
{
    apd_readers_warm(self->readers);
}

void
apd_watcher_free(ApdWatcher *self)
{
    if (self == NULL)
        return;

    /* What is on its way is not stored: it will be handed over again.  The
     * readers go first: no answer follows then. */
    apd_readers_free(self->readers);
    g_hash_table_unref(self->errands);
    g_ptr_array_unref(self->watched);
    apd_sights_free(self->sights);
    g_free(self);
}

void
apd_watcher_poke(ApdWatcher *self)
{
    for (guint i = 0; i < self->watched->len; i++) {
        const Watched *watched = self->watched->pdata[i];
        if (watched->source != NULL)
            watched->source->type->poke(watched->source);
    }
}

static Watched *
find_section(const ApdWatcher *self, const char *section)
{
    for (guint i = 0; i < self->watched->len; i++) {
        Watched *watched = self->watched->pdata[i];
        if (g_str_equal(watched->config->section, section) && watched->source != NULL)
            return watched;
    }
    return NULL;
}

void
apd_watcher_poke_one(ApdWatcher *self, const char *section)
{
    const Watched *watched = find_section(self, section);

    if (watched != NULL)
        watched->source->type->poke(watched->source);
}

void
apd_watcher_note_lost(ApdWatcher *self, const char *section, const GError *why)
{
    const Watched *watched = find_section(self, section);

    for (char **folder = watched ? watched->config->folders : NULL;
         folder != NULL && *folder != NULL; folder++) {
        g_hash_table_add(watched->told, g_strdup(*folder));
        note_sight(self, section, *folder, why);
    }
}

bool
apd_watcher_is_caught_up(const ApdWatcher *self)
{
    if (g_hash_table_size(self->errands) > 0 || apd_sights_has_news(self->sights))
        return false;

    for (guint i = 0; i < self->watched->len; i++) {
        const Watched *watched = self->watched->pdata[i];
        guint folders = g_strv_length(watched->config->folders);
        if (watched->source != NULL && g_hash_table_size(watched->told) < MAX(folders, 1))
            return false;
    }
    return true;
}

#include "app/desktop_memory.h"

#include <string.h>

#include "base/log.h"

/* Longest file that is believed to be ours, in bytes. */
#define MAX_SIZE (64 * 1024)

struct ApdDesktopMemory {
    char *written; /* owned: what the file holds; NULL: nothing yet */
    bool recalled;
    bool complained;
};

ApdDesktopMemory *
apd_desktop_memory_new(void)
{
    return g_new0(ApdDesktopMemory, 1);
}

void
apd_desktop_memory_free(ApdDesktopMemory *self)
{
    if (self == NULL)
        return;

    g_free(self->written);
    g_free(self);
}

/* Of one bus: a user may have several sessions in one runtime folder. */
static char *
path_of(const ApdDesktop *desktop)
{
    g_autofree char *name = g_strconcat("appeald-popups-", apd_desktop_bus(desktop), NULL);

    return g_build_filename(g_get_user_runtime_dir(), name, NULL);
}

/* --- keeping ------------------------------------------------------------------ */

/* "POPUP ALERT KEY CASE,CASE,...": the cases of a summary, else "-". */
static void
add_note(GString *text, const char *key, const ApdDesktopNote *note)
{
    const ApdAlert *alert = apd_desktop_note_alert(note);
    uint32_t popup = apd_desktop_note_popup(note);

    if (popup == 0)
        return;
    g_string_append_printf(text, "%" G_GUINT32_FORMAT " %" G_GINT64_FORMAT " %s %s", popup,
                           alert->id, apd_desktop_note_language(note),
                           alert->cases->len > 0 ? "" : "-");
    for (guint i = 0; i < alert->cases->len; i++)
        g_string_append_printf(text, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "",
                               ((const ApdCase *) alert->cases->pdata[i])->id);
    g_string_append_printf(text, " %s\n", key);
}

void
apd_desktop_memory_keep(ApdDesktopMemory *self, const ApdDesktop *desktop, GHashTable *notes)
{
    const char *server = apd_desktop_server(desktop);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    GHashTableIter iter;
    void *key, *note;

    if (server == NULL)
        return;
    g_string_append_printf(text, "%s\n", server);
    g_hash_table_iter_init(&iter, notes);
    while (g_hash_table_iter_next(&iter, &key, &note))
        add_note(text, key, note);
    if (g_strcmp0(text->str, self->written) == 0)
        return;

    g_autofree char *path = path_of(desktop);
    if (!g_file_set_contents_full(path, text->str, (gssize) text->len,
                                  G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error)
        && !self->complained) {
        apd_log(G_LOG_LEVEL_WARNING, "APPEALD_CHANNEL", "desktop",
                "what is shown cannot be kept for a restart: %s", error->message);
        self->complained = true;
    }
    g_free(self->written);
    self->written = g_strdup(text->str);
}

/* --- recalling ---------------------------------------------------------------- */

static bool
is_answered(const ApdCase *kase, ApdTime now)
{
    return kase->state == APD_STATE_ACKNOWLEDGED || kase->snoozed_until > now
           || !(apd_state_runs(kase->state) || kase->state == APD_STATE_EXPIRED);
}

/* An alert like the one that was shown, with those of its cases that still wait. */
static bool
load_summary(ApdLedger *ledger, const char *cases, ApdTime now, ApdAlert **ret_alert,
             GError **error)
{
    g_autoptr(ApdAlert) alert = apd_alert_new();
    g_auto(GStrv) ids = g_strsplit(cases, ",", -1);

    alert->type = APD_ALERT_SUMMARY;
    for (size_t i = 0; ids[i] != NULL; i++) {
        g_autoptr(ApdCase) kase = NULL;
        if (!apd_ledger_get_case(ledger, g_ascii_strtoll(ids[i], NULL, 10), &kase, error))
            return false;
        if (kase != NULL && kase->state == APD_STATE_OPEN && !is_answered(kase, now))
            g_ptr_array_add(alert->cases, g_steal_pointer(&kase));
    }
    if (alert->cases->len > 0)
        *ret_alert = g_steal_pointer(&alert);
    return true;
}

static bool
load_alert(ApdLedger *ledger, int64_t id, const char *cases, ApdTime now, ApdAlert **ret_alert,
           GError **error)
{
    g_autoptr(ApdAlert) alert = NULL;

    if (!g_str_equal(cases, "-")) {
        if (!load_summary(ledger, cases, now, ret_alert, error))
            return false;
        if (*ret_alert != NULL)
            (*ret_alert)->id = id;
        return true;
    }
    if (!apd_ledger_get_alert(ledger, id, &alert, error))
        return false;
    if (alert != NULL && (alert->kase == NULL || !is_answered(alert->kase, now)))
        *ret_alert = g_steal_pointer(&alert);
    return true;
}

static const ApdPhrases *
phrases_of(GPtrArray *channels, const char *language)
{
    for (guint i = 0; i < channels->len; i++) {
        const ApdDesktopChannel *channel = channels->pdata[i];
        if (g_str_equal(channel->phrases->language, language))
            return channel->phrases;
    }
    return channels->len > 0 ? ((const ApdDesktopChannel *) channels->pdata[0])->phrases : NULL;
}

static bool
recall_line(ApdLedger *ledger, GPtrArray *channels, const char *line, ApdTime now, GPtrArray *dues,
            GError **error)
{
    g_auto(GStrv) parts = g_strsplit(line, " ", 5);
    g_autoptr(ApdAlert) alert = NULL;

    if (g_strv_length(parts) != 5)
        return true;
    if (!load_alert(ledger, g_ascii_strtoll(parts[1], NULL, 10), parts[3], now, &alert, error))
        return false;
    if (alert != NULL)
        g_ptr_array_add(dues, apd_desktop_due_new(parts[4], g_steal_pointer(&alert),
                                                  phrases_of(channels, parts[2])));
    return true;
}

/* The lines of the file, the server's first; NULL: there is none. */
static char **
read_lines(const ApdDesktop *desktop)
{
    g_autofree char *path = path_of(desktop), *text = NULL;
    gsize size;

    if (!g_file_get_contents(path, &text, &size, NULL) || size > MAX_SIZE)
        return NULL;
    return *text != '\0' ? g_strsplit(text, "\n", -1) : NULL;
}

/* Another server has taken down the popups of its predecessor itself. */
static void
take_down(ApdDesktop *desktop, char **lines)
{
    if (!g_str_equal(lines[0], apd_desktop_server(desktop)))
        return;
    for (size_t i = 1; lines[i] != NULL; i++) {
        guint64 popup = g_ascii_strtoull(lines[i], NULL, 10);
        if (popup != 0 && popup <= UINT32_MAX)
            apd_desktop_close(desktop, (uint32_t) popup);
    }
}

GPtrArray *
apd_desktop_memory_recall(ApdDesktopMemory *self, ApdDesktop *desktop, ApdLedger *ledger,
                          GPtrArray *channels, ApdTime now, GError **error)
{
    g_autoptr(GPtrArray) dues = apd_desktop_due_list();

    if (self->recalled || apd_desktop_server(desktop) == NULL)
        return g_steal_pointer(&dues);

    g_auto(GStrv) lines = read_lines(desktop);
    for (size_t i = 1; lines != NULL && lines[i] != NULL; i++)
        if (!recall_line(ledger, channels, lines[i], now, dues, error))
            return NULL;
    if (lines != NULL)
        take_down(desktop, lines);
    self->recalled = true;
    return g_steal_pointer(&dues);
}

#include "app/mailbox_private.h"

#include "base/error.h"
#include "io/mail_frames.h"

/* With more than this possibly new, they are found by SEARCH, step by step. */
#define HANDFUL 500u

/* Looks at news that bring nothing, in a row, before we wait for the timer. */
#define BARREN 3

/* After the server told of news that were none. */
#define BARREN_PAUSE (5 * APD_SECOND)

/* Before going back to wait: whoever reads what was just handed over has the processor
 * first. */
#define BREATH (APD_SECOND / 50)

/* Without IDLE, the folder is opened anew at each of so many polls. */
#define POLLS 5

/* How old a proof of life may be when it is told. */
#define FRESH (5 * APD_SECOND)

#define FIRST_PAUSE APD_SECOND
#define LAST_PAUSE  (60 * APD_SECOND)

/* A person must act: log in seldom.  A refused password in particular may lock
 * the account if it is tried often. */
#define REFUSED_PAUSE  (5 * APD_MINUTE)
#define PASSWORD_PAUSE (30 * APD_MINUTE)

static void
clear_news(void *data)
{
    ApdMailboxNews *news = data;
    g_variant_unref(news->content);
}

ApdMailbox *
apd_mailbox_new(const ApdMailboxConfig *config)
{
    ApdMailbox *self = g_new0(ApdMailbox, 1);

    self->config = *config;
    self->work.id = config->id;
    self->todo = g_array_new(FALSE, FALSE, sizeof(ApdMailboxTodo));
    self->looking_back = !config->cursor.looked_back;
    self->step.fd = -1;
    self->step.news = g_array_new(FALSE, FALSE, sizeof(ApdMailboxNews));
    g_array_set_clear_func(self->step.news, clear_news);
    return self;
}

void
apd_mailbox_free(ApdMailbox *self)
{
    if (self == NULL)
        return;

    apd_imap_free(self->imap);
    g_array_unref(self->todo);
    g_array_unref(self->step.news);
    g_free(self->config.host);
    g_free(self->config.user);
    g_free(self->config.auth);
    g_free(self->config.folder);
    g_free(self->fault);
    apd_mailbox_forget_room(self);
    g_free(self);
}

void
apd_mailbox_doubt(ApdMailbox *self)
{
    if (self->imap != NULL)
        apd_imap_doubt(self->imap);
}

void
apd_mailbox_set_password(ApdMailbox *self, const char *password)
{
    self->config.password = password;
}

const ApdMailWork *
apd_mailbox_work(const ApdMailbox *self)
{
    return &self->work;
}

bool
apd_mailbox_is_connected(const ApdMailbox *self)
{
    return self->imap != NULL;
}

/* --- telling --------------------------------------------------------------------- */

void
apd_mailbox_tell(ApdMailbox *self, const char *word, GVariant *content)
{
    ApdMailboxNews news = { word, g_variant_ref_sink(content) };
    g_array_append_val(self->step.news, news);
}

static void
tell_sight(ApdMailbox *self, const GError *why)
{
    guint code = why != NULL ? (guint) why->code + 1 : 0;

    apd_mailbox_tell(
        self, "sight",
        g_variant_new(APD_MAIL_SIGHT, self->config.id, code, why != NULL ? why->message : ""));
}

/* --- connecting ------------------------------------------------------------------- */

/* Half to whole of a doubling pause, so that many do not come back at once. */
static ApdTime
pause_after(guint failures)
{
    ApdTime pause = MIN(FIRST_PAUSE << MIN(failures, 10), LAST_PAUSE);

    return (ApdTime) ((double) pause * g_random_double_range(0.5, 1.0));
}

/* What was good half a minute ago, when this step went to wait, is not told as if it were so
 * now. */
static void
take_back_sight(ApdMailbox *self)
{
    GArray *news = self->step.news;

    for (guint i = news->len; i > 0 && apd_uptime() - self->seen > FRESH; i--)
        if (g_str_equal(g_array_index(news, ApdMailboxNews, i - 1).word, "sight"))
            g_array_remove_index(news, i - 1);
}

static void
fail(ApdMailbox *self, const GError *why)
{
    bool refused = g_error_matches(why, APD_ERROR, APD_ERROR_REFUSED);
    ApdTime pause = pause_after(self->failures);

    /* Before the login nothing was sent that a server could count against us: who tampers
     * with a line, or a certificate that is out of date, may be gone soon. */
    if (self->step.refused)
        pause = PASSWORD_PAUSE;
    else if (refused && self->step.connected)
        pause = REFUSED_PAUSE;
    self->step.silent = self->imap != NULL && apd_imap_is_silent(self->imap);
    take_back_sight(self);
    g_clear_pointer(&self->imap, apd_imap_free);
    self->parked = false;
    self->patient = self->patient || self->hasty;
    self->emptied = false;
    self->failures++;
    tell_sight(self, why);
    self->step.wait = APD_MAILBOX_PAUSE;
    self->step.lost = !refused;
    self->step.due = apd_uptime() + pause;
}

/* A new UIDVALIDITY makes every UID we know worthless. */
static void
take_uidvalidity(ApdMailbox *self, uint32_t uidvalidity)
{
    if (self->uidvalidity == uidvalidity)
        return;

    bool known = self->uidvalidity == 0 && self->config.cursor.uidvalidity == uidvalidity;
    g_array_set_size(self->todo, 0);
    self->slow = 0;
    self->fresh = true;
    self->uidvalidity = uidvalidity;
    self->last = known ? self->config.cursor.last_uid : 0;
}

static bool
connect_up(ApdMailbox *self, GError **error)
{
    const ApdMailboxConfig *config = &self->config;
    ApdImapLogin login = { config->user,    config->password, config->auth,
                           config->send_id, config->host,     config->port };
    uint32_t uidvalidity;

    self->imap = apd_imap_connect(config->host, config->port, config->tls, config->trust, error);
    if (self->imap == NULL)
        return false;
    apd_imap_set_busy(self->imap, &self->work.busy);
    GError *why = NULL;
    if (!apd_imap_login(self->imap, &login, &why)) {
        self->step.refused = g_error_matches(why, APD_ERROR, APD_ERROR_REFUSED);
        g_propagate_error(error, why);
        return false;
    }
    self->step.connected = true;
    apd_mailbox_hear_login(self);
    if (!apd_imap_examine(self->imap, config->folder, &uidvalidity, error))
        return false;

    apd_mailbox_hear_folder(self);
    take_uidvalidity(self, uidvalidity);
    self->fresh = true;
    return true;
}

/* --- finding ----------------------------------------------------------------------- */

static void
add_todo(ApdMailbox *self, const GArray *entries, uint32_t first_look_up_to)
{
    for (guint i = 0; i < entries->len; i++) {
        const ApdImapEntry *entry = &g_array_index(entries, ApdImapEntry, i);
        ApdMailboxTodo todo = { *entry, self->looking_back && entry->uid <= first_look_up_to,
                                APD_DOUBT_NONE };
        g_array_append_val(self->todo, todo);
        self->last = MAX(self->last, entry->uid);
    }
}

/* With more old messages than this the bodies of those alone are fetched that can
 * be a matter of ours. */
#define ECONOMY 1000

/* A server that breaks off at searches so often in a row is asked for all there is. */
#define BREAKS 2

/* @since: not those of days before; 0: all.  @matter: of many those alone that can be a matter
 * of ours. */
static bool
search(ApdMailbox *self, ApdTime since, bool matter, GArray *entries, GError **error)
{
    if (self->breaks >= BREAKS)
        return apd_imap_list_all(self->imap, self->last, since, entries, error);

    self->breaks++;
    if (!apd_imap_search(self->imap, self->last, since, entries, error)
        || (matter && entries->len > ECONOMY
            && !apd_imap_search_matter(self->imap, entries, error)))
        return false;
    self->breaks = 0;
    return true;
}

/* The first look, one that was cut short, or one after UIDVALIDITY changed: by
 * date.  What was read before is known upstairs by what it holds. */
static bool
look_back(ApdMailbox *self, GArray *entries, GError **error)
{
    ApdTime since = MAX(apd_now() - self->config.look_back, APD_DAY);
    uint32_t highest;

    if (!apd_imap_highest(self->imap, &highest, error)
        || !search(self, since, true, entries, error))
        return false;
    add_todo(self, entries, highest);
    self->last = MAX(self->last, highest);
    return true;
}

static bool
find(ApdMailbox *self, GError **error)
{
    g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(ApdImapEntry));
    uint32_t count = apd_imap_count(self->imap), last = self->last;
    bool many = self->fresh || count > self->count + HANDFUL;
    bool by_date = self->fresh && (self->last == 0 || (self->looking_back && self->todo->len == 0));
    guint newest = apd_mailbox_count_newest(self);

    if (newest > 0) {
        if (!apd_mailbox_fetch_newest(self, newest, error))
            return false;
    } else if (by_date && count > 0) {
        if (!look_back(self, entries, error))
            return false;
    } else {
        if (many ? !search(self, 0, false, entries, error)
                 : !apd_imap_list(self->imap, self->last, entries, error))
            return false;
        add_todo(self, entries, 0);
    }
    self->fresh = false;
    self->count = count;
    self->barren = entries->len > 0 || self->last > last ? 0 : self->barren + 1;
    return true;
}

/* --- waiting ----------------------------------------------------------------------- */

/* Everything there is has been handed over. */
static void
finish_round(ApdMailbox *self)
{
    if (self->looking_back)
        apd_mailbox_tell(self, "looked", g_variant_new(APD_MAIL_LOOKED, self->config.id));
    self->looking_back = false;
    self->failures = 0;
    self->seen = apd_uptime();
    tell_sight(self, NULL);
}

/* @ret_again: something came while we went to wait. */
static bool
park(ApdMailbox *self, bool *ret_again, GError **error)
{
    bool idle = apd_imap_can_idle(self->imap);
    ApdTime round = idle ? MIN(self->config.poll, APD_MAIL_ROUND) : self->config.poll;

    if (idle && (!apd_imap_idle_enter(self->imap, error) || !apd_imap_idle_look(self->imap, error)))
        return false;

    bool news = apd_imap_has_news(self->imap);
    *ret_again = news && self->barren < BARREN;
    apd_imap_rest(self->imap);
    self->parked = true;
    self->due = apd_uptime() + (news ? BARREN_PAUSE : round);
    return true;
}

/* Some servers never tell a session that its folder was removed, or made anew. */
static bool
examine_again(ApdMailbox *self, GError **error)
{
    uint32_t uidvalidity;

    if (!apd_imap_examine(self->imap, self->config.folder, &uidvalidity, error))
        return false;
    apd_mailbox_hear_folder(self);
    take_uidvalidity(self, uidvalidity);
    return true;
}

/* Leaves IDLE, at once or with the fetch of what the server told of. */
static bool
leave_idle(ApdMailbox *self, bool due, GError **error)
{
    self->hasty = !due && !self->patient && apd_mailbox_count_newest(self) > 0
                  && apd_imap_idle_leave_with_next(self->imap);
    return self->hasty || apd_imap_idle_leave(self->imap, error);
}

/* @ret_look: there is reason to look. */
static bool
wake(ApdMailbox *self, bool look, bool *ret_look, GError **error)
{
    bool idle = apd_imap_can_idle(self->imap);
    bool due = apd_uptime() >= self->due;

    if (idle && !apd_imap_idle_look(self->imap, error))
        return false;
    *ret_look = look || !idle || due || (apd_imap_has_news(self->imap) && self->barren < BARREN);
    if (!*ret_look)
        return true;

    self->parked = false;
    if (!(idle ? leave_idle(self, due, error) : apd_imap_noop(self->imap, error)))
        return false;
    bool again = due && ++self->rounds % (idle ? 1 : POLLS) == 0;
    return !again || examine_again(self, error);
}

/* Whether the step ends here, with more to come: what was fetched goes out before
 * anything else is asked of the server. */
static bool
hand_over(ApdMailbox *self, bool starved)
{
    bool more = self->todo->len > 0;

    self->emptied = !more && self->step.used > 0;
    if (!more && !self->emptied)
        return false;
    self->step.wait = self->emptied ? APD_MAILBOX_PAUSE
                      : starved     ? APD_MAILBOX_STARVED
                                    : APD_MAILBOX_AGAIN;
    self->step.due = apd_uptime() + BREATH;
    if (more)
        tell_sight(self, NULL);
    return true;
}

static bool
run(ApdMailbox *self, bool look, GError **error)
{
    bool starved = false, again = true;
    bool found = self->emptied && !look; /* all there is, as far as we know */

    if (self->imap == NULL && !connect_up(self, error))
        return false;
    if (self->parked && !wake(self, look, &again, error))
        return false;
    while (again) {
        if (self->todo->len == 0 && !found && !find(self, error))
            return false;
        if (self->todo->len > 0 && !apd_mailbox_fetch(self, &starved, error))
            return false;
        if (hand_over(self, starved))
            return true;
        if (!apd_mailbox_look_at_room(self, error))
            return false;
        finish_round(self);
        again = found = false;
        if (!park(self, &again, error) || (again && !wake(self, true, &again, error)))
            return false;
    }
    self->step.wait = APD_MAILBOX_PARK;
    self->step.due = self->due;
    return true;
}

ApdMailboxStep
apd_mailbox_step(ApdMailbox *self, size_t grant, bool look)
{
    g_autoptr(GError) error = NULL;
    GArray *news = self->step.news;

    g_array_set_size(news, 0);
    self->step = (ApdMailboxStep){ .news = news };
    self->grant = grant;
    self->hasty = false;
    if (!run(self, look, &error))
        fail(self, error);
    self->step.fd = self->imap != NULL ? apd_imap_fd(self->imap) : -1;
    return self->step;
}

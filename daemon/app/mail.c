#include "app/mail.h"

#include <errno.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "app/mail_crash.h"
#include "app/mail_private.h"
#include "app/mail_probe.h"
#include "base/error.h"
#include "io/child.h"
#include "io/mail_frames.h"

/* What epoll tells of besides mailboxes, whose numbers are 32 bits. */
#define TAG_PARENT ((uint64_t) UINT32_MAX + 1)
#define TAG_TIMER  ((uint64_t) UINT32_MAX + 2)
#define TAG_ENDED  ((uint64_t) UINT32_MAX + 3)

#define EVENTS 64

void
apd_mail_send(ApdMail *self, const char *word, GVariant *content)
{
    g_autoptr(GError) error = NULL;

    apd_mail_crash_hold();
    bool good = apd_frame_write(self->fd, word, content, &error);
    apd_mail_crash_release();
    if (!good)
        _exit(0); /* the parent is gone, and all reason to go on with it */
}

/* --- workers ------------------------------------------------------------------------ */

static void
begin_work(ApdMailSlot *slot)
{
    if (pthread_getcpuclockid(pthread_self(), &slot->clock) != 0)
        return;
    slot->used = apd_mail_used(slot->clock);
    slot->thread = gettid();
    slot->at_work = true;
}

static void
work(void *data, void *user_data)
{
    ApdMail *self = user_data;
    ApdMailSlot *slot = data;
    uint64_t one = 1;

    begin_work(slot);
    apd_mail_crash_enter(apd_mailbox_work(slot->box));
    slot->step = apd_mailbox_step(slot->box, slot->grant, slot->looking);
    apd_mail_crash_enter(NULL);
    slot->at_work = false;
    g_async_queue_push(self->done, slot);
    if (write(self->ended, &one, sizeof one) < 0)
        g_error("eventfd: %s", g_strerror(errno));
}

static void
take_finished(ApdMail *self)
{
    uint64_t n;
    ApdMailSlot *slot;

    (void) !read(self->ended, &n, sizeof n);
    while ((slot = g_async_queue_try_pop(self->done)) != NULL)
        apd_mail_finish(self, slot);
}

/* --- what the parent says --------------------------------------------------------------- */

static ApdMailHost *
get_host(ApdMail *self, const char *name)
{
    ApdMailHost *host = g_hash_table_lookup(self->hosts, name);

    if (host == NULL) {
        host = g_new0(ApdMailHost, 1);
        host->name = g_strdup(name);
        g_hash_table_insert(self->hosts, host->name, host);
    }
    return host;
}

static ApdMailAccount *
get_account(ApdMail *self, const char *server, const char *user)
{
    g_autofree char *key = g_strdup_printf("%s\n%s", user, server);
    ApdMailAccount *account = g_hash_table_lookup(self->accounts, key);

    if (account == NULL) {
        account = g_new0(ApdMailAccount, 1);
        g_hash_table_insert(self->accounts, g_steal_pointer(&key), account);
    }
    return account;
}

/* NULL and the reason when the CA cannot be read. */
static const ApdTrust *
get_trust(ApdMail *self, const char *ca_file, GError **error)
{
    ApdTrust *trust = g_hash_table_lookup(self->trusts, ca_file);

    if (trust == NULL) {
        trust = apd_trust_new(ca_file[0] != '\0' ? ca_file : NULL, error);
        if (trust != NULL)
            g_hash_table_insert(self->trusts, g_strdup(ca_file), trust);
    }
    return trust;
}

static void
free_slot(void *data)
{
    ApdMailSlot *slot = data;

    apd_mailbox_free(slot->box);
    g_free(slot);
}

static void
add_slot(ApdMail *self, ApdMailboxConfig *config)
{
    ApdMailSlot *slot = g_new0(ApdMailSlot, 1);
    /* Behind the ports of one host there may be servers of many (tunnels, bridges). */
    g_autofree char *server = g_strdup_printf("%s:%d", config->host, config->port);

    slot->id = config->id;
    slot->host = get_host(self, server);
    slot->account = get_account(self, server, config->user);
    slot->password = config->password;
    if (slot->account->refused != g_str_hash(slot->password))
        slot->account->blocked = 0;
    slot->box = apd_mailbox_new(config);
    g_hash_table_insert(self->slots, GUINT_TO_POINTER(slot->id), slot);
    apd_mail_ready(self, slot);
}

static void
refuse(ApdMail *self, ApdMailboxConfig *config, const GError *why)
{
    apd_mail_send(self, "sight",
                  g_variant_new(APD_MAIL_SIGHT, config->id, (guint) why->code + 1, why->message));
    apd_vault_drop(self->vault, config->password);
    g_free(config->host);
    g_free(config->user);
    g_free(config->auth);
    g_free(config->folder);
}

static void
on_watch(ApdMail *self, GVariant *content)
{
    ApdMailboxConfig config = { 0 };
    const char *ca_file, *password;
    gboolean send_id, looked_back;
    guint32 port;
    guint8 tls;
    g_autoptr(GError) error = NULL;

    g_variant_get(content, "(usuy&ss&sssbuubxxu(uuuu))", &config.id, &config.host, &port, &tls,
                  &ca_file, &config.user, &password, &config.auth, &config.folder, &send_id,
                  &config.cursor.uidvalidity, &config.cursor.last_uid, &looked_back,
                  &config.look_back, &config.poll, &config.limit, &config.doubts.uidvalidity,
                  &config.doubts.slow, &config.doubts.uid, &config.doubts.doubt);
    config.port = (int) port;
    config.tls = (ApdTls) tls;
    config.send_id = send_id;
    config.cursor.looked_back = looked_back;
    config.password = apd_vault_store(self->vault, password);
    if (config.password == NULL)
        g_set_error(&error, APD_ERROR, APD_ERROR_REFUSED, "the password is too long");
    else if (config.tls != APD_TLS_NONE)
        config.trust = get_trust(self, ca_file, &error);
    apd_frame_wipe(content); /* it held the password too */

    if (error == NULL)
        add_slot(self, &config);
    else
        refuse(self, &config, error);
}

static void
on_poke(ApdMail *self, uint32_t id)
{
    g_autoptr(GList) slots = g_hash_table_get_values(self->slots);

    for (GList *i = slots; i != NULL; i = i->next) {
        ApdMailSlot *slot = i->data;
        if (id == 0 || slot->id == id)
            apd_mail_poke(self, slot);
    }
}

static ApdMailSlot *
slot_of(ApdMail *self, uint32_t id)
{
    return g_hash_table_lookup(self->slots, GUINT_TO_POINTER(id));
}

static void
on_renew(ApdMail *self, GVariant *content)
{
    const char *password;
    guint32 id;

    g_variant_get(content, "(u&s)", &id, &password);
    ApdMailSlot *slot = slot_of(self, id);
    const char *kept = slot != NULL ? apd_vault_store(self->vault, password) : NULL;
    apd_frame_wipe(content);
    if (kept != NULL)
        apd_mail_renew(self, slot, kept);
}

static void
on_frame(ApdMail *self, const char *word, GVariant *content)
{
    ApdMailSlot *slot;

    if (g_str_equal(word, "watch")
        && g_variant_is_of_type(content, G_VARIANT_TYPE(APD_MAIL_WATCH))) {
        on_watch(self, content);
    } else if (g_str_equal(word, "ack")
               && g_variant_is_of_type(content, G_VARIANT_TYPE(APD_MAIL_ACK))) {
        guint32 id;
        guint64 bytes;
        g_variant_get(content, APD_MAIL_ACK, &id, &bytes);
        if ((slot = slot_of(self, id)) != NULL)
            apd_mail_ack(self, slot, (size_t) bytes);
    } else if (g_str_equal(word, "probe")
               && g_variant_is_of_type(content, G_VARIANT_TYPE(APD_MAIL_PROBE))) {
        apd_mail_probe(self, content);
    } else if (g_str_equal(word, "renew")
               && g_variant_is_of_type(content, G_VARIANT_TYPE(APD_MAIL_RENEW))) {
        on_renew(self, content);
    } else if (g_variant_is_of_type(content, G_VARIANT_TYPE_UINT32)) {
        guint32 id = g_variant_get_uint32(content);
        if (g_str_equal(word, "poke"))
            on_poke(self, id);
        else if (g_str_equal(word, "ping"))
            apd_mail_send(self, "pong", g_variant_new(APD_MAIL_PONG, id));
        else if (g_str_equal(word, "drop") && (slot = slot_of(self, id)) != NULL)
            apd_mail_drop(self, slot);
    }
}

static void
read_parent(ApdMail *self)
{
    g_autofree char *word = NULL;
    g_autoptr(GVariant) content = NULL;
    g_autoptr(GError) error = NULL;

    /* Sessions are left as they are: a server loses nothing by a closed line,
     * and the parent wants to be gone. */
    if (!apd_frame_read(self->fd, &word, &content, &error))
        _exit(error != NULL ? 1 : 0);
    on_frame(self, word, content);
}

/* --- the loop ------------------------------------------------------------------------------ */

static void
on_event(ApdMail *self, uint64_t tag)
{
    uint64_t n;
    ApdMailSlot *slot;

    if (tag == TAG_TIMER) {
        (void) !read(self->timer, &n, sizeof n);
        apd_mail_tick(self);
    } else if (tag == TAG_ENDED) {
        take_finished(self);
    } else if (tag == TAG_PARENT) {
        read_parent(self);
    } else if ((slot = slot_of(self, (uint32_t) tag)) != NULL) {
        apd_mail_ready(self, slot);
    }
}

static void
watch_fd(ApdMail *self, int fd, uint64_t tag)
{
    struct epoll_event event = { .events = EPOLLIN, .data.u64 = tag };

    if (fd < 0 || epoll_ctl(self->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
        g_error("cannot watch a descriptor: %s", g_strerror(errno));
}

static void
set_up(ApdMail *self, int fd)
{
    self->fd = fd;
    self->epoll = epoll_create1(EPOLL_CLOEXEC);
    self->timer = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    self->ended = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    self->armed = APD_NEVER;
    self->credit = APD_MAIL_CREDIT;
    self->slots = g_hash_table_new_full(NULL, NULL, NULL, free_slot);
    self->hosts = g_hash_table_new(g_str_hash, g_str_equal);
    self->accounts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->trusts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->vault = apd_vault_new();
    self->done = g_async_queue_new();
    g_thread_pool_set_max_unused_threads(4);
    self->pool = g_thread_pool_new(work, self, APD_MAIL_WORKERS, FALSE, NULL);
    watch_fd(self, fd, TAG_PARENT);
    watch_fd(self, self->timer, TAG_TIMER);
    watch_fd(self, self->ended, TAG_ENDED);
}

int
apd_mail_run(int fd)
{
    ApdMail self = { 0 };
    struct epoll_event events[EVENTS];

    apd_mail_crash_prepare(fd);
    set_up(&self, fd);
    for (;;) {
        int n = epoll_wait(self.epoll, events, EVENTS, -1);
        if (n < 0 && errno != EINTR)
            g_error("epoll_wait: %s", g_strerror(errno));
        for (int i = 0; i < n; i++)
            on_event(&self, events[i].data.u64);
    }
}

#include "port/mail_secret.h"

#include <gio/gio.h>

#include "io/secret.h"

struct ApdMailSecret {
    char *command;          /* owned */
    ApdMailSecretDone done; /* NULL: forgotten */
    void *user_data;        /* borrowed */
};

static void
free_secret(void *data)
{
    ApdMailSecret *self = data;

    g_free(self->command);
    g_free(self);
}

static void
wipe(void *data)
{
    apd_secret_free(data);
}

/* In a thread of its own. */
static void
run(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    const ApdMailSecret *self = data;
    ApdSecretConfig config = { .command = self->command };
    GError *error = NULL;
    char *secret = apd_secret_read(&config, &error);

    (void) source;
    (void) cancellable;
    if (secret != NULL)
        g_task_return_pointer(task, secret, wipe);
    else
        g_task_return_error(task, error);
}

static void
on_done(GObject *source, GAsyncResult *result, gpointer user_data)
{
    ApdMailSecret *self = user_data;
    g_autoptr(GError) error = NULL;
    char *secret = g_task_propagate_pointer(G_TASK(result), &error);

    (void) source;
    if (self->done != NULL)
        self->done(secret, error, self->user_data);
    else
        apd_secret_free(secret);
}

ApdMailSecret *
apd_mail_secret_ask(const char *command, ApdMailSecretDone done, void *user_data)
{
    ApdMailSecret *self = g_new0(ApdMailSecret, 1);
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_done, self);

    self->command = g_strdup(command);
    self->done = done;
    self->user_data = user_data;
    g_task_set_task_data(task, self, free_secret);
    g_task_run_in_thread(task, run);
    return self;
}

void
apd_mail_secret_forget(ApdMailSecret *self)
{
    if (self != NULL)
        self->done = NULL;
}

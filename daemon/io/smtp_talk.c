#include "io/smtp_talk.h"

#include <string.h>

#include "base/text.h"

/* Of one reply, and of all of them. */
#define MAX_LINE     1024
#define MAX_SAID     200
#define MAX_REFUSALS 100

static void
free_refusal(void *data)
{
    ApdMailRefusal *self = data;

    g_free(self->address);
    g_free(self->said);
    g_free(self);
}

ApdSmtpTalk *
apd_smtp_talk_new(void)
{
    ApdSmtpTalk *self = g_new0(ApdSmtpTalk, 1);

    self->last = g_string_new(NULL);
    self->accepted = g_ptr_array_new_with_free_func(g_free);
    self->refusals = g_ptr_array_new_with_free_func(free_refusal);
    return self;
}

void
apd_smtp_talk_free(ApdSmtpTalk *self)
{
    if (self == NULL)
        return;

    g_free(self->address);
    g_string_free(self->last, TRUE);
    g_ptr_array_unref(self->accepted);
    g_ptr_array_unref(self->refusals);
    g_free(self);
}

void
apd_smtp_talk_sent(ApdSmtpTalk *self, const char *line, size_t size)
{
    static const char command[] = "RCPT TO:<";
    const char *from = line + strlen(command);
    const char *end = memchr(line, '>', size);

    g_clear_pointer(&self->address, g_free);
    if (size > strlen(command) && end >= from
        && g_ascii_strncasecmp(line, command, strlen(command)) == 0)
        self->address = g_strndup(from, (gsize) (end - from));
}

static void
settle_address(ApdSmtpTalk *self, const char *line)
{
    if (*line == '2') {
        g_ptr_array_add(self->accepted, g_steal_pointer(&self->address));
        return;
    }
    if (self->refusals->len >= MAX_REFUSALS)
        return;

    g_autofree char *clean = apd_text_line(line);
    ApdMailRefusal *refusal = g_new0(ApdMailRefusal, 1);
    refusal->address = g_steal_pointer(&self->address);
    refusal->status = (int) g_ascii_strtoll(line, NULL, 10);
    refusal->said = apd_text_cut(clean, MAX_SAID);
    g_ptr_array_add(self->refusals, refusal);
}

void
apd_smtp_talk_came(ApdSmtpTalk *self, const char *line, size_t size)
{
    g_autofree char *copy = g_strndup(line, MIN(size, MAX_LINE));

    if (*copy == '4' || *copy == '5')
        g_string_assign(self->last, copy);

    /* A dash after the code: more lines of this reply follow. */
    if (self->address != NULL && strlen(copy) >= 3 && copy[3] != '-')
        settle_address(self, copy);
}

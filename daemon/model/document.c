#include "model/document.h"

#include <string.h>

/* Bytes kept of the words before a link. */
#define MAX_LEAD 160

/* With fewer, the block before is looked at as well. */
#define MIN_LEAD 24

static void
clear_block(void *data)
{
    ApdBlock *block = data;
    g_free(block->text);
}

static void
clear_link(void *data)
{
    ApdLink *link = data;
    g_free(link->href);
    g_free(link->text);
    g_free(link->lead);
}

static void
free_attached(void *data)
{
    apd_document_free(data);
}

ApdDocument *
apd_document_new(void)
{
    ApdDocument *self = g_new0(ApdDocument, 1);

    self->date = APD_NEVER;
    self->from_domains = g_new0(char *, 1);
    self->authentication_results = g_new0(char *, 1);
    self->attachments = g_new0(char *, 1);
    self->blocks = g_array_new(FALSE, FALSE, sizeof(ApdBlock));
    g_array_set_clear_func(self->blocks, clear_block);
    self->links = g_array_new(FALSE, FALSE, sizeof(ApdLink));
    g_array_set_clear_func(self->links, clear_link);
    self->attached = g_ptr_array_new_with_free_func(free_attached);
    return self;
}

void
apd_document_free(ApdDocument *self)
{
    if (self == NULL)
        return;

    g_free(self->message_id);
    g_free(self->subject);
    g_free(self->from_name);
    g_free(self->from_address);
    g_free(self->sender_address);
    g_free(self->reply_to_address);
    g_free(self->to_address);
    g_free(self->list_id);
    g_free(self->auto_submitted);
    g_strfreev(self->from_domains);
    g_strfreev(self->authentication_results);
    g_strfreev(self->attachments);
    g_free(self->charset);
    g_array_unref(self->blocks);
    g_array_unref(self->links);
    g_ptr_array_unref(self->attached);
    g_free(self);
}

void
apd_document_add_block(ApdDocument *self, ApdBlockKind kind, int depth, int row, int column,
                       const char *text)
{
    ApdBlock block = { kind, depth, row, column, g_strdup(text) };
    g_array_append_val(self->blocks, block);
}

/* The end of @n bytes at @text, whole characters of it; "" when it is blank. */
static char *
last_words(const char *text, size_t n)
{
    const char *start = n > MAX_LEAD ? text + n - MAX_LEAD : text;
    const char *end = text + n;

    while (start < end && ((unsigned char) *start & 0xc0) == 0x80)
        start++;
    while (start < end && g_ascii_isspace(*start))
        start++;
    return g_strndup(start, (size_t) (end - start));
}

static char *
lead_of(const ApdDocument *self, const char *before, size_t n)
{
    g_autofree char *own = last_words(before, n);
    const ApdBlock *last = self->blocks->len > 0
                               ? &g_array_index(self->blocks, ApdBlock, self->blocks->len - 1)
                               : NULL;

    if (last == NULL || last->kind == APD_BLOCK_BUTTON || strlen(own) >= MIN_LEAD)
        return g_steal_pointer(&own);

    g_autofree char *other = last_words(last->text, strlen(last->text));
    return g_strjoin(" ", other, *own != '\0' ? own : NULL, NULL);
}

void
apd_document_add_link(ApdDocument *self, const char *href, const char *text, const char *before,
                      size_t n, int depth, bool button)
{
    ApdLink link = { g_strdup(href), g_strdup(text), lead_of(self, before, n), depth, button,
                     false,          false };
    g_array_append_val(self->links, link);
}

void
apd_document_add_lone_link(ApdDocument *self, const char *href, int depth, bool seen)
{
    ApdLink link = { g_strdup(href), g_strdup(""), g_strdup(""), depth, seen, seen, false };
    g_array_append_val(self->links, link);
}

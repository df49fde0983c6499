/* Any bytes are a message: decoded without a crash, into valid UTF-8.  What is read without GMime
 * is read as GMime has it read.
 */
#include <glib.h>
#include <string.h>

#include "io/mime.h"
#include "io/mime_simple.h"

/* Says nothing, and is no simple message's. */
#define NOT_SIMPLE "Content-Disposition: inline\n"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void) argc;
    (void) argv;
    apd_mime_init();
    return 0;
}

static void
assert_same_text(const ApdDocument *one, const ApdDocument *other)
{
    g_assert_cmpuint(one->blocks->len, ==, other->blocks->len);
    for (guint i = 0; i < one->blocks->len; i++) {
        const ApdBlock *a = &g_array_index(one->blocks, ApdBlock, i);
        const ApdBlock *b = &g_array_index(other->blocks, ApdBlock, i);
        g_assert_cmpstr(a->text, ==, b->text);
        g_assert_true(a->kind == b->kind && a->depth == b->depth && a->row == b->row);
    }
    g_assert_cmpuint(one->links->len, ==, other->links->len);
    for (guint i = 0; i < one->links->len; i++) {
        const ApdLink *a = &g_array_index(one->links, ApdLink, i);
        const ApdLink *b = &g_array_index(other->links, ApdLink, i);
        g_assert_cmpstr(a->href, ==, b->href);
        g_assert_cmpstr(a->text, ==, b->text);
    }
    g_assert_cmpstr(one->charset, ==, other->charset);
}

static void
assert_same_headers(const ApdDocument *one, const ApdDocument *other)
{
    g_assert_cmpstr(one->message_id, ==, other->message_id);
    g_assert_cmpstr(one->subject, ==, other->subject);
    g_assert_cmpstr(one->from_name, ==, other->from_name);
    g_assert_cmpstr(one->from_address, ==, other->from_address);
    g_assert_cmpstr(one->sender_address, ==, other->sender_address);
    g_assert_cmpstr(one->reply_to_address, ==, other->reply_to_address);
    g_assert_cmpstr(one->to_address, ==, other->to_address);
    g_assert_cmpstr(one->list_id, ==, other->list_id);
    g_assert_cmpstr(one->auto_submitted, ==, other->auto_submitted);
    g_assert_true(g_strv_equal((const char *const *) one->from_domains,
                               (const char *const *) other->from_domains));
    g_assert_true(g_strv_equal((const char *const *) one->authentication_results,
                               (const char *const *) other->authentication_results));
    g_assert_cmpint(one->date, ==, other->date);
    g_assert_true(one->date_zone_known == other->date_zone_known && one->is_bulk == other->is_bulk
                  && one->has_dkim_signature == other->has_dkim_signature
                  && one->is_malformed == other->is_malformed
                  && one->is_truncated == other->is_truncated);
}

static void
compare_with_gmime(const ApdDocument *document, const uint8_t *data, size_t size)
{
    g_autoptr(ApdDocument) simple = apd_document_new();

    if (!apd_mime_simple_read((const char *) data, size, simple))
        return;
    g_autoptr(GByteArray) longer = g_byte_array_new();
    g_byte_array_append(longer, (const guint8 *) NOT_SIMPLE, strlen(NOT_SIMPLE));
    g_byte_array_append(longer, data, (guint) size);
    g_autoptr(ApdDocument) other = apd_mime_read(longer->data, longer->len);
    assert_same_headers(document, other);
    assert_same_text(document, other);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(ApdDocument) document = apd_mime_read(data, size);

    for (guint i = 0; i < document->blocks->len; i++)
        g_assert(g_utf8_validate(g_array_index(document->blocks, ApdBlock, i).text, -1, NULL));
    for (guint i = 0; i < document->links->len; i++)
        g_assert(g_utf8_validate(g_array_index(document->links, ApdLink, i).href, -1, NULL));
    compare_with_gmime(document, data, size);
    return 0;
}

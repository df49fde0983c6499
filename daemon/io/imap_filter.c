#include "io/imap_filter.h"

#include <glib.h>
#include <string.h>

/* What the line after a literal continues. */
enum { REST_NONE, REST_FETCH, REST_DROPPED };

/* Parentheses deeper than this stand in no answer to what we ask. */
#define MAX_DEPTH 16

/* The part of a line not yet looked at; the line end is not in it. */
typedef struct {
    char *at;
    char *end;
} Text;

/* Response codes that libetpan may see, by what follows the word. */
typedef enum { CODE_ALONE, CODE_NUMBER, CODE_WORDS } CodeForm;

/* clang-format off */
static const struct { const char *name; CodeForm form; } codes[] = {
    { "UIDVALIDITY", CODE_NUMBER }, { "UIDNEXT", CODE_NUMBER }, { "UNSEEN", CODE_NUMBER },
    { "CAPABILITY", CODE_WORDS },
    { "READ-ONLY", CODE_ALONE }, { "READ-WRITE", CODE_ALONE }, { "TRYCREATE", CODE_ALONE },
    /* RFC 5530 */
    { "AUTHENTICATIONFAILED", CODE_ALONE }, { "AUTHORIZATIONFAILED", CODE_ALONE },
    { "UNAVAILABLE", CODE_ALONE }, { "EXPIRED", CODE_ALONE }, { "LIMIT", CODE_ALONE },
    { "INUSE", CODE_ALONE }, { "NONEXISTENT", CODE_ALONE }, { "NOPERM", CODE_ALONE },
    { "PRIVACYREQUIRED", CODE_ALONE }, { "CONTACTADMIN", CODE_ALONE }, { "SERVERBUG", CODE_ALONE },
    { "CANNOT", CODE_ALONE }, { "OVERQUOTA", CODE_ALONE },
};
/* clang-format on */

static bool
take(Text *text, char c)
{
    if (text->at >= text->end || *text->at != c)
        return false;

    text->at++;
    return true;
}

/* Takes letters, digits and dots, in capitals; empty when there are none. */
static void
take_name(Text *text, char *ret_name, size_t size)
{
    size_t n = 0;

    while (text->at < text->end && n + 1 < size
           && (g_ascii_isalnum(*text->at) || *text->at == '.' || *text->at == '-'))
        ret_name[n++] = g_ascii_toupper(*text->at++);
    ret_name[n] = '\0';
}

/* Takes 1 to @digits digits whose value fits @max. */
static bool
take_number(Text *text, int digits, uint64_t max, uint64_t *ret_number)
{
    uint64_t n = 0;
    int i = 0;

    for (; i < digits && text->at < text->end && g_ascii_isdigit(*text->at); i++)
        n = n * 10 + (uint64_t) (*text->at++ - '0');
    if (i == 0 || n > max || (text->at < text->end && g_ascii_isdigit(*text->at)))
        return false;

    *ret_number = n;
    return true;
}

static bool
take_quoted(Text *text)
{
    if (!take(text, '"'))
        return false;

    while (text->at < text->end && *text->at != '"') {
        if (*text->at == '\\')
            text->at++;
        if (text->at < text->end)
            text->at++;
    }
    return take(text, '"');
}

/* "{7}" at the very end of the line. */
static bool
take_literal(Text *text, uint64_t *ret_size)
{
    uint64_t size;

    if (!take(text, '{') || !take_number(text, 10, UINT32_MAX, &size) || !take(text, '}')
        || text->at != text->end)
        return false;

    *ret_size = size;
    return true;
}

/* --- FETCH: only the items we ask for ------------------------------------ */

typedef enum { ITEM_GOOD, ITEM_LITERAL, ITEM_BAD } Item;

/* "[HEADER]", "[]<0>", "[HEADER.FIELDS (From Date)]<0>" */
static bool
take_section(Text *text)
{
    uint64_t origin;
    char *start = text->at;

    if (!take(text, '['))
        return false;
    while (text->at < text->end && *text->at != ']' && text->at - start < 512) {
        if (!g_ascii_isalnum(*text->at) && strchr(".() -", *text->at) == NULL)
            return false;
        text->at++;
    }
    if (!take(text, ']'))
        return false;
    return !take(text, '<') || (take_number(text, 10, UINT32_MAX, &origin) && take(text, '>'));
}

static Item
take_body(Text *text, uint64_t *ret_literal)
{
    if (!take_section(text) || !take(text, ' '))
        return ITEM_BAD;
    if (text->at < text->end && *text->at == '{')
        return take_literal(text, ret_literal) ? ITEM_LITERAL : ITEM_BAD;
    if (text->end - text->at >= 3 && g_ascii_strncasecmp(text->at, "NIL", 3) == 0) {
        text->at += 3;
        return ITEM_GOOD;
    }
    return take_quoted(text) ? ITEM_GOOD : ITEM_BAD;
}

/* Servers tell of changed flags unasked, also inside IDLE. */
static bool
take_flags(Text *text)
{
    if (!take(text, '('))
        return false;

    while (text->at < text->end && *text->at != ')') {
        char c = *text->at++;
        if (c < 0x20 || c == 0x7f || strchr("({%*\"", c) != NULL)
            return false;
    }
    return take(text, ')');
}

static Item
take_item(Text *text, uint64_t *ret_literal)
{
    char name[24];
    uint64_t number;
    bool good;

    take_name(text, name, sizeof name);
    if (g_str_equal(name, "BODY"))
        return take_body(text, ret_literal);
    if (!take(text, ' '))
        return ITEM_BAD;

    if (g_str_equal(name, "UID") || g_str_equal(name, "RFC822.SIZE"))
        good = take_number(text, 10, UINT32_MAX, &number);
    else if (g_str_equal(name, "INTERNALDATE"))
        good = take_quoted(text);
    else if (g_str_equal(name, "MODSEQ"))
        good = take(text, '(') && take_number(text, 19, INT64_MAX, &number) && take(text, ')');
    else
        good = g_str_equal(name, "FLAGS") && take_flags(text);
    return good ? ITEM_GOOD : ITEM_BAD;
}

/* Takes items up to the closing parenthesis or a literal. */
static Item
take_items(Text *text, uint64_t *ret_literal)
{
    for (;;) {
        while (take(text, ' '))
            ;
        if (take(text, ')'))
            return text->at == text->end ? ITEM_GOOD : ITEM_BAD;

        Item item = take_item(text, ret_literal);
        if (item != ITEM_GOOD)
            return item;
        if (text->at >= text->end || (*text->at != ' ' && *text->at != ')'))
            return ITEM_BAD;
    }
}

static ApdLineFate
judge_items(ApdImapFilter *self, Text *text, uint64_t *ret_literal, const char **ret_why)
{
    Item item = take_items(text, ret_literal);

    if (item == ITEM_BAD) {
        *ret_why = "an answer to FETCH that we did not ask for";
        return APD_LINE_REFUSE;
    }
    self->rest = item == ITEM_LITERAL ? REST_FETCH : REST_NONE;
    return APD_LINE_PASS;
}

/* --- status lines: OK, NO, BAD, BYE, PREAUTH, "+" ------------------------- */

/* One or more words, each after one blank: libetpan crashes on none, and on an
 * "AUTH=" of nothing. */
static bool
take_capabilities(Text *text)
{
    int n = 0;

    for (; take(text, ' '); n++) {
        char *word = text->at;
        while (text->at < text->end
               && (g_ascii_isalnum(*text->at) || strchr("-+=._:/", *text->at) != NULL))
            text->at++;
        if (text->at == word || text->at[-1] == '=')
            return false;
    }
    return n > 0;
}

static bool
is_known_code(Text text)
{
    char name[32];
    uint64_t number;
    size_t i = 0;

    take_name(&text, name, sizeof name);
    while (i < G_N_ELEMENTS(codes) && !g_str_equal(name, codes[i].name))
        i++;
    if (i == G_N_ELEMENTS(codes))
        return false;

    if (codes[i].form == CODE_NUMBER)
        return take(&text, ' ') && take_number(&text, 10, UINT32_MAX, &number) && take(&text, ']');
    if (codes[i].form == CODE_WORDS && !take_capabilities(&text))
        return false;
    return take(&text, ']');
}

/* Leaves a code we know; turns every other '[' into '(': plain text, which
 * libetpan does not look into. */
static void
blunt(Text text)
{
    for (char *p = text.at; p < text.end; p++)
        if (*p == '\t')
            *p = ' ';
    while (take(&text, ' '))
        ;
    if (text.end - text.at >= 2 && *text.at == '['
        && is_known_code((Text){ text.at + 1, text.end }))
        text.at++;
    for (char *p = text.at; p < text.end; p++)
        if (*p == '[')
            *p = '(';
}

static bool
is_one_of(const char *word, const char *const *words)
{
    return g_strv_contains(words, word);
}

static const char *const statuses[] = { "OK", "NO", "BAD", "PREAUTH", NULL };

/* --- untagged data --------------------------------------------------------- */

/* A line we drop may end in a literal ("* LIST () "/" {4}"): then that is
 * dropped too, and the line after it. */
static ApdLineFate
drop(ApdImapFilter *self, Text text, uint64_t *ret_literal)
{
    char *open = text.end > text.at ? memrchr(text.at, '{', (size_t) (text.end - text.at)) : NULL;

    self->rest = REST_NONE;
    if (open != NULL && take_literal(&(Text){ open, text.end }, ret_literal))
        self->rest = REST_DROPPED;
    return APD_LINE_DROP;
}

/* "* 12 EXISTS" */
static ApdLineFate
judge_numbered(ApdImapFilter *self, Text *text, uint64_t *ret_literal, const char **ret_why)
{
    static const char *const known[] = { "EXISTS", "RECENT", "EXPUNGE", NULL };
    uint64_t number;
    char name[16];

    if (!take_number(text, 10, UINT32_MAX, &number) || !take(text, ' ')) {
        *ret_why = "a malformed number";
        return APD_LINE_REFUSE;
    }
    take_name(text, name, sizeof name);
    if (g_str_equal(name, "FETCH") && take(text, ' ') && take(text, '('))
        return judge_items(self, text, ret_literal, ret_why);

    while (take(text, ' '))
        ;
    if (!is_one_of(name, known) || text->at != text->end)
        return drop(self, *text, ret_literal);
    if (g_str_equal(name, "EXISTS")) {
        self->exists++;
        self->count = (uint32_t) number;
    } else if (g_str_equal(name, "EXPUNGE") && self->count > 0) {
        self->count--;
    }
    return APD_LINE_PASS;
}

/* "* SEARCH 4 7 9": numbers alone. */
static bool
is_search(Text text)
{
    uint64_t number;

    while (take(&text, ' '))
        if (text.at < text.end && !take_number(&text, 10, UINT32_MAX, &number))
            return false;
    return text.at == text.end;
}

/* "* LIST (\Junk) "/" name" with the name as an atom or in quotes. */
static bool
is_list(Text text)
{
    if (!take(&text, ' ') || !take_flags(&text) || !take(&text, ' '))
        return false;
    if (text.end - text.at >= 3 && g_ascii_strncasecmp(text.at, "NIL", 3) == 0)
        text.at += 3;
    else if (text.end - text.at < 3 || text.end[-1] == '}' || !take_quoted(&text))
        return false;
    if (!take(&text, ' ') || text.at == text.end)
        return false;
    if (*text.at == '"')
        return take_quoted(&text) && text.at == text.end;

    for (; text.at < text.end; text.at++)
        if (!g_ascii_isgraph(*text.at) || strchr("(){%*\"\\]", *text.at) != NULL)
            return false;
    return true;
}

static ApdLineFate
judge_untagged(ApdImapFilter *self, Text *text, uint64_t *ret_literal, const char **ret_why)
{
    char name[16];
    bool good;

    if (text->at < text->end && g_ascii_isdigit(*text->at))
        return judge_numbered(self, text, ret_literal, ret_why);

    take_name(text, name, sizeof name);
    if (g_str_equal(name, "BYE")) {
        /* Ends the session here: libetpan leaks memory on it. */
        (void) g_strlcpy(self->bye, text->at,
                         MIN(sizeof self->bye, (size_t) (text->end - text->at) + 1));
        *ret_why = "BYE";
        return APD_LINE_REFUSE;
    }
    if (is_one_of(name, statuses)) {
        apd_imap_said_status(&self->said, text->at, (size_t) (text->end - text->at));
        blunt(*text);
        return APD_LINE_PASS;
    }
    if (g_str_equal(name, "QUOTA"))
        apd_imap_said_quota(&self->said, text->at, (size_t) (text->end - text->at));
    if (g_str_equal(name, "SEARCH") && !is_search(*text)) {
        *ret_why = "a malformed answer to SEARCH"; /* dropping it would lose mail */
        return APD_LINE_REFUSE;
    }
    if (g_str_equal(name, "SEARCH"))
        good = true;
    else if (g_str_equal(name, "LIST"))
        good = is_list(*text);
    else
        good = g_str_equal(name, "CAPABILITY") && take_capabilities(text) && text->at == text->end;
    return good ? APD_LINE_PASS : drop(self, *text, ret_literal);
}

static ApdLineFate
judge_tagged(ApdImapFilter *self, Text *text, const char **ret_why)
{
    char name[16];

    take_name(text, name, sizeof name);
    if (name[0] != '\0' && take(text, ' ')) {
        take_name(text, name, sizeof name);
        if (g_str_equal(name, "OK") || g_str_equal(name, "NO") || g_str_equal(name, "BAD")) {
            if (name[0] == 'O') /* why it says no is told by whoever asked */
                apd_imap_said_status(&self->said, text->at, (size_t) (text->end - text->at));
            blunt(*text);
            return APD_LINE_PASS;
        }
    }
    *ret_why = "a line that is no IMAP";
    return APD_LINE_REFUSE;
}

static bool
is_too_deep(Text text)
{
    int depth = 0;
    bool quoted = false;

    for (; text.at < text.end; text.at++) {
        if (quoted && *text.at == '\\')
            text.at++;
        else if (*text.at == '"')
            quoted = !quoted;
        else if (!quoted && *text.at == '(' && ++depth > MAX_DEPTH)
            return true;
        else if (!quoted && *text.at == ')' && depth > 0)
            depth--;
    }
    return false;
}

static ApdLineFate
judge(ApdImapFilter *self, Text *text, uint64_t *ret_literal, const char **ret_why)
{
    int rest = self->rest;

    self->rest = REST_NONE;
    if (rest == REST_FETCH)
        return judge_items(self, text, ret_literal, ret_why);
    if (rest == REST_DROPPED)
        return drop(self, *text, ret_literal);
    if (take(text, '+')) {
        blunt(*text);
        return APD_LINE_PASS;
    }
    if (take(text, '*') && take(text, ' '))
        return judge_untagged(self, text, ret_literal, ret_why);
    return judge_tagged(self, text, ret_why);
}

ApdLineFate
apd_imap_filter_line(ApdImapFilter *self, char *line, size_t size, uint64_t *ret_literal,
                     const char **ret_why)
{
    Text text = { line, line + size };
    uint64_t literal = 0;

    if (text.end > text.at && text.end[-1] == '\n')
        text.end--;
    if (text.end > text.at && text.end[-1] == '\r')
        text.end--;

    ApdLineFate fate = APD_LINE_REFUSE;
    if (memchr(line, '\0', size) != NULL)
        *ret_why = "a NUL outside a message";
    else if (memchr(text.at, '\r', (size_t) (text.end - text.at)) != NULL)
        *ret_why = "a bare CR outside a message";
    else
        fate = judge(self, &text, &literal, ret_why);

    if (fate != APD_LINE_REFUSE && literal > self->max_literal) {
        *ret_why = "a literal larger than we asked for";
        fate = APD_LINE_REFUSE;
    }
    if (fate == APD_LINE_PASS && is_too_deep((Text){ line, text.end })) {
        *ret_why = "parentheses too deep";
        fate = APD_LINE_REFUSE;
    }
    *ret_literal = literal;
    return fate;
}

#include "logic/api_answer.h"

#include <string.h>

#include "base/text.h"

#define MAX_TEXT 200

/* No ban is believed to be longer. */
#define MAX_BAN (2 * APD_DAY)

/* No error is longer. */
#define MAX_XML 4096

/* What a server repeats of what it was sent may be a secret: words longer than this
 * are left out. */
#define LONG_WORD 30

void
apd_api_answer_clear(ApdApiAnswer *self)
{
    g_clear_pointer(&self->text, g_free);
    g_clear_pointer(&self->root, json_node_unref);
}

/* "for 2 more seconds", "0 seconds", "3600 second(s)" */
ApdTime
apd_api_answer_ban(const char *text)
{
    const char *unit = text ? strstr(text, "second") : NULL;
    const char *end = unit;

    while (end != NULL && end > text && !g_ascii_isdigit(end[-1]))
        end--;
    const char *begin = end;
    while (begin != NULL && begin > text && g_ascii_isdigit(begin[-1]))
        begin--;
    if (begin == end)
        return 0;

    guint64 seconds = g_ascii_strtoull(begin, NULL, 10);
    return MIN((ApdTime) MIN(seconds, MAX_BAN / APD_SECOND) * APD_SECOND + APD_SECOND, MAX_BAN);
}

/* --- what is wrong --------------------------------------------------------------------- */

static char *
leave_out_long_words(const char *text)
{
    g_autofree char *line = apd_text_line(text);
    g_auto(GStrv) words = g_strsplit(line, " ", -1);

    for (char **word = words; *word != NULL; word++)
        if (strlen(*word) > LONG_WORD && g_str_is_ascii(*word)) {
            g_free(*word);
            *word = g_strdup("***");
        }
    g_autofree char *clean = g_strjoinv(" ", words);
    return apd_text_cut(clean, MAX_TEXT);
}

/* "27: Invalid session (isv.x: more)", of what there is. */
static char *
describe(const char *code, const char *message, const char *sub_code, const char *sub_message)
{
    GString *text = g_string_new(code ? code : "");

    if (message != NULL && *message != '\0')
        g_string_append_printf(text, "%s%s", text->len > 0 ? ": " : "", message);
    if (sub_code != NULL && *sub_code != '\0')
        g_string_append_printf(text, " (%s%s%s)", sub_code, sub_message ? ": " : "",
                               sub_message ? sub_message : "");
    g_autofree char *whole = g_string_free(text, FALSE);
    return leave_out_long_words(whole);
}

/* @code as far as @end, without it or with it.  Returns: (transfer full); NULL of none. */
static char *
head_of(const char *code, char end, bool with_end)
{
    const char *at = code ? strchr(code, end) : NULL;

    return at ? g_strndup(code, (gsize) (at - code) + (with_end ? 1 : 0)) : NULL;
}

/* The most particular word counts; a code that nobody knows is worth another try, not
 * silence, unless it is said to be ours to mend. */
static ApdRemedy
find_remedy(const ApdPlatform *platform, const char *code, const char *sub_code, const char *type)
{
    ApdRemedy remedy = APD_REMEDY_NONE;
    bool limit = code != NULL && g_str_has_suffix(code, "CallLimit");
    g_autofree char *bare = head_of(sub_code, ':', false);
    g_autofree char *family = head_of(sub_code, '.', true);
    const char *const candidates[] = { sub_code, bare, code, limit ? "*CallLimit" : NULL,
                                       family,   type };

    for (size_t i = 0; i < G_N_ELEMENTS(candidates) && remedy == APD_REMEDY_NONE; i++)
        if (candidates[i] != NULL && *candidates[i] != '\0')
            remedy = apd_platform_remedy(platform, candidates[i]);
    return remedy != APD_REMEDY_NONE ? remedy : APD_REMEDY_RETRY;
}

static void
read_error(const ApdPlatform *platform, JsonNode *error, ApdApiAnswer *answer)
{
    g_autofree char *code = apd_json_member_text(error, "code");
    g_autofree char *msg = apd_json_member_text(error, "msg");
    g_autofree char *message = apd_json_member_text(error, "message");
    g_autofree char *sub_code = apd_json_member_text(error, "sub_code");
    g_autofree char *sub_msg = apd_json_member_text(error, "sub_msg");
    g_autofree char *type = apd_json_member_text(error, "type");

    answer->remedy = find_remedy(platform, code, sub_code, type);
    answer->text = describe(code, msg ? msg : message, sub_code, sub_msg);
    answer->wait = apd_api_answer_ban(sub_msg);
    if (answer->wait == 0)
        answer->wait = apd_api_answer_ban(msg ? msg : message);
}

/* "200", "0" and nothing are good. */
static bool
is_good_code(const char *code)
{
    return code == NULL || *code == '\0' || g_str_equal(code, "0") || g_str_equal(code, "200");
}

/* The first of @names that stands anywhere below @root.  Returns: (transfer full). */
static char *
first_of(JsonNode *root, const char *const *names)
{
    char *text = NULL;

    for (; *names != NULL && text == NULL; names++)
        text = apd_json_read_text(apd_json_hunt(root, *names));
    return text;
}

/* A method's own numbers are not those of the gateway: its 7 is no limit. */
static bool
is_own_number(const char *code)
{
    return strlen(code) <= 2 && g_ascii_isdigit(*code);
}

/* The result says itself that it is none. */
static void
read_inner_error(const ApdPlatform *platform, JsonNode *root, ApdApiAnswer *answer)
{
    static const char *const flags[] = { "success", "is_success" };
    static const char *const inner_codes[] = { "resp_code", "rsp_code", NULL };
    static const char *const error_codes[] = { "error_code", NULL };
    static const char *const texts[] = { "error_message", "error_msg", "error_desc",
                                         "resp_msg",      "rsp_msg",   NULL };
    g_autofree char *inner = first_of(root, inner_codes);
    g_autofree char *code = first_of(root, error_codes);
    g_autofree char *message = NULL;
    bool good = is_good_code(inner);
    const char *said = code && *code ? code : inner;

    for (size_t i = 0; i < G_N_ELEMENTS(flags) && good; i++)
        apd_json_read_bool(apd_json_hunt(root, flags[i]), &good);
    if (good)
        return;
    message = first_of(root, texts);
    answer->remedy =
        said && !is_own_number(said) ? find_remedy(platform, said, said, NULL) : APD_REMEDY_RETRY;
    answer->text = describe(said && *said ? said : "not successful", message, NULL, NULL);
}

static bool
is_zero(const char *code)
{
    return code == NULL || *code == '\0' || g_str_equal(code, "0");
}

static void
read_status(int status, ApdApiAnswer *answer)
{
    answer->remedy = APD_REMEDY_RETRY;
    answer->text = status == 200 ? g_strdup("the answer is no JSON that can be read")
                                 : g_strdup_printf("the server answered HTTP %d", status);
}

/* Between @tag and what ends it.  Returns: (transfer full); NULL: there is none. */
static char *
text_of_tag(const char *xml, const char *tag)
{
    g_autofree char *open = g_strdup_printf("<%s>", tag);
    g_autofree char *close = g_strdup_printf("</%s>", tag);
    const char *begin = strstr(xml, open);
    const char *end = begin ? strstr(begin, close) : NULL;

    begin = begin ? begin + strlen(open) : NULL;
    return end ? g_strndup(begin, (gsize) (end - begin)) : NULL;
}

/* The gateway's limits come as XML at times, whatever was asked for.  Returns:
 * (transfer full): the same as JSON; NULL: it is no such thing. */
static JsonNode *
read_xml(const char *body, size_t size)
{
    static const char *const members[] = { "code", "msg", "sub_code", "sub_msg" };
    g_autofree char *xml = g_strndup(body, MIN(size, MAX_XML));
    g_autoptr(JsonObject) error = json_object_new();

    if (strstr(xml, "<error_response>") == NULL || !g_utf8_validate(xml, -1, NULL))
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
        g_autofree char *text = text_of_tag(xml, members[i]);
        if (text != NULL)
            json_object_set_string_member(error, members[i], text);
    }
    return json_object_has_member(error, "code") ? json_node_init_object(json_node_alloc(), error)
                                                 : NULL;
}

void
apd_api_answer_read(const ApdPlatform *platform, int status, const char *body, size_t size,
                    ApdApiAnswer *ret_answer)
{
    ret_answer->root = apd_json_parse(body, size, NULL);

    g_autoptr(JsonNode) xml = ret_answer->root == NULL ? read_xml(body, size) : NULL;
    JsonNode *error = xml ? xml : apd_json_member(ret_answer->root, "error_response");
    g_autofree char *code = apd_json_member_text(ret_answer->root, "code");
    if (error != NULL)
        read_error(platform, error, ret_answer);
    else if (!is_zero(code))
        read_error(platform, ret_answer->root, ret_answer);
    else if (ret_answer->root == NULL || !JSON_NODE_HOLDS_OBJECT(ret_answer->root)
             || status / 100 != 2)
        read_status(status, ret_answer);
    else
        read_inner_error(platform, ret_answer->root, ret_answer);
}

/* --- for a person ---------------------------------------------------------------------- */

/* Around the name of the method (NULL: it does not matter), and what is to be done. */
static const struct {
    ApdRemedy remedy;
    const char *before, *after, *advice;
} sayings[] = {
    { APD_REMEDY_FORBIDDEN, "the platform does not allow ", " to this app",
      "ask for it in its console, or take it out of watch" },
    { APD_REMEDY_GONE, "the platform does not know ", " as appeald asks for it",
      "is there a newer appeald? else take it out of watch" },
    { APD_REMEDY_FIX, "the platform refuses ", "",
      "it does not pass by itself: mend it in the seller centre or the app's console" },
    { APD_REMEDY_CLOCK, "the platform refuses our signature", NULL,
      "is app-secret-file that of this app-key?" },
    { APD_REMEDY_APP, "the platform does not know this app", NULL, "check app-key" },
};

char *
apd_api_answer_tell(const ApdApiAnswer *self, const char *method)
{
    for (size_t i = 0; i < G_N_ELEMENTS(sayings); i++)
        if (sayings[i].remedy == self->remedy)
            return g_strdup_printf(
                "%s%s%s: %s (%s)", sayings[i].before, sayings[i].after ? method : "",
                sayings[i].after ? sayings[i].after : "", self->text, sayings[i].advice);
    return g_strdup(self->text);
}

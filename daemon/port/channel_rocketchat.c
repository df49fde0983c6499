/* Rocket.Chat incoming integrations (docs.rocket.chat; errors as its server's source
 * and issues show them).
 *
 * An integration may post to several rooms.  By separateResponse (servers since the middle
 * of 2025) each is told whatever becomes of the others, and the answer says of each; the
 * next try names those that are left.
 */
#include "port/channel_attachment.h"

#include <string.h>

#include "base/text.h"

#define MAX_TEXT 900 /* the limit is a server's setting; 1000 goes everywhere */

/* As apd_swaps_lookalike, and "_" sets apart here, too. */
/* clang-format off */
static const ApdSwap swaps[] = {
    { '*', "\xe2\x88\x97" }, { '`', "\xcb\x8b" }, { '~', "\xe2\x88\xbc" }, { '|', "\xef\xbd\x9c" },
    { '<', "\xe2\x80\xb9" }, { '>', "\xe2\x80\xba" }, { '#', "\xef\xbc\x83" }, { '[', "\xef\xbc\xbb" },
    { ']', "\xef\xbc\xbd" }, { '\\', "\xef\xbc\xbc" }, { '_', "\xef\xbc\xbf" }, { 0 },
};
/* clang-format on */

static const ApdMarkup markdown = {
    .unit = APD_UNIT_UTF16,
    .inert = true, /* @all and @here fire from any text */
    .swaps = swaps,
    .url = apd_swaps_markdown_url,
    .title = "*{text}*",
    .fact = "*{label}:* {value}",
    .link = "[{label}]({url})",
    .line = "\n",
};

/* Those that do not have it yet; NULL: all. */
static JsonNode *
rooms(const ApdParcel *parcel)
{
    JsonNode *list;

    if (parcel->rest == NULL || parcel->rest[0] == NULL)
        return NULL;

    list = apd_empty();
    for (char *const *room = parcel->rest; *room != NULL; room++)
        apd_list_add(list, apd_text(*room));
    return list;
}

static bool
rocketchat_build(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
                 GError **error)
{
    const ApdWording *wording = parcel->wording;
    char *text = parcel->plain
                     ? apd_sheet_make(wording, &apd_markup_plain_utf16, MAX_TEXT, APD_SHEET_ALL)
                     : apd_markup_fit(&markdown, wording->title, MAX_TEXT);
    JsonNode *attachments =
        parcel->plain ? NULL : apd_list(apd_attachment_make(wording, &markdown), NULL);

    (void) config;
    (void) error;
    apd_channel_post(request, g_strdup(parcel->url),
                     apd_object("text", apd_text_take(text), "alias", apd_text("appeald"),
                                "attachments", attachments, "channel", rooms(parcel),
                                "separateResponse", apd_bool(true), NULL));
    return true;
}

#define LET_IN "let the integration's user into the room"

/* clang-format off */
static const ApdRuling rows[] = {
    { 0,   "false", "error-not-allowed",  APD_REFUSED, .remedy = LET_IN },
    { 0,   "false", "error-code-invalid", APD_REFUSED, .remedy = "the integration's script is broken: mend or remove it" },
    { 400, "false", "overriding destination channel", APD_REFUSED, .remedy = "let the integration override its destination channel: other rooms have the alert already, and are not told again" },
    { 400, "false", NULL, APD_REFUSED, .plainer = true },
    { 413, NULL,    NULL, APD_REFUSED, .plainer = true },
    { 401, NULL,    NULL, APD_REFUSED, .remedy = "the address is wrong: copy it anew from the integration" },
    { 404, NULL,    NULL, APD_REFUSED, .remedy = "the address is wrong, or the integration switched off" },
};
/* clang-format on */

static const ApdVerdicts verdicts = {
    .code = "success", .said = "error", .rows = rows, .n = G_N_ELEMENTS(rows)
};

/* --- what is said of each room ---------------------------------------------------- */

typedef struct {
    GStrvBuilder *reached, *rest; /* owned */
    GString *said;                /* owned: of those that are left */
    guint n, failed, nameless;
} Rooms;

/* What the server says of one: {"channel", "message"} or {"channel", "error"}; older
 * documents have {"success"}. */
static void
count_room(JsonArray *all, guint i, JsonNode *node, void *user_data)
{
    Rooms *self = user_data;
    JsonObject *room = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
    const char *name = room ? json_object_get_string_member_with_default(room, "channel", "") : "";
    const char *error = room ? json_object_get_string_member_with_default(room, "error", NULL) : "";
    g_autofree char *line = apd_text_line(name);

    (void) all;
    (void) i;
    if (error == NULL && json_object_get_boolean_member_with_default(room, "success", TRUE)) {
        g_strv_builder_add(self->reached, line);
    } else {
        g_autofree char *words = apd_text_line(error ? error : "failed");
        g_strv_builder_add(self->rest, line);
        g_string_append_printf(self->said, "%snot to %s: %s", self->failed > 0 ? "; " : "", line,
                               words);
        self->failed++;
    }
    self->nameless += *line == '\0';
    self->n++;
}

static Rooms
count_rooms(JsonArray *all)
{
    Rooms self = { g_strv_builder_new(), g_strv_builder_new(), g_string_new(NULL), 0, 0, 0 };

    if (all != NULL)
        json_array_foreach_element(all, count_room, &self);
    return self;
}

static void
clear_rooms(Rooms *self)
{
    g_strv_builder_unref(self->reached);
    g_strv_builder_unref(self->rest);
    g_string_free(self->said, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Rooms, clear_rooms)

/* NULL: the answer is one for all. */
static JsonArray *
rooms_of(JsonNode *root)
{
    JsonNode *node = root;

    if (root != NULL && JSON_NODE_HOLDS_OBJECT(root))
        node = json_object_get_member(json_node_get_object(root), "responses");
    return node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

static bool
is_success(JsonNode *root)
{
    return root != NULL && JSON_NODE_HOLDS_OBJECT(root)
           && json_object_get_boolean_member_with_default(json_node_get_object(root), "success",
                                                          FALSE);
}

/* Some have it. */
static void
judge_rest(const Rooms *self, ApdJudgement *judgement)
{
    g_autofree char *said = apd_text_cut(self->said->str, MAX_TEXT);

    judgement->taking = APD_REFUSED;
    judgement->reached = g_strv_builder_end(self->reached);
    judgement->rest = g_strv_builder_end(self->rest);
    judgement->refused = g_strjoinv(", ", judgement->rest);
    judgement->text = g_strdup_printf("%s: " LET_IN, said);
}

static void
rocketchat_judge(const ApdHttpResponse *response, ApdTime now, ApdJudgement *judgement)
{
    g_autoptr(JsonNode) root = apd_verdicts_parse(response);
    JsonArray *all = rooms_of(root);
    g_auto(Rooms) rooms = count_rooms(all);

    if (response->status == 200 && rooms.nameless == 0 && rooms.failed > 0
        && rooms.failed < rooms.n)
        judge_rest(&rooms, judgement);
    else if (response->status == 200 && rooms.failed == 0
             && (all != NULL ? rooms.n > 0 : is_success(root)))
        judgement->taking = APD_TAKEN;
    else
        apd_verdicts_judge(&verdicts, response, now, judgement);
}

const ApdChannelType apd_channel_rocketchat = {
    .name = "rocketchat",
    .rate = { 5, APD_SECOND }, /* a setting of the server */
    .build = rocketchat_build,
    .judge = rocketchat_judge,
    .has_plain = true,
};

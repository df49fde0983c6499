#include "logic/api_chat_item.h"

#include <string.h>

#include "base/json_read.h"

/* type: 1 of a user, 2 of the system. */
#define USER "1"

/* from_account_type */
#define BUYER  "11"
#define SELLER "12"

/* Its text, out of JSON in JSON where it is that. */
char *
apd_api_chat_item_text(JsonNode *item)
{
    g_autofree char *content = apd_json_member_text(item, "content");
    g_autoptr(JsonNode) inner = content ? apd_json_parse(content, strlen(content), NULL) : NULL;
    static const char *const names[] = { "txt", "text", "content", "title" };
    char *text = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(names) && text == NULL; i++)
        text = apd_json_read_text(apd_json_hunt(inner, names[i]));
    return text ? text : g_steal_pointer(&content);
}

/* What is not said to be a person's is the platform's. */
bool
apd_api_chat_item_is_of_person(JsonNode *item)
{
    g_autofree char *type = apd_json_member_text(item, "type");
    g_autofree char *from = apd_json_member_text(item, "from_account_type");

    return type != NULL ? g_str_equal(type, USER)
                        : from != NULL && (g_str_equal(from, BUYER) || g_str_equal(from, SELLER));
}

/* The id of one that has none is what it says. */
char *
apd_api_chat_item_id(JsonNode *item)
{
    char *id = apd_json_member_text(item, "message_id");

    if (id != NULL && *id != '\0')
        return id;
    g_free(id);
    g_autofree char *text = json_to_string(item, FALSE);
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}

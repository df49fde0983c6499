#include "base/json.h"

#include "base/text.h"

void
apd_json_text(JsonBuilder *builder, const char *key, const char *text)
{
    json_builder_set_member_name(builder, key);
    if (text != NULL)
        json_builder_add_string_value(builder, text);
    else
        json_builder_add_null_value(builder);
}

void
apd_json_int(JsonBuilder *builder, const char *key, gint64 value)
{
    json_builder_set_member_name(builder, key);
    json_builder_add_int_value(builder, value);
}

void
apd_json_list(JsonBuilder *builder, const char *key, char *const *texts)
{
    json_builder_set_member_name(builder, key);
    json_builder_begin_array(builder);
    for (; *texts != NULL; texts++)
        json_builder_add_string_value(builder, *texts);
    json_builder_end_array(builder);
}

void
apd_json_hundredths(JsonBuilder *builder, const char *key, int hundredths)
{
    json_builder_set_member_name(builder, key);
    if (hundredths < 0)
        json_builder_add_null_value(builder);
    else if (hundredths % 100 == 0)
        json_builder_add_int_value(builder, hundredths / 100);
    else
        json_builder_add_double_value(builder, hundredths / 100.0);
}

void
apd_json_time(JsonBuilder *builder, const char *key, ApdTime when)
{
    g_autofree char *iso = when == 0 ? NULL : apd_time_iso(when);

    apd_json_text(builder, key, iso);
}

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "logic/deadline.h"

static void
window_free(void *data)
{
    ApdWindow *window = data;
    g_free(window->category);
    g_free(window);
}

ApdTimeData *
apd_time_data_new(void)
{
    ApdTimeData *self = g_new0(ApdTimeData, 1);
    self->words = apd_words_new();
    self->calendar = apd_calendar_new();
    self->windows = g_ptr_array_new_with_free_func(window_free);
    return self;
}

void
apd_time_data_free(ApdTimeData *self)
{
    if (self == NULL)
        return;
    apd_words_free(self->words);
    apd_calendar_free(self->calendar);
    g_ptr_array_unref(self->windows);
    g_free(self);
}

static bool
parse_length(const char *value, ApdWindow *window)
{
    static const struct {
        const char *name;
        ApdUnit unit;
    } names[] = { { "h", APD_UNIT_HOUR }, { "d", APD_UNIT_DAY }, { "bd", APD_UNIT_BUSINESS_DAY } };

    if (strcmp(value, "none") == 0) {
        window->amount = 0;
        return true;
    }
    char *end = NULL;
    long amount = strtol(value, &end, 10);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (amount > 0 && amount <= 1000 && strcmp(end, names[i].name) == 0) {
            window->amount = (int) amount;
            window->unit = names[i].unit;
            return true;
        }
    }
    return false;
}

bool
apd_time_data_add_window(ApdTimeData *self, const char *section, const char *key, const char *value,
                         GError **error)
{
    ApdWindow parsed = { 0 };
    if (!g_str_has_prefix(section, "window ") || strcmp(key, "length") != 0
        || !parse_length(value, &parsed)) {
        g_set_error(error, APD_ERROR, APD_ERROR_CONFIG,
                    "[%s] %s = %s: write [window CATEGORY] and length = 72h, 7d, 3bd or none",
                    section, key, value);
        return false;
    }
    ApdWindow *window = g_memdup2(&parsed, sizeof parsed);
    window->category = g_strdup(section + strlen("window "));
    g_ptr_array_add(self->windows, window);
    return true;
}

const ApdWindow *
apd_time_data_window(const ApdTimeData *self, const char *category)
{
    const ApdWindow *best = NULL;
    size_t best_length = 0;
    for (guint i = 0; i < self->windows->len; i++) {
        const ApdWindow *window = g_ptr_array_index(self->windows, i);
        size_t n = strlen(window->category);
        bool open = n > 0 && window->category[n - 1] == '*';
        bool fits = open ? strncmp(window->category, category, n - 1) == 0
                         : strcmp(window->category, category) == 0;
        size_t length = open ? n : n + 100;
        if (fits && length >= best_length) {
            best = window;
            best_length = length;
        }
    }
    return best;
}

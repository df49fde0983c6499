#include "io/ini.h"

#include <ini.h>
#include <string.h>

#include "base/error.h"

/* inih cuts longer names without a word (MAX_SECTION, MAX_NAME). */
#define MAX_NAME_BYTES 49
#define MAX_FILE_BYTES (16 * 1024 * 1024)

typedef struct {
    const char *path; /* borrowed */
    const char *rest; /* borrowed: what has not been read yet */
    const char *end;  /* borrowed */
    int line;
    char *section; /* owned */
    char *key;     /* owned: of the line that inih is looking at */
    char *value;   /* owned: the same */
    const ApdIniEvents *events;
    void *user_data;
    GString *problems;
    bool failed;
} Reader;

void
apd_ini_complain(GString *problems, const char *path, int line, const char *format, ...)
{
    va_list args;

    g_string_append_printf(problems, line > 0 ? "%s:%d: " : "%s: ", path, line);
    va_start(args, format);
    g_string_append_vprintf(problems, format, args);
    va_end(args);
    g_string_append_c(problems, '\n');
}

bool
apd_ini_conclude(const GString *problems, GError **error)
{
    if (problems->len == 0)
        return true;

    size_t n = problems->len - (problems->str[problems->len - 1] == '\n');
    g_set_error(error, APD_ERROR, APD_ERROR_CONFIG, "%.*s", (int) n, problems->str);
    return false;
}

static char *
next_line(Reader *self)
{
    const char *end = memchr(self->rest, '\n', (size_t) (self->end - self->rest));
    size_t n = (size_t) ((end ? end : self->end) - self->rest);
    char *line = g_strndup(self->rest, n);

    self->rest += n + (end != NULL);
    self->line++;
    if (self->line == 1 && g_str_has_prefix(line, "\xef\xbb\xbf"))
        memmove(line, line + 3, strlen(line + 3) + 1);
    return g_strstrip(line);
}

static void
wrong(Reader *self, const char *what)
{
    self->failed = true;
    apd_ini_complain(self->problems, self->path, self->line, "%s", what);
}

static bool
check_name(Reader *self, const char *name, const char *what)
{
    if (*name == '\0' || strlen(name) > MAX_NAME_BYTES || strpbrk(name, "[]=:;#") != NULL) {
        self->failed = true;
        apd_ini_complain(self->problems, self->path, self->line,
                         "'%.60s' is no name of a %s (1 to %d bytes without [ ] = : ; #)", name,
                         what, MAX_NAME_BYTES);
        return false;
    }
    return true;
}

static bool
take_section(Reader *self, char *line)
{
    size_t n = strlen(line);

    if (line[n - 1] != ']') {
        wrong(self, "a section needs ']' at the end of its line");
        return false;
    }
    line[n - 1] = '\0';
    char *name = g_strstrip(line + 1);
    if (!check_name(self, name, "section"))
        return false;

    g_free(self->section);
    self->section = g_strdup(name);
    if (self->events->section != NULL)
        self->events->section(name, self->line, self->user_data);
    return true;
}

static bool
take_entry(Reader *self, char *line)
{
    char *equals = strchr(line, '=');

    if (equals == NULL) {
        wrong(self, "neither a [section] nor key = value");
        return false;
    }
    *equals = '\0';
    char *key = g_strstrip(line);
    if (!check_name(self, key, "key"))
        return false;

    g_free(self->key);
    g_free(self->value);
    self->key = g_strdup(key);
    self->value = g_strdup(g_strstrip(equals + 1));
    return true;
}

/* Gives inih the next line in a form that fits its buffer: it sees "key=@" and
 * on_entry() takes the value from us. */
static char *
read_line(char *buffer, int size, void *stream)
{
    Reader *self = stream;

    if (self->rest >= self->end)
        return NULL;

    g_autofree char *line = next_line(self);
    g_strlcpy(buffer, "\n", (gsize) size);
    if (!g_utf8_validate(line, -1, NULL))
        wrong(self, "not UTF-8");
    else if (*line == '[' && take_section(self, line))
        g_snprintf(buffer, (gulong) size, "[%s]\n", self->section);
    else if (*line != '[' && *line != '\0' && *line != ';' && *line != '#'
             && take_entry(self, line))
        g_snprintf(buffer, (gulong) size, "%s=@\n", self->key);
    return buffer;
}

static int
on_entry(void *user_data, const char *section, const char *key, const char *value)
{
    Reader *self = user_data;

    (void) value;
    self->events->entry(section, key, self->value, self->line, self->user_data);
    return 1;
}

bool
apd_ini_read_text(const char *name, const char *text, size_t size, const ApdIniEvents *events,
                  void *user_data, GString *problems)
{
    Reader self = { .path = name,
                    .rest = text,
                    .end = text + size,
                    .events = events,
                    .user_data = user_data,
                    .problems = problems };
    int first_bad = ini_parse_stream(read_line, &self, on_entry, &self);

    if (first_bad != 0 && !self.failed)
        wrong(&self, "inih cannot read this file");

    g_free(self.section);
    g_free(self.key);
    g_free(self.value);
    return !self.failed;
}

bool
apd_ini_read(const char *path, const ApdIniEvents *events, void *user_data, GString *problems)
{
    g_autofree char *text = NULL;
    gsize size;
    g_autoptr(GError) error = NULL;

    if (!g_file_get_contents(path, &text, &size, &error)) {
        g_string_append_printf(problems, "%s\n", error->message);
        return false;
    }
    if (size > MAX_FILE_BYTES) {
        g_string_append_printf(problems, "%s: larger than %d bytes\n", path, MAX_FILE_BYTES);
        return false;
    }
    return apd_ini_read_text(path, text, size, events, user_data, problems);
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
apd_ini_files(const char *path)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
        if (g_str_has_suffix(name, ".conf") && *name != '.')
            g_ptr_array_add(names, g_build_filename(path, name, NULL));
    if (dir != NULL)
        g_dir_close(dir);
    g_ptr_array_sort(names, by_name);
    return names;
}

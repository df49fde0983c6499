#include "app/mass_messages.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"

/* As much of a message as the daemon would fetch. */
#define MAX_SIZE (8 * 1024 * 1024)

#define MAX_MESSAGES (10 * 1000 * 1000)
#define MAX_DEPTH    30

#define FROM_LINE "From "

static void
free_message(void *data)
{
    ApdMassMessage *self = data;

    g_free(self->path);
    g_free(self);
}

static ApdMassMessage *
add(GPtrArray *messages, const char *path, int64_t offset, unsigned number)
{
    ApdMassMessage *message = g_new0(ApdMassMessage, 1);

    message->path = g_strdup(path);
    message->offset = offset;
    message->size = -1;
    message->number = number;
    g_ptr_array_add(messages, message);
    return message;
}

/* A message of an mbox begins with a "From " line behind an empty one (RFC 4155). */
static void
split_mbox(FILE *file, const char *path, GPtrArray *messages)
{
    g_autofree char *line = NULL; /* of getline(), which is malloc's as GLib's is */
    size_t room = 0;
    int64_t at = 0;
    bool empty = true;
    ApdMassMessage *last = NULL;
    unsigned number = 0;

    for (ssize_t n; (n = getline(&line, &room, file)) > 0 && messages->len < MAX_MESSAGES;) {
        if (empty && g_str_has_prefix(line, FROM_LINE)) {
            if (last != NULL)
                last->size = at - last->offset;
            last = add(messages, path, at + n, ++number);
        }
        empty = line[0] == '\n' || (line[0] == '\r' && line[1] == '\n');
        at += n;
    }
}

static void
add_file(const char *path, GPtrArray *messages)
{
    FILE *file = fopen(path, "rbe");
    char start[sizeof FROM_LINE] = "";

    if (file == NULL)
        return;
    bool is_mbox = fread(start, 1, strlen(FROM_LINE), file) == strlen(FROM_LINE)
                   && g_str_equal(start, FROM_LINE);
    rewind(file);
    if (is_mbox)
        split_mbox(file, path, messages);
    else
        add(messages, path, 0, 0);
    fclose(file);
}

/* In a folder of other things too: mail is what a Maildir holds, what is called so,
 * and what begins as an mbox. */
static bool
is_mail(const char *path, const char *name, bool in_maildir)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);
    char start[sizeof FROM_LINE] = "";

    if (*name == '.')
        return false;
    if (in_maildir || g_str_has_suffix(lower, ".eml"))
        return true;

    FILE *file = fopen(path, "rbe");
    bool good = file != NULL && fread(start, 1, strlen(FROM_LINE), file) == strlen(FROM_LINE)
                && g_str_equal(start, FROM_LINE);
    if (file != NULL)
        fclose(file);
    return good;
}

static int
by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static void
add_folder(const char *path, int depth, GPtrArray *messages)
{
    GDir *dir = depth < MAX_DEPTH ? g_dir_open(path, 0, NULL) : NULL;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *here = g_path_get_basename(path);
    bool in_maildir = g_str_equal(here, "cur") || g_str_equal(here, "new");
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
        g_ptr_array_add(names, g_strdup(name));
    if (dir != NULL)
        g_dir_close(dir);
    g_ptr_array_sort(names, by_text);

    for (guint i = 0; i < names->len && messages->len < MAX_MESSAGES; i++) {
        g_autofree char *child = g_build_filename(path, names->pdata[i], NULL);
        struct stat info;
        if (lstat(child, &info) != 0)
            continue; /* it went away */
        if (S_ISDIR(info.st_mode))
            add_folder(child, depth + 1, messages);
        else if (S_ISREG(info.st_mode) && is_mail(child, names->pdata[i], in_maildir))
            add_file(child, messages);
    }
}

GPtrArray *
apd_mass_messages_find(const char *path, GError **error)
{
    g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func(free_message);
    struct stat info;

    if (stat(path, &info) != 0) {
        g_set_error(error, APD_ERROR, APD_ERROR_CONFIG, "%s: %s", path, g_strerror(errno));
        return NULL;
    }
    if (S_ISDIR(info.st_mode))
        add_folder(path, 0, messages);
    else
        add_file(path, messages);
    if (messages->len > 0)
        return g_steal_pointer(&messages);

    g_set_error(error, APD_ERROR, APD_ERROR_CONFIG,
                "%s: no messages here (a Maildir, an mbox or .eml files)", path);
    return NULL;
}

GBytes *
apd_mass_message_read(const ApdMassMessage *self, GError **error)
{
    FILE *file = fopen(self->path, "rbe");
    gsize limit = self->size < 0 ? MAX_SIZE : (gsize) MIN(self->size, MAX_SIZE);
    struct stat info;

    if (file == NULL || fstat(fileno(file), &info) != 0
        || fseeko(file, self->offset, SEEK_SET) != 0) {
        g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT, "%s: %s", self->path, g_strerror(errno));
        if (file != NULL)
            fclose(file);
        return NULL;
    }
    limit = MIN(limit, (gsize) MAX(info.st_size - self->offset, 0));
    char *data = g_malloc(limit + 1);
    gsize n = fread(data, 1, limit, file);
    fclose(file);
    return g_bytes_new_take(data, n);
}

char *
apd_mass_message_name(const ApdMassMessage *self)
{
    return self->number > 0 ? g_strdup_printf("%s#%u", self->path, self->number)
                            : g_strdup(self->path);
}

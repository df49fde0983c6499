/* appealctl explain: what a message would become, and why. */
#include "app/ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/explain.h"
#include "app/explain_api.h"
#include "app/flock.h"
#include "app/reading.h"
#include "io/mime.h"
#include "io/platform.h"

/* As much of a file as the daemon would fetch. */
#define MAX_FILE (8u * 1024 * 1024)

/* With fewer files the start of workers costs more than it saves. */
#define MANY 16u

typedef struct {
    const ApdCtl *ctl;           /* borrowed */
    const ApdReading *reading;   /* borrowed; NULL: of answers of a platform */
    const ApdPlatform *platform; /* borrowed; NULL: of messages */
    char **files;                /* borrowed */
} Explaining;

static GByteArray *
read_input(const char *path, int *ret_errno)
{
    bool is_stdin = g_str_equal(path, "-");
    int fd = is_stdin ? STDIN_FILENO : g_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0);
    GByteArray *bytes = g_byte_array_new();
    guint8 block[65536];
    ssize_t n = 0;

    while (fd >= 0 && bytes->len < MAX_FILE && (n = read(fd, block, sizeof block)) > 0)
        g_byte_array_append(bytes, block, (guint) n);
    *ret_errno = errno;
    if (fd > STDIN_FILENO)
        close(fd);
    if (fd < 0 || n < 0)
        g_clear_pointer(&bytes, g_byte_array_unref);
    return bytes;
}

/* When a message without a Date: may have come: the file's own time. */
static ApdTime
received(const char *path)
{
    struct stat info;

    if (g_str_equal(path, "-") || stat(path, &info) < 0)
        return apd_now();
    return info.st_mtim.tv_sec * APD_SECOND;
}

/* Returns: (transfer full): what is to be printed of a file; @ret_good false: why
 * it cannot be read. */
static char *
explain(void *user_data, guint i, bool *ret_good)
{
    const Explaining *self = user_data;
    const char *path = self->files[i];
    int why = 0;
    g_autoptr(GByteArray) bytes = read_input(path, &why);

    *ret_good = bytes != NULL;
    if (bytes == NULL)
        return g_strdup_printf("%s: %s", path, g_strerror(why));

    if (self->platform != NULL)
        return apd_explain_api(self->platform, path, (const char *) bytes->data, bytes->len,
                               self->ctl->json, ret_good);
    g_autoptr(ApdVerdict) verdict =
        apd_reading_read(self->reading, bytes->len > 0 ? bytes->data : (const guint8 *) "",
                         bytes->len, self->ctl->authserv_id, received(path));
    return self->ctl->json ? apd_explain_json(path, verdict) : apd_explain_page(path, verdict);
}

/* Facts stand behind labels, evidence behind a small indent (app/explain.c). */
static guint
column_of(const char *line)
{
    size_t blanks = strspn(line, " ");

    if (blanks == 0)
        return 0;
    return blanks == APD_EXPLAIN_EVIDENCE ? APD_EXPLAIN_EVIDENCE : APD_EXPLAIN_TEXT;
}

static void
print_page(const char *page)
{
    g_auto(GStrv) lines = g_strsplit(page, "\n", -1);

    /* The last is what follows the last newline: nothing. */
    for (size_t i = 0; lines[i] != NULL && lines[i + 1] != NULL; i++)
        apd_screen_line(lines[i], column_of(lines[i]));
}

static void
print(void *user_data, guint i, bool good, const char *text)
{
    const Explaining *self = user_data;

    if (text == NULL)
        apd_ctl_complain(APD_EXIT_FAIL, "%s: reading it broke the reader: look yourself",
                         self->files[i]);
    else if (!good)
        apd_ctl_complain(APD_EXIT_FAIL, "%s", text);
    else if (self->ctl->json)
        g_print("%s\n", text);
    else {
        g_print("%s", i > 0 ? "\n" : "");
        print_page(text);
    }
}

static int
explain_api(const ApdCtl *ctl, char **operands, guint n, const char *rules)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ApdPlatform) platform = apd_platform_load(rules, ctl->rules, "aliexpress", &error);

    if (platform == NULL)
        return apd_ctl_fail(error);
    Explaining explaining = { ctl, NULL, platform, operands };
    const ApdFlock flock = { explain, print, &explaining };
    return apd_flock_run(&flock, n, 1) ? APD_EXIT_GOOD : APD_EXIT_FAIL;
}

int
apd_ctl_explain(const ApdCtl *ctl, char **operands)
{
    guint n = g_strv_length(operands);
    g_autofree char *rules = apd_config_rules_dir();
    g_autoptr(GError) error = NULL;

    if (ctl->source != NULL)
        return apd_ctl_explain_json(ctl, operands);
    if (n == 0)
        return apd_ctl_complain(APD_EXIT_USAGE,
                                "explain: which message? (a file, or - for standard input)");

    if (ctl->api)
        return explain_api(ctl, operands, n, rules);
    apd_mime_init();
    g_autoptr(ApdReading) reading = apd_reading_new(rules, ctl->rules, &error);
    if (reading == NULL)
        return apd_ctl_fail(error);

    Explaining explaining = { ctl, reading, NULL, operands };
    const ApdFlock flock = { explain, print, &explaining };
    bool good = apd_flock_run(&flock, n, n < MANY ? 1 : g_get_num_processors());
    return good ? APD_EXIT_GOOD : APD_EXIT_FAIL;
}

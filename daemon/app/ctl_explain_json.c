/* appealctl explain --api --source NAME: what the records of a saved answer would become, and why.
 */
#include <string.h>

#include "app/ctl.h"
#include "app/explain.h"
#include "app/reading.h"
#include "io/json_fetch.h"
#include "io/mime.h"
#include "logic/json_mail.h"

typedef struct {
    const ApdCtl *ctl;             /* borrowed */
    const ApdSourceConfig *source; /* borrowed */
    ApdReading *reading;           /* owned */
    ApdJsonMap *map;               /* owned */
} Explaining;

static void
clear_explaining(Explaining *self)
{
    apd_reading_free(self->reading);
    apd_json_map_free(self->map);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Explaining, clear_explaining)

/* NULL after a complaint. */
static const ApdSourceConfig *
choose(const ApdConfig *config, const char *name)
{
    g_autofree char *section = g_strconcat("json ", name, NULL);
    const ApdSourceConfig *source = apd_config_source(config, section);

    if (source == NULL)
        apd_ctl_complain(APD_EXIT_USAGE, "there is no [%s] in %s", section, config->path);
    return source;
}

static void
print(const Explaining *self, const char *name, const ApdVerdict *verdict)
{
    g_autofree char *text =
        self->ctl->json ? apd_explain_json(name, verdict) : apd_explain_page(name, verdict);

    g_print("%s\n", text);
}

/* False: it is not understood. */
static bool
explain_record(const Explaining *self, const char *file, guint number, JsonNode *record)
{
    g_autofree char *why = NULL;
    g_autoptr(ApdJsonItem) item = apd_json_item_read(self->map, record, &why);

    if (item == NULL) {
        apd_ctl_complain(APD_EXIT_NO, "%s: record %u is not understood: %s", file, number, why);
        return false;
    }
    gsize size;
    g_autofree char *name = g_strdup_printf("%s: %s", file, item->id);
    g_autoptr(GBytes) mail = apd_json_mail(item);
    const void *bytes = g_bytes_get_data(mail, &size);
    g_autoptr(ApdVerdict) verdict = apd_reading_read_stated(
        self->reading, bytes, size, self->source->authserv_id, apd_now(), item->stated);
    print(self, name, verdict);
    return true;
}

static int
explain_file(const Explaining *self, const char *file)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    g_auto(ApdJsonAnswer) answer = { NULL, NULL };
    gsize size;
    guint understood = 0;

    if (!g_file_get_contents(g_str_equal(file, "-") ? "/dev/stdin" : file, &text, &size, &error))
        return apd_ctl_complain(APD_EXIT_FAIL, "%s", error->message);
    if (!apd_json_answer_read(self->source, text, size, &answer, &error))
        return apd_ctl_complain(APD_EXIT_NO, "%s: %s", file, error->message);
    for (guint i = 0; i < answer.records->len; i++)
        understood += explain_record(self, file, i + 1, answer.records->pdata[i]);
    if (!self->ctl->json || understood < answer.records->len)
        g_printerr("%s: understood %u of %u records\n", file, understood, answer.records->len);
    return understood == answer.records->len ? APD_EXIT_GOOD : APD_EXIT_NO;
}

int
apd_ctl_explain_json(const ApdCtl *ctl, char **operands)
{
    int status = APD_EXIT_FAIL;
    g_autoptr(ApdConfig) config = apd_ctl_config(ctl, &status);
    const ApdSourceConfig *source = config ? choose(config, ctl->source) : NULL;
    g_auto(Explaining) self = { ctl, source, NULL, NULL };
    g_autoptr(GError) error = NULL;

    if (config == NULL)
        return status;
    if (source == NULL)
        return APD_EXIT_USAGE;
    if (*operands == NULL)
        return apd_ctl_complain(APD_EXIT_USAGE,
                                "explain --api: which saved answer? (a file, or -)");

    apd_mime_init();
    self.map = apd_json_map_new(source->keys, source->section, source->vouched);
    self.reading = apd_reading_new(config->rules_dir, config->user_rules_dir, &error);
    if (self.reading == NULL)
        return apd_ctl_fail(error);
    for (status = APD_EXIT_GOOD; *operands != NULL; operands++) {
        int one = explain_file(&self, *operands);
        status = MAX(status, one);
    }
    return status;
}

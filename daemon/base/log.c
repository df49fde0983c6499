#include "base/log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What the writer needs to know; lives as long as the process. */
typedef struct {
    char *program; /* owned */
    bool debug;
    bool journal;
} Logger;

static const char *
field_of(const GLogField *fields, gsize n, const char *key)
{
    for (gsize i = 0; i < n; i++)
        if (g_str_equal(fields[i].key, key) && fields[i].length == -1)
            return fields[i].value;

    return NULL;
}

static GLogWriterOutput
write_log(GLogLevelFlags level, const GLogField *fields, gsize n, gpointer user_data)
{
    const Logger *self = user_data;
    const char *message = field_of(fields, n, "MESSAGE");

    if (message == NULL)
        return G_LOG_WRITER_UNHANDLED;
    if ((level & (G_LOG_LEVEL_DEBUG | G_LOG_LEVEL_INFO)) != 0 && !self->debug)
        return G_LOG_WRITER_HANDLED;
    if (self->journal && g_log_writer_journald(level, fields, n, NULL) == G_LOG_WRITER_HANDLED)
        return G_LOG_WRITER_HANDLED;

    const char *mark = (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) ? "error: "
                       : (level & G_LOG_LEVEL_WARNING)                      ? "warning: "
                                                                            : "";
    fprintf(stderr, "%s: %s%s\n", self->program, mark, message);
    fflush(stderr);
    return G_LOG_WRITER_HANDLED;
}

void
apd_log_setup(const char *program, bool debug)
{
    Logger *logger = g_new0(Logger, 1); /* the writer keeps it until the end */

    logger->program = g_strdup(program);
    logger->debug = debug;
    logger->journal = g_log_writer_is_journald(STDERR_FILENO);
    g_log_set_writer_func(write_log, logger, NULL);
}

void
apd_log(GLogLevelFlags level, const char *field, const char *value, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);

    const GLogField fields[] = {
        { "MESSAGE", message, -1 },
        { "PRIORITY", (level & G_LOG_LEVEL_WARNING) ? "4" : "5", -1 },
        { "SYSLOG_IDENTIFIER", "appeald", -1 },
        { field, value, -1 },
    };
    g_log_structured_array(level, fields, G_N_ELEMENTS(fields));
}

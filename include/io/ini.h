/* The one door to inih: files of "[section]" and "key = value" lines, strictly.
 *
 * Values have any length and are taken to the end of the line, " ;" and "#"
 * included (Debian's inih cuts both); comments are whole lines beginning with
 * ';' or '#'.  No continuation lines: an indented line is a line like others.
 * Every line that is wrong is told, not only the first.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* All strings are valid UTF-8, borrowed for the call, and stripped of blanks
 * at both ends.  Repeated sections and keys are called again each time: what
 * that means is for the caller to say. */
typedef struct {
    /* A "[section]" line; NULL when of no interest.  @section "store lanterns". */
    void (*section)(const char *section, int line, void *user_data);

    /* A "key = value" line.  @section is "" before the first section. */
    void (*entry)(const char *section, const char *key, const char *value, int line,
                  void *user_data);
} ApdIniEvents;

/* Reads the file at @path.  False when it cannot be read or has lines that are
 * no ini; each mistake is appended to @problems as a line "path:line: what is
 * wrong".  Good lines have been called even then, so that the caller can add
 * its own complaints and show all of them at once. */
bool apd_ini_read(const char *path, const ApdIniEvents *events, void *user_data, GString *problems);

/* The same for @size bytes in memory; @name stands for the path. */
bool apd_ini_read_text(const char *name, const char *text, size_t size, const ApdIniEvents *events,
                       void *user_data, GString *problems);

/* Appends a line "path:line: ..." to @problems; "path: ..." when @line is 0. */
void apd_ini_complain(GString *problems, const char *path, int line, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* Sets @error (APD_ERROR_CONFIG) to @problems without its last newline.
 * Returns: false when there were any, true (and no error) for an empty one. */
bool apd_ini_conclude(const GString *problems, GError **error);

/* Returns: (transfer full) (element-type filename): every *.conf of @dir, in
 * alphabetical order; empty when there is no such folder. */
GPtrArray *apd_ini_files(const char *dir);

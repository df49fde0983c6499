/* Many literals at once: where in a text does any of them stand?
 *
 * Nearly all words of the rules begin where a word begins, and a mail has few such places:
 * only there are those looked for, the others everywhere.  Measured on mails of 6 kB with all
 * rules, Hyperscan took as long, and 45 MB and half a second to get ready.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
    const char *text; /* borrowed for the life of the search; two bytes at least */
    bool starts;      /* begins where a word may begin, ... */
    bool ends;        /* ... ends where one may end (logic/prepared.h) */
} ApdLiteral;

typedef struct ApdLiterals ApdLiterals;

/* Called for literal number @literal ending before byte @end. */
typedef void (*ApdLiteralsFound)(unsigned literal, size_t end, void *user_data);

ApdLiterals *apd_literals_new(const ApdLiteral *literals, guint n);
void apd_literals_free(ApdLiterals *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdLiterals, apd_literals_free)

/* @text: prepared, with a NUL at both ends.  In the order of where they begin. */
void apd_literals_scan(const ApdLiterals *self, const char *text, size_t n, ApdLiteralsFound found,
                       void *user_data);

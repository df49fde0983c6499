/* Many literals at once: where does any of them end?
 *
 * A search of our own (a filter over the first bytes, then the candidates) is ready
 * at once; where Hyperscan is installed it takes over once there is much to scan.
 * Both find the same.
 */
#pragma once

#include <glib.h>
#include <stddef.h>

typedef struct ApdLiterals ApdLiterals;

typedef enum {
    APD_LITERALS_BEST,    /* Hyperscan once it pays, when there is one */
    APD_LITERALS_FASTEST, /* Hyperscan from the first scan */
    APD_LITERALS_PORTABLE,
} ApdLiteralsEngine;

/* Called for literal number @literal ending before byte @end. */
typedef void (*ApdLiteralsFound)(unsigned literal, size_t end, void *user_data);

/* @words: (element-type utf8): distinct, none empty; borrowed for the life of
 * the result. */
ApdLiterals *apd_literals_new(const GPtrArray *words, ApdLiteralsEngine engine);
void apd_literals_free(ApdLiterals *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdLiterals, apd_literals_free)

void apd_literals_scan(ApdLiterals *self, const char *text, size_t n, ApdLiteralsFound found,
                       void *user_data);

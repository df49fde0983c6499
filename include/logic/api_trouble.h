/* Things whose questions failed: how often in a row, and which of them is to be asked
 * for first again, so that none starves another.  Lives longer than a round.  Pure. */
#pragma once

#include <glib.h>

/* So often is no chance. */
#define APD_API_TROUBLE_STAYS 3

typedef struct ApdApiTrouble ApdApiTrouble;

ApdApiTrouble *apd_api_trouble_new(void);
void apd_api_trouble_free(ApdApiTrouble *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdApiTrouble, apd_api_trouble_free)

/* The question for @id failed.  Returns how often it did in a row. */
guint apd_api_trouble_note(ApdApiTrouble *self, const char *id);

/* It did not, or there is no such thing any more. */
void apd_api_trouble_forget(ApdApiTrouble *self, const char *id);

/* 0: there is none with @id; else the lower, the longer ago it was asked for. */
guint apd_api_trouble_rank(const ApdApiTrouble *self, const char *id);

/* A message decoded: headers that matter, text in blocks, links.
 *
 * Made by the decoder (io/mime.h) from hostile bytes and read by logic/.  All
 * text is valid UTF-8.  Hidden text has been left out.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/clock.h"

/* What a stretch of text is in the layout of the message. */
typedef enum {
    APD_BLOCK_TEXT,    /* a paragraph, or a line of one */
    APD_BLOCK_HEADING, /* h1-h6, or a short line all in bold */
    APD_BLOCK_ITEM,    /* an item of a list */
    APD_BLOCK_CELL,    /* a cell of a table that holds data */
    APD_BLOCK_BUTTON,  /* the words of a link that stands alone: a call to action */
} ApdBlockKind;

typedef struct {
    ApdBlockKind kind;
    int depth; /* 0: the sender's own words; 1 and more: quoted, forwarded or attached */
    int row;   /* cells of one row share a number; -1 outside tables */
    int column;
    char *text; /* owned */
} ApdBlock;

typedef struct {
    char *href;  /* owned; as written, entities decoded, blanks and controls removed */
    char *text;  /* owned; the words of the link, or the alt text of its image */
    char *lead;  /* owned; the last words before it, which often say what it is for */
    int depth;   /* as of blocks */
    bool button; /* stands alone or is drawn as a button: a call to action */
    bool drawn;  /* drawn as a button */
    bool image;  /* holds an image */
} ApdLink;

typedef struct ApdDocument ApdDocument;
struct ApdDocument {
    /* owned, decoded, NULL when absent */
    char *message_id; /* without the angle brackets; may lack an '@' */
    char *subject;
    char *from_name;
    char *from_address;
    char *sender_address; /* Sender: */
    char *reply_to_address;
    char *to_address; /* the first of To: */
    char *list_id;
    char *auto_submitted;
    char **from_domains;           /* of every From: address; more than one is suspicious */
    char **authentication_results; /* raw unfolded values, topmost first; never NULL */
    ApdTime date;                  /* Date:; APD_NEVER when absent or senseless */
    bool date_zone_known;          /* Date: carried a zone */
    bool has_dkim_signature;
    bool is_bulk;      /* List-Unsubscribe:, or Precedence: bulk or list */
    bool is_forwarded; /* hand-forwarded: subject prefix or forwarding header lines in the text */
    bool is_truncated; /* a limit cut something off */
    bool is_malformed; /* MIME broken enough that text was salvaged */

    GArray *blocks;      /* owned, element-type ApdBlock, in reading order */
    GArray *links;       /* owned, element-type ApdLink */
    GPtrArray *attached; /* owned, element-type ApdDocument: message/rfc822 parts */
    char **attachments;  /* owned: names of the other attached files; never NULL */
    char *charset;       /* owned: of the main text as it was decoded, for explain */
};

ApdDocument *apd_document_new(void);
void apd_document_free(ApdDocument *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdDocument, apd_document_free)

/* Appends; takes nothing, copies @text. */
void apd_document_add_block(ApdDocument *self, ApdBlockKind kind, int depth, int row, int column,
                            const char *text);
/* Before the link stand @n bytes at @before in its block; when they are few, the block
 * that was added last is taken in. */
void apd_document_add_link(ApdDocument *self, const char *href, const char *text,
                           const char *before, size_t n, int depth, bool button);

/* A link that has no words: @seen: drawn where people can press it, a call to action. */
void apd_document_add_lone_link(ApdDocument *self, const char *href, int depth, bool seen);

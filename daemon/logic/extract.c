#include "logic/extract.h"

#include <string.h>

#include "logic/extract_token.h"

#define MAX_LIST   200
#define MAX_TOKENS 2000
#define MAX_LABEL  40 /* bytes of a line that labels the one below it */

/* Letters between a cue and its number. */
#define BESIDE 4
#define NEAR   25
#define FAR    40

/* SORT_NUMBER: "no.", "ID": the noun beside it tells of what. */
typedef enum { SORT_OTHER, SORT_CASE, SORT_ORDER, SORT_PRODUCT, SORT_NUMBER } Sort;

typedef struct {
    const ApdInput *input;
    ApdVerdict *verdict;
    GPtrArray *orders;   /* owned elements */
    GPtrArray *products; /* owned elements */
    char *best;          /* owned: the case reference so far */
    int best_rank;
    Sort last; /* what the numbers of the list under way are */
    int last_segment;
    size_t last_end;
    int tokens; /* judged so far */
} Hunt;

/* What the words around a number say of it. */
typedef struct {
    Sort sort;
    int distance;   /* letters from the cue; FAR when there is none */
    size_t cue_end; /* where the cue before it ends */
    bool labelled;  /* by the label of its value */
} Cue;

/* One number under judgement. */
typedef struct {
    int segment;
    const ApdToken *token;
    const ApdToken *before; /* the token before it; NULL: none */
    const char *text;       /* as written */
    Cue cue;
} Number;

/* How far apart: letters, and one for each gap, however many dots lead through it. */
static int
letters_between(const char *text, size_t from, size_t to)
{
    int n = 0;

    for (size_t i = from; i < to; i++)
        if (apd_text_is_word_byte(text[i]))
            n += ((unsigned char) text[i] & 0xC0) != 0x80;
        else
            n += i == from || apd_text_is_word_byte(text[i - 1]);
    return n;
}

static bool
sort_of(const ApdInput *input, const ApdHit *hit, Sort *ret_sort)
{
    static const struct {
        const char *signal;
        Sort sort;
    } cues[] = { { "ref/case", SORT_CASE },
                 { "ref/order", SORT_ORDER },
                 { "ref/product", SORT_PRODUCT },
                 { "ref/other", SORT_OTHER },
                 { "ref/number", SORT_NUMBER } };
    const char *name = apd_matcher_name(apd_rules_matcher(input->rules), hit->signal);

    for (size_t k = 0; k < G_N_ELEMENTS(cues); k++)
        if (strcmp(name, cues[k].signal) == 0) {
            *ret_sort = cues[k].sort;
            return true;
        }
    return false;
}

/* What "no." at @start of @text numbers: the @noun right before it, else a case. */
static Sort
numbered(const char *text, const Cue *noun, size_t start)
{
    if (noun->distance >= FAR || start < noun->cue_end
        || letters_between(text, noun->cue_end, start) > 4
        || memchr(text + noun->cue_end, ',', start - noun->cue_end) != NULL
        || memchr(text + noun->cue_end, '(', start - noun->cue_end) != NULL)
        return SORT_CASE;

    return noun->sort;
}

/* The nearest cue that begins before @start (offset in the folded form) and ends there
 * or before, or holds the number too ("order #"); of two at one place the longer. */
static Cue
cue_before(const ApdInput *input, int segment, size_t start)
{
    const char *text = apd_text_at(input->text, (guint) segment)->folded;
    guint n, first = apd_hits_of_segment(input->hits, segment, &n);
    Cue cue = { SORT_OTHER, FAR, 0, false }, noun = cue;
    int length = 0;
    Sort sort;

    for (guint i = first; i < first + n; i++) {
        const ApdHit *hit = &g_array_index(input->hits, ApdHit, i);
        size_t end = MIN((size_t) hit->end, start);
        if ((size_t) hit->start >= start || start - end > 3 * FAR || !sort_of(input, hit, &sort))
            continue;
        int distance = letters_between(text, end, start);
        if (sort == SORT_NUMBER)
            sort = numbered(text, &noun, (size_t) hit->start);
        else if (end >= noun.cue_end)
            noun = (Cue){ sort, distance, end, false };
        if (distance > cue.distance
            || (distance == cue.distance && hit->end - hit->start <= length))
            continue;
        cue = (Cue){ sort, distance, end, false };
        length = hit->end - hit->start;
    }
    return cue;
}

/* "AE-123 numaralı dosya": the noun comes after its number. */
static Cue
cue_after(const ApdInput *input, int segment, size_t end)
{
    const char *text = apd_text_at(input->text, (guint) segment)->folded;
    guint n, first = apd_hits_of_segment(input->hits, segment, &n);
    Cue cue = { SORT_OTHER, FAR, 0, false };
    Sort sort;

    for (guint i = first; i < first + n; i++) {
        const ApdHit *hit = &g_array_index(input->hits, ApdHit, i);
        if ((size_t) hit->start < end || !sort_of(input, hit, &sort) || sort == SORT_NUMBER)
            continue;
        int distance = letters_between(text, end, (size_t) hit->start);
        if (distance > 14 || memchr(text + end, ',', (size_t) hit->start - end) != NULL
            || memchr(text + end, ':', (size_t) hit->start - end) != NULL)
            break;
        cue = (Cue){ sort, distance + 10, 0, false };
        break;
    }
    return cue;
}

/* The label of @token: beside its segment, or a short line above one that is nothing else (a list
 * of definitions).  -1: none. */
static int
label_of(const ApdInput *input, int at, const ApdToken *token)
{
    const ApdSegment *segment = apd_text_at(input->text, (guint) at);

    if (segment->pair >= 0 || at == 0 || token->start > 0 || token->end < segment->n)
        return segment->pair;
    const ApdSegment *above = apd_text_at(input->text, (guint) at - 1);
    bool names =
        above->n > 0 && above->n <= MAX_LABEL && strpbrk(above->folded, "0123456789.!?;,") == NULL;
    return names && above->zone != APD_ZONE_SUBJECT ? at - 1 : -1;
}

static Cue
cue_of(const ApdInput *input, int at, const ApdToken *token)
{
    Cue cue = cue_before(input, at, token->start);
    int pair = label_of(input, at, token);

    if (cue.distance > NEAR && pair >= 0) {
        const ApdSegment *label = apd_text_at(input->text, (guint) pair);
        Cue by_label = cue_before(input, pair, label->n);
        if (by_label.distance < FAR)
            return (Cue){ by_label.sort, 0, 0, true };
    }
    if (cue.distance > NEAR && (token->digits >= 3 || (token->digits == 2 && token->letters > 0))) {
        Cue after = cue_after(input, at, token->end);
        if (after.distance < FAR)
            return after;
    }
    return cue;
}

static void
add_once(GPtrArray *list, const char *text)
{
    for (guint i = 0; i < list->len; i++)
        if (strcmp(list->pdata[i], text) == 0)
            return;
    if (list->len < MAX_LIST)
        g_ptr_array_add(list, g_strdup(text));
}

static void
offer_case(Hunt *self, const char *text, int rank)
{
    if (rank <= self->best_rank)
        return;
    self->best_rank = rank;
    g_free(self->best);
    self->best = g_strdup(text);
}

static bool
is_first_number(const ApdSegment *segment, const ApdToken *token)
{
    return strcspn(segment->folded, "0123456789") >= token->start;
}

/* "AE 2026 0012", "4471 / 26": the parts of a reference that stand apart.
 * Returns: (transfer full). */
static char *
with_parts(const Hunt *self, const Number *number)
{
    const ApdSegment *segment = apd_text_at(self->input->text, (guint) number->segment);
    const ApdToken *token = number->token, *before = number->before;
    size_t length = number->cue.labelled && is_first_number(segment, token)
                        ? apd_token_whole_value(segment->shown)
                        : 0;
    if (length > 0)
        return g_strndup(segment->shown, length);

    g_autoptr(GString) whole = g_string_new(number->text);
    bool prefixed = false;

    if (before != NULL && before->start >= number->cue.cue_end && before->end + 1 == token->start
        && segment->folded[before->end] == ' '
        && (number->cue.labelled || before->start <= number->cue.cue_end + 4)
        && token->letters < 2) {
        size_t at = 0;
        g_autofree char *prefix = apd_token_shown(segment->shown, segment->folded, before, &at);
        prefixed = apd_token_is_prefix(prefix, before);
        if (prefixed) {
            g_string_prepend_c(whole, ' ');
            g_string_prepend(whole, prefix);
        }
    }

    size_t at = token->end;
    size_t end = at;
    ApdToken next;
    while (apd_token_next(segment->folded, segment->n, &at, &next) && next.letters == 0
           && next.marks == 0 && next.digits >= 2) {
        const char *gap = segment->folded + end;
        bool slash = g_str_has_prefix(gap, " / ") || g_str_has_prefix(gap, " - ");
        bool blank = *gap == ' ' && next.start == end + 1 && next.digits <= 6
                     && (prefixed || (number->cue.labelled && next.end == segment->n));
        if (!blank && !(slash && next.start == end + 3))
            break;
        g_string_append_len(whole, gap, (gssize) (next.end - end));
        end = next.end;
    }
    /* "ECH 24-778 (b)" */
    const char *tail = segment->folded + end;
    if (number->cue.distance <= 8 && strncmp(tail, " (", 2) == 0 && g_ascii_isalpha(tail[2])
        && tail[3] == ')')
        g_string_append_len(whole, tail, 4);
    return g_strdup(whole->str);
}

/* "Case number VN 2026 0045": capitals between the name and the digits. */
static bool
has_prefix_word(const Hunt *self, const Number *number)
{
    const ApdSegment *segment = apd_text_at(self->input->text, (guint) number->segment);
    const ApdToken *before = number->before;
    size_t at = 0;

    if (before == NULL || before->start < number->cue.cue_end
        || before->start > number->cue.cue_end + 5 || before->end + 1 != number->token->start
        || segment->folded[before->end] != ' ')
        return false;
    g_autofree char *word = apd_token_shown(segment->shown, segment->folded, before, &at);
    return apd_token_is_prefix(word, before);
}

static const char *
shown_of(const Hunt *self, const Number *number)
{
    return apd_text_at(self->input->text, (guint) number->segment)->shown;
}

/* "Case 4471", and no year. */
static bool
is_plain_number(const char *text, const ApdToken *token)
{
    return token->digits == 4 && token->letters + token->marks == 0 && strncmp(text, "19", 2) != 0
           && strncmp(text, "20", 2) != 0;
}

/* The number is called a case, a complaint, ...: how well. */
static void
judge_case(Hunt *self, const Number *number)
{
    const ApdToken *token = number->token;
    const Cue *cue = &number->cue;
    bool close = cue->labelled || cue->distance <= 3 || has_prefix_word(self, number);
    g_autofree char *docket = cue->labelled || cue->distance <= 9
                                  ? apd_token_court_docket(shown_of(self, number), number->text)
                                  : NULL;
    g_autofree char *parts = docket != NULL ? g_strdup(docket)
                             : close        ? with_parts(self, number)
                                            : g_strdup(number->text);
    g_autofree char *whole = apd_token_with_syllables(shown_of(self, number), parts);
    bool joined = strcmp(whole, number->text) != 0;
    int rank = 100 - cue->distance + (cue->labelled ? 30 : 0);

    if (apd_token_is_docket(number->text) && g_strcmp0(self->verdict->category, "ip.tro") == 0)
        rank += 200;
    else if (!apd_token_is_reference(number->text, token) && !(joined && token->digits >= 2)
             && !(close && apd_token_is_short_reference(number->text, token))
             && !(close && is_plain_number(number->text, token)))
        return;
    if (joined || (token->letters > 0 && token->digits >= 2))
        rank += 15;
    offer_case(self, whole, rank);
}

/* "[AE-77-1] Your store": nothing else stands in brackets in a subject. */
static bool
is_in_brackets(const ApdSegment *segment, const ApdToken *token)
{
    return token->start > 0 && strchr("[(", segment->folded[token->start - 1]) != NULL
           && segment->folded[token->end] != '\0'
           && strchr(")]", segment->folded[token->end]) != NULL;
}

static void
judge_unnamed(Hunt *self, const Number *number)
{
    const ApdSegment *segment = apd_text_at(self->input->text, (guint) number->segment);
    const ApdToken *token = number->token;
    bool subject = segment->zone == APD_ZONE_SUBJECT;

    if (apd_token_is_docket(number->text))
        offer_case(self, number->text,
                   g_strcmp0(self->verdict->category, "ip.tro") == 0 ? 220 : 20);
    /* "[#448812] Your store" */
    if (subject && token->letters == 0 && token->digits >= 5 && token->digits < 13
        && token->start >= 2 && strncmp(segment->shown, "[#", 2) == 0 && token->start <= 2)
        offer_case(self, number->text, 55);
    if (token->letters == 0 || !apd_token_is_reference(number->text, token))
        return;
    if (subject && is_in_brackets(segment, token))
        offer_case(self, number->text, 60);
    else if (token->digits >= 3 && token->end - token->start >= 6)
        offer_case(self, number->text, subject ? 30 : 20);
}

/* Whether only separators, or one short word, stand between it and the last number of
 * a list. */
static bool
continues_list(const Hunt *self, const Number *number)
{
    return self->last != SORT_OTHER && self->last_segment == number->segment
           && number->token->start >= self->last_end && number->token->start - self->last_end <= 8;
}

static Sort
judge_digits(Hunt *self, const Number *number)
{
    const Cue *cue = &number->cue;
    size_t n = number->token->end - number->token->start;
    bool near = cue->distance < FAR, close = cue->distance < 12;
    bool like_product = g_str_has_prefix(number->text, "1005") && n >= 13;
    bool like_order = n == 16 && !like_product;

    if (like_product && cue->sort != SORT_ORDER)
        return SORT_PRODUCT;
    if (like_order && (cue->sort == SORT_ORDER || !near || cue->sort == SORT_CASE))
        return SORT_ORDER;
    if (cue->sort == SORT_ORDER && close && n >= 8)
        return SORT_ORDER;
    if (cue->sort == SORT_PRODUCT && close && n >= 9)
        return SORT_PRODUCT;
    return n >= 8 && continues_list(self, number) ? self->last : SORT_OTHER;
}

static void
judge(Hunt *self, const Number *number)
{
    const ApdToken *token = number->token;
    const Cue *cue = &number->cue;
    Sort sort = SORT_OTHER;

    if (token->letters == 0 && token->marks == 0)
        sort = judge_digits(self, number);
    if (sort == SORT_PRODUCT)
        add_once(self->products, number->text);
    else if (sort == SORT_ORDER)
        add_once(self->orders, number->text);
    else if (apd_extract_is_tally(self->input, number->segment, token->start, token->end))
        return;
    else if (cue->sort == SORT_CASE && cue->distance <= NEAR)
        judge_case(self, number);
    else if (cue->distance >= FAR || (cue->sort != SORT_OTHER && token->letters > 0))
        judge_unnamed(self, number);
    /* "The mark AE-20260401-1" may be the complaint about it, where nothing else is, and the bill
     * of a deposit the demand for it; "invoice INV-2026-0099" elsewhere is just that. */
    else if ((cue->distance > BESIDE || g_str_has_prefix(self->verdict->category, "ip.")
              || strcmp(self->verdict->category, "account.deposit") == 0)
             && token->letters > 1 && token->marks > 0 && token->digits >= 8
             && apd_token_is_reference(number->text, token))
        offer_case(self, number->text, 12);
    if (sort == SORT_OTHER)
        return;
    self->last = sort;
    self->last_segment = number->segment;
    self->last_end = token->end;
}

static size_t
address_end(const ApdSegment *segment, const ApdToken *token)
{
    const char *text = segment->folded;
    const char *word = text + token->start;
    size_t end = token->end;

    if (!g_str_has_prefix(word, "http") && !g_str_has_prefix(word, "www.")
        && (token->start == 0 || text[token->start - 1] != '@') && text[end] != '@')
        return 0;
    while (end < segment->n && text[end] != ' ')
        end++;
    return end;
}

static void
look_through(Hunt *self, int at)
{
    const ApdSegment *segment = apd_text_at(self->input->text, (guint) at);
    size_t shown_at = 0, i = 0;
    ApdToken token, before;
    bool any = false;

    g_autofree char *document = apd_token_document_number(segment->shown);
    if (document != NULL)
        offer_case(self, document, 140);
    self->last = SORT_OTHER;
    for (; self->tokens < MAX_TOKENS && apd_token_next(segment->folded, segment->n, &i, &token);
         before = token, any = true) {
        size_t address = address_end(segment, &token);
        if (address > 0) {
            i = address;
            continue;
        }
        if (token.digits == 0)
            continue;
        g_autofree char *text = apd_token_shown(segment->shown, segment->folded, &token, &shown_at);
        Number number = { at, &token, any ? &before : NULL, text, cue_of(self->input, at, &token) };
        self->tokens++;
        judge(self, &number);
    }
}

static void
look_at_links(Hunt *self)
{
    const GArray *links = self->input->document->links;

    for (guint i = 0; i < links->len && i < MAX_LIST; i++) {
        const ApdLink *link = &g_array_index(links, ApdLink, i);
        const char *item = strstr(link->href, "/item/");
        size_t n = item != NULL ? strspn(item + 6, "0123456789") : 0;
        if (n >= 10 && n <= 20) {
            g_autofree char *product = g_strndup(item + 6, n);
            add_once(self->products, product);
        }
    }
}

static char **
take(GPtrArray *list)
{
    g_ptr_array_add(list, NULL);
    return (char **) g_ptr_array_free(list, FALSE);
}

void
apd_extract_references(const ApdInput *input, ApdVerdict *verdict)
{
    Hunt self = { .input = input,
                  .verdict = verdict,
                  .orders = g_ptr_array_new(),
                  .products = g_ptr_array_new(),
                  .best_rank = 10 };

    for (guint i = 0; i < input->text->segments->len; i++)
        if (apd_text_at(input->text, i)->depth == 0 || input->text->is_forward)
            look_through(&self, (int) i);
    look_at_links(&self);
    g_strfreev(verdict->orders);
    g_strfreev(verdict->products);
    verdict->orders = take(self.orders);
    verdict->products = take(self.products);
    verdict->case_ref = self.best;
    if (self.best != NULL)
        apd_verdict_add_evidence(verdict, "case_ref", self.best);
}

#include "logic/extract.h"

#include <string.h>

#define MAX_LIST   200
#define MAX_TOKENS 2000

typedef enum { SORT_OTHER, SORT_CASE, SORT_ORDER, SORT_PRODUCT } Sort;

typedef struct {
    const ApdInput *input;
    ApdVerdict *verdict;
    GPtrArray *orders;   /* owned elements */
    GPtrArray *products; /* owned elements */
    char *best;          /* owned: the case reference so far */
    int best_rank;
    Sort last; /* what the numbers of the list under way are */
    int last_segment;
    int tokens; /* judged so far */
} Hunt;

static bool
is_token_byte(const char *text, size_t i)
{
    char c = text[i];

    if (g_ascii_isalnum(c))
        return true;
    if (c == ':')
        return i > 0 && g_ascii_isdigit(text[i - 1]) && g_ascii_isdigit(text[i + 1]);
    return c != '\0' && strchr("-/_.#&", c) != NULL && i > 0 && g_ascii_isalnum(text[i - 1])
           && g_ascii_isalnum(text[i + 1]);
}

typedef struct {
    int digits, letters, marks;
    size_t n;
} Shape;

static Shape
shape_of(const char *token, size_t n)
{
    Shape shape = { 0, 0, 0, n };

    for (size_t i = 0; i < n; i++) {
        shape.digits += g_ascii_isdigit(token[i]);
        shape.letters += g_ascii_isalpha(token[i]);
        shape.marks += !g_ascii_isalnum(token[i]);
    }
    return shape;
}

/* Dates, times, amounts, addresses: never a reference. */
static bool
is_no_reference(const char *token, const Shape *shape)
{
    if (shape->digits < 2 || shape->n < 4 || shape->n > 60)
        return true;
    if (strstr(token, "://") != NULL || strstr(token, ".com") != NULL
        || strstr(token, ".example") != NULL || strstr(token, "www.") != NULL)
        return true;
    if (shape->letters == 0) {
        if (shape->marks == 0 && shape->digits < 5)
            return true;
        int dots = 0, dashes = 0;
        for (const char *p = token; *p != '\0'; p++) {
            dots += *p == '.' || *p == ':';
            dashes += *p == '-' || *p == '/';
        }
        if (dots > 0 || (dashes == 2 && shape->digits <= 8 && shape->n <= 10))
            return true;
    }
    return false;
}

static bool
is_docket(const char *token)
{
    const char *p = token + strspn(token, "0123456789");

    if (*p == ':')
        p += 1 + strspn(p + 1, "0123456789");
    return p - token <= 5 && g_ascii_strncasecmp(p, "-cv-", 4) == 0 && g_ascii_isdigit(p[4]);
}

/* What the words before @start (folded offset) say of the number there: the nearest cue
 * within a few words wins. */
static Sort
sort_by_cue(const ApdInput *input, int segment, int start, int *ret_distance, bool *ret_strong)
{
    static const struct {
        const char *signal;
        Sort sort;
    } cues[] = { { "ref/case", SORT_CASE },
                 { "ref/order", SORT_ORDER },
                 { "ref/product", SORT_PRODUCT },
                 { "ref/other", SORT_OTHER } };
    guint n, first = apd_hits_of_segment(input->hits, segment, &n);
    Sort sort = SORT_OTHER;
    int best = 40, length = 0;

    for (guint i = first; i < first + n; i++) {
        const ApdHit *hit = &g_array_index(input->hits, ApdHit, i);
        int distance = start - hit->end;
        if (distance < 0 || distance > best
            || (distance == best && hit->end - hit->start <= length))
            continue;
        const char *name = apd_matcher_name(apd_rules_matcher(input->rules), hit->signal);
        for (size_t k = 0; k < G_N_ELEMENTS(cues); k++) {
            if (strcmp(name, cues[k].signal) != 0)
                continue;
            best = distance;
            length = hit->end - hit->start;
            sort = cues[k].sort;
        }
    }
    *ret_distance = best;
    *ret_strong = best < 40;
    return sort;
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
offer_case(Hunt *self, const char *token, const Shape *shape, int rank)
{
    if (is_no_reference(token, shape) && !is_docket(token))
        return;
    if (is_docket(token))
        rank += self->verdict->category != NULL && strcmp(self->verdict->category, "ip.tro") == 0
                    ? 200
                    : 0;
    if (shape->letters > 0 && shape->digits >= 3)
        rank += 15;
    if (rank > self->best_rank) {
        self->best_rank = rank;
        g_free(self->best);
        self->best = g_strdup(token);
    }
}

static void
judge_token(Hunt *self, int at, const char *token, int start)
{
    const ApdSegment *segment = apd_text_at(self->input->text, (guint) at);
    Shape shape = shape_of(token, strlen(token));
    int distance, pair_distance;
    bool near, labelled = false;
    Sort sort = sort_by_cue(self->input, at, start, &distance, &near);

    if ((!near || distance > 25) && segment->pair >= 0) {
        const ApdSegment *label = apd_text_at(self->input->text, (guint) segment->pair);
        Sort by_label =
            sort_by_cue(self->input, segment->pair, (int) label->n, &pair_distance, &labelled);
        if (labelled) {
            sort = by_label;
            distance = 0;
            near = true;
        }
    }
    if (shape.digits < 2 || (!near && shape.digits < 6))
        return;

    bool number = shape.letters == 0 && shape.marks == 0;
    bool like_product = number && g_str_has_prefix(token, "1005") && shape.n >= 13;
    bool like_order = number && shape.n == 16 && !like_product;
    if (like_product && sort != SORT_ORDER)
        add_once(self->products, token);
    else if (like_order && (sort == SORT_ORDER || !near || sort == SORT_CASE))
        add_once(self->orders, token);
    else if (sort == SORT_ORDER && near && number && shape.n >= 8 && distance < 12)
        add_once(self->orders, token);
    else if (sort == SORT_PRODUCT && near && number && shape.n >= 9 && distance < 12)
        add_once(self->products, token);
    else if (number && self->last != SORT_OTHER && self->last_segment == at && shape.n == 16)
        add_once(self->last == SORT_PRODUCT ? self->products : self->orders, token);
    else if (sort == SORT_CASE && near && distance <= 25)
        offer_case(self, token, &shape, 100 - distance + (labelled ? 30 : 0));
    else if (!near && shape.letters > 0 && shape.digits >= 3 && shape.n >= 6)
        offer_case(self, token, &shape, 20);
    else
        return;
    self->last = like_product ? SORT_PRODUCT : like_order ? SORT_ORDER : SORT_OTHER;
    self->last_segment = at;
}

/* A token of the folded form as it was written.  @at: how far the tokens before it
 * have come in the shown form, where all stand in the same order. */
static char *
as_shown(const ApdSegment *segment, const char *token, size_t n, size_t *at)
{
    for (const char *p = segment->shown + *at; *p != '\0'; p++)
        if (g_ascii_tolower(*p) == g_ascii_tolower(*token)
            && g_ascii_strncasecmp(p, token, n) == 0) {
            *at = (size_t) (p - segment->shown) + n;
            return g_strndup(p, n);
        }

    return g_strndup(token, n);
}

static void
look_through(Hunt *self, int at)
{
    const ApdSegment *segment = apd_text_at(self->input->text, (guint) at);
    const char *text = segment->folded;
    size_t shown_at = 0;

    self->last = SORT_OTHER;
    for (size_t i = 0; i < segment->n && self->tokens < MAX_TOKENS;) {
        if (!g_ascii_isalnum(text[i])
            || (i > 0 && (unsigned char) text[i - 1] >= 0x80 && (unsigned char) text[i - 1] < 0xC0
                && text[i - 1] != ' ' && !g_ascii_isalnum(text[i]))) {
            i++;
            continue;
        }
        size_t end = i;
        while (end < segment->n && is_token_byte(text, end))
            end++;
        g_autofree char *folded = g_strndup(text + i, end - i);
        /* An address: not a word of the text. */
        bool address = strstr(folded, "://") != NULL || g_str_has_prefix(folded, "http")
                       || g_str_has_prefix(folded, "www.") || (i > 0 && text[i - 1] == '@')
                       || text[end] == '@';
        if (address) {
            while (end < segment->n && text[end] != ' ')
                end++;
        } else if (strpbrk(folded, "0123456789") != NULL) {
            g_autofree char *token = as_shown(segment, folded, end - i, &shown_at);
            self->tokens++;
            judge_token(self, at, token, (int) i);
        }
        i = MAX(end, i + 1);
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

char *
apd_extract_excerpt(const ApdInput *input)
{
    int best = 0, at = -1;

    for (guint i = 0; i < input->text->segments->len; i++) {
        const ApdSegment *segment = apd_text_at(input->text, i);
        int score = 0;
        guint n, first = apd_hits_of_segment(input->hits, (int) i, &n);
        if (segment->zone == APD_ZONE_SUBJECT || segment->zone == APD_ZONE_BUTTON)
            continue;
        for (guint k = first; k < first + n; k++) {
            const ApdHit *hit = &g_array_index(input->hits, ApdHit, k);
            const char *type = apd_rules_signal(input->rules, hit->signal)->type;
            score += strcmp(type, "act") == 0 ? 2 : strcmp(type, "category") == 0 ? 3 : 0;
        }
        if (apd_classify_factor(input, (int) i) > 0 && score > best) {
            best = score;
            at = (int) i;
        }
    }
    return at >= 0 ? g_strdup(apd_text_at(input->text, (guint) at)->shown) : NULL;
}

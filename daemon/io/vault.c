#include "io/vault.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#define PAGE       4096u
#define MAX_SECRET (16u * 1024) /* access tokens of some providers take several KiB */

/* At the head of each page; secrets follow. */
typedef struct {
    size_t size; /* a multiple of PAGE */
    size_t used; /* bytes given out */
    size_t live; /* secrets not yet dropped */
} Page;

struct ApdVault {
    GPtrArray *pages; /* element-type Page; the last one is filled */
};

static Page *
add_page(ApdVault *self, size_t room)
{
    size_t size = (sizeof(Page) + room + PAGE - 1) / PAGE * PAGE;
    Page *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (page == MAP_FAILED)
        g_error("out of memory");
    /* Best effort: RLIMIT_MEMLOCK may be small. */
    (void) mlock(page, size);
    (void) madvise(page, size, MADV_DONTDUMP);
    page->size = size;
    page->used = sizeof(Page);
    g_ptr_array_add(self->pages, page);
    return page;
}

static void
free_page(void *data)
{
    size_t size = ((const Page *) data)->size;

    explicit_bzero(data, size);
    munmap(data, size);
}

ApdVault *
apd_vault_new(void)
{
    ApdVault *self = g_new0(ApdVault, 1);

    self->pages = g_ptr_array_new_with_free_func(free_page);
    return self;
}

void
apd_vault_free(ApdVault *self)
{
    if (self == NULL)
        return;

    g_ptr_array_unref(self->pages);
    g_free(self);
}

const char *
apd_vault_store(ApdVault *self, const char *secret)
{
    size_t n = strlen(secret) + 1;
    Page *page = self->pages->len > 0 ? self->pages->pdata[self->pages->len - 1] : NULL;

    if (n > MAX_SECRET)
        return NULL;
    if (page == NULL || page->used + n > page->size)
        page = add_page(self, n);

    char *copy = (char *) page + page->used;
    memcpy(copy, secret, n);
    page->used += n;
    page->live++;
    return copy;
}

void
apd_vault_drop(ApdVault *self, const char *secret)
{
    for (guint i = 0; secret != NULL && i < self->pages->len; i++) {
        Page *page = self->pages->pdata[i];
        size_t offset = (size_t) (secret - (const char *) page);
        if (secret < (const char *) page || offset >= page->size)
            continue;
        explicit_bzero((char *) page + offset, strlen(secret));
        if (--page->live == 0)
            g_ptr_array_remove_index(self->pages, i);
        return;
    }
}

void
apd_vault_seal_process(void)
{
    (void) setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
    (void) prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

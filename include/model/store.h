/* A seller's store, as the configuration names it. */
#pragma once

typedef struct {
    char *name;       /* section [store NAME]; "" for the only, unnamed one */
    char *platform;   /* "aliexpress" */
    char *channel_id; /* as in backend links; NULL when not given */
} ApdStore;

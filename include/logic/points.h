/* Penalty points: the platform's four ledgers, what stands in each at a given
 * instant, and which sanction comes next.  Pure.
 *
 * Source: AliExpress penalty rules, revision of 2 April 2026.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"

typedef enum {
    APD_POINTS_IP_SEVERE,     /* counts strikes, not points */
    APD_POINTS_IP_PROHIBITED, /* general IP and prohibited goods together */
    APD_POINTS_TRADE,
    APD_POINTS_INFO,
    APD_N_POINTS_LEDGERS,
} ApdPointsLedger;

/* "ip-severe", "ip-prohibited", "trade", "info". */
const char *apd_points_ledger_name(ApdPointsLedger ledger);

/* Finds the ledger that @category (a key of the taxonomy) counts in.  @severe:
 * the notice calls the IP infringement severe.  False when it counts in none,
 * or in one that the category does not tell. */
bool apd_points_ledger_of(const char *category, bool severe, ApdPointsLedger *ret_ledger);

typedef struct {
    ApdPointsLedger ledger;
    int points; /* hundredths; of IP_SEVERE ignored: an entry is a complaint */
    ApdTime at; /* when they were given */
} ApdPointsEntry;

/* Returns: when points given at @at are gone: 365 days later, or the same date
 * of the next year in Beijing where that is later (29 February), for points
 * believed gone too early are the dangerous error. */
ApdTime apd_points_expiry(ApdTime at);

/* Sanctions, in the platform's order; texts are the alert writers' business. */
typedef enum {
    APD_SANCTION_NONE,
    APD_SANCTION_WARNING,
    APD_SANCTION_LISTING_3_DAYS,
    APD_SANCTION_FREEZE_7_DAYS,
    APD_SANCTION_FREEZE_14_DAYS,
    APD_SANCTION_FREEZE_30_DAYS,
    APD_SANCTION_FREEZE,
    APD_SANCTION_CLOSURE,
    APD_N_SANCTIONS,
} ApdSanction;

/* "warning", "listing-3-days", "freeze-7-days", ... "closure"; "none". */
const char *apd_sanction_name(ApdSanction sanction);

typedef struct {
    int total;            /* hundredths; strikes in hundredths too */
    ApdSanction reached;  /* of the highest threshold reached */
    int next;             /* hundredths: the next threshold; 0: there is none */
    ApdSanction sanction; /* at @next */
    ApdTime next_expiry;  /* when the oldest of them are gone; APD_NEVER: none stand */
    int expiring;         /* hundredths that go then */
} ApdPointsStanding;

/* @entries: any order, of all ledgers; those given after @now do not count. */
ApdPointsStanding apd_points_standing(ApdPointsLedger ledger, const ApdPointsEntry *entries,
                                      size_t n, ApdTime now);

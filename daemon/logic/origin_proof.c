#include "logic/origin_proof.h"

#include <string.h>

#include "logic/auth_results.h"

static bool
is_aligned(const ApdOriginContext *context, const char *from_host, const char *domain)
{
    g_autofree char *ours = g_strdup(apd_origin_registrable(context, from_host));

    return domain != NULL && *from_host != '\0'
           && strcmp(ours, apd_origin_registrable(context, domain)) == 0;
}

static void
weigh(const ApdOriginContext *context, const char *from_host, const ApdAuthResult *result,
      ApdOriginProof *proof)
{
    bool pass = strcmp(result->result, "pass") == 0;

    if (strcmp(result->method, "dmarc") == 0) {
        /* DMARC speaks of the domain of From:, also where it does not name it. */
        bool ours = result->domain == NULL || is_aligned(context, from_host, result->domain);
        proof->verified |= ours && pass && *from_host != '\0';
        proof->failed |= ours && strcmp(result->result, "fail") == 0;
    }
    if (strcmp(result->method, "dkim") == 0 && pass)
        proof->verified |= is_aligned(context, from_host, result->domain);
}

ApdOriginProof
apd_origin_prove(const ApdOriginContext *context, const ApdDocument *document,
                 const char *from_host)
{
    ApdOriginProof proof = { false, false, false };

    for (char **p = document->authentication_results; *p != NULL; p++) {
        g_autoptr(GPtrArray) results =
            context->authserv_id != NULL ? apd_auth_results_parse(*p, context->authserv_id) : NULL;
        ApdOriginProof found = { false, false, false };
        bool topmost = p == document->authentication_results;

        for (guint i = 0; results != NULL && i < results->len; i++)
            weigh(context, from_host, results->pdata[i], &found);
        /* Whoever sends the message can put headers below the topmost, in any name:
         * they may speak against him, never for him. */
        if (topmost && results == NULL)
            return proof;
        proof.known = true;
        proof.verified |= topmost && found.verified;
        proof.failed |= found.failed;
    }
    proof.verified &= !proof.failed;
    return proof;
}

#include "logic/digest.h"

#define NOW (1000 * APD_DAY)

static ApdAlert *
an_alert(int64_t id, ApdTime left)
{
    ApdAlert *alert = apd_alert_new();

    alert->type = APD_ALERT_CASE;
    alert->reason = APD_REASON_NEW;
    alert->severity = APD_SEVERITY_LOW;
    alert->key = g_strdup_printf("case/%d", (int) id);
    alert->kase = apd_case_new();
    alert->kase->id = id;
    alert->kase->deadline = left == APD_NEVER ? APD_NEVER : NOW + left;
    return alert;
}

static void
test_takes(void)
{
    g_autoptr(ApdAlert) alert = an_alert(1, 7 * APD_HOUR);

    g_assert_true(apd_digest_takes(alert, NOW));
    g_assert_false(apd_digest_takes(alert, NOW + 2 * APD_HOUR));
    alert->reason = APD_REASON_EXPIRED;
    g_assert_false(apd_digest_takes(alert, NOW));
    alert->reason = APD_REASON_STEP;
    alert->kase->authenticity = APD_AUTHENTICITY_FORGED;
    g_assert_false(apd_digest_takes(alert, NOW));
    alert->kase->authenticity = APD_AUTHENTICITY_UNVERIFIED;
    g_assert_true(apd_digest_takes(alert, NOW));
    alert->kase->state = APD_STATE_WON;
    g_assert_false(apd_digest_takes(alert, NOW));
    alert->kase->state = APD_STATE_OPEN;
    alert->kase->deadline = APD_NEVER;
    g_assert_true(apd_digest_takes(alert, NOW));
    alert->type = APD_ALERT_TEST;
    g_assert_false(apd_digest_takes(alert, NOW));
}

static void
free_alert(void *data)
{
    apd_alert_free(data);
}

static void
test_in_order(void)
{
    g_autoptr(GPtrArray) alerts = g_ptr_array_new_with_free_func(free_alert);

    g_ptr_array_add(alerts, an_alert(3, APD_NEVER));
    g_ptr_array_add(alerts, an_alert(1, 9 * APD_HOUR));
    g_ptr_array_add(alerts, an_alert(2, 8 * APD_HOUR));
    g_ptr_array_add(alerts, an_alert(2, 8 * APD_HOUR));
    ((ApdAlert *) alerts->pdata[2])->severity = APD_SEVERITY_HIGH;

    g_autoptr(ApdAlert) digest = apd_digest_make(alerts, NOW);
    g_assert_cmpint(digest->type, ==, APD_ALERT_SUMMARY);
    g_assert_cmpint(digest->severity, ==, APD_SEVERITY_HIGH);
    g_assert_cmpuint(digest->cases->len, ==, 3);
    for (guint i = 0; i < 3; i++)
        g_assert_cmpint(((const ApdCase *) digest->cases->pdata[i])->id, ==,
                        ((const int[]){ 2, 1, 3 })[i]);
}

static void
test_spare(void)
{
    for (ApdTime s = -120; s <= 120; s++) {
        ApdTime now = NOW + APD_HOUR + s * APD_SECOND;
        ApdTime at = apd_digest_spare(now, (uint32_t) s);
        ApdTime past = at % (30 * APD_MINUTE);

        g_assert_cmpint(at, >=, now);
        g_assert_cmpint(at - now, <=, APD_MINUTE);
        g_assert_true(past >= 20 * APD_SECOND && past < 30 * APD_MINUTE - 5 * APD_SECOND);
    }
    g_assert_cmpint(apd_digest_spare(NOW + APD_HOUR + 10 * APD_MINUTE, 7), ==,
                    NOW + APD_HOUR + 10 * APD_MINUTE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/digest/takes", test_takes);
    g_test_add_func("/digest/in-order", test_in_order);
    g_test_add_func("/digest/spare", test_spare);
    return g_test_run();
}

#include "clock.h"

#include <glib.h>

struct ApdAlarm {
    ApdTime at;
    void (*wake)(void *user_data);
    void *user_data; /* borrowed */
};

/* The one fact that a clock is. */
static struct {
    ApdTime now;
    ApdTime uptime;
    GPtrArray *alarms; /* owned; NULL: none were made yet */
} fake = { 0, 0, NULL };

ApdTime
apd_now(void)
{
    return fake.now;
}

ApdTime
apd_uptime(void)
{
    return fake.uptime;
}

ApdAlarm *
apd_alarm_new(void (*wake)(void *user_data), void *user_data)
{
    ApdAlarm *self = g_new0(ApdAlarm, 1);

    self->at = APD_NEVER;
    self->wake = wake;
    self->user_data = user_data;
    if (fake.alarms == NULL)
        fake.alarms = g_ptr_array_new();
    g_ptr_array_add(fake.alarms, self);
    return self;
}

void
apd_alarm_free(ApdAlarm *self)
{
    if (self == NULL)
        return;

    g_ptr_array_remove(fake.alarms, self);
    if (fake.alarms->len == 0)
        g_clear_pointer(&fake.alarms, g_ptr_array_unref);
    g_free(self);
}

void
apd_alarm_at(ApdAlarm *self, ApdTime when)
{
    self->at = when;
}

static ApdAlarm *
soonest(void)
{
    ApdAlarm *first = NULL;

    for (guint i = 0; fake.alarms != NULL && i < fake.alarms->len; i++) {
        ApdAlarm *alarm = fake.alarms->pdata[i];
        if (first == NULL || alarm->at < first->at)
            first = alarm;
    }
    return first;
}

void
fake_clock_advance(ApdTime by)
{
    ApdTime end = fake.now + by;
    ApdAlarm *alarm;

    for (int wakes = 0; (alarm = soonest()) != NULL && alarm->at <= end; wakes++) {
        g_assert_cmpint(wakes, <, 100000); /* somebody asks for now, for ever */
        if (alarm->at > fake.now) {
            fake.uptime += alarm->at - fake.now;
            fake.now = alarm->at;
        }
        alarm->at = APD_NEVER;
        alarm->wake(alarm->user_data);
    }
    fake.uptime += end - fake.now;
    fake.now = end;
}

void
fake_clock_set(ApdTime now)
{
    fake.now = now;
    for (guint i = 0; fake.alarms != NULL && i < fake.alarms->len; i++) {
        ApdAlarm *alarm = fake.alarms->pdata[i];
        alarm->wake(alarm->user_data);
    }
}

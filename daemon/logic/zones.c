#include "logic/zones.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    char *name;      /* owned */
    GTimeZone *zone; /* owned */
} Zone;

struct ApdZones {
    GArray *zones; /* element-type Zone */
};

static void
zone_clear(void *data)
{
    Zone *zone = data;
    g_free(zone->name);
    g_time_zone_unref(zone->zone);
}

ApdZones *
apd_zones_new(void)
{
    ApdZones *self = g_new0(ApdZones, 1);
    self->zones = g_array_new(FALSE, FALSE, sizeof(Zone));
    g_array_set_clear_func(self->zones, zone_clear);

    /* Without tzdata China is still UTC+8: it has had no summer time since 1991. */
    if (apd_zones_intern(self, "Asia/Shanghai") < 0) {
        Zone zone = { g_strdup("Asia/Shanghai"), g_time_zone_new_offset(8 * 3600) };
        g_array_append_val(self->zones, zone);
    }
    return self;
}

void
apd_zones_free(ApdZones *self)
{
    if (self == NULL)
        return;
    g_array_unref(self->zones);
    g_free(self);
}

static bool
parse_offset(const char *name, int *ret_minutes)
{
    if ((name[0] != '+' && name[0] != '-') || strlen(name) != 6 || name[3] != ':')
        return false;
    for (int i = 1; i < 6; i++)
        if (i != 3 && !g_ascii_isdigit(name[i]))
            return false;
    int minutes = atoi(name + 1) * 60 + atoi(name + 4);
    *ret_minutes = name[0] == '-' ? -minutes : minutes;
    return minutes <= 14 * 60;
}

int
apd_zones_intern(ApdZones *self, const char *name)
{
    int minutes;
    if (parse_offset(name, &minutes))
        return APD_ZONE_OFFSET + minutes;

    for (guint i = 0; i < self->zones->len; i++)
        if (strcmp(g_array_index(self->zones, Zone, i).name, name) == 0)
            return (int) i;

    GTimeZone *zone = g_time_zone_new_identifier(name);
    if (zone == NULL)
        return -1;
    Zone entry = { g_strdup(name), zone };
    g_array_append_val(self->zones, entry);
    return (int) self->zones->len - 1;
}

static bool
is_offset(int zone)
{
    return zone >= APD_ZONE_OFFSET - 24 * 60;
}

char *
apd_zones_name(const ApdZones *self, int zone)
{
    if (!is_offset(zone))
        return g_strdup(g_array_index(self->zones, Zone, MAX(zone, 0)).name);
    int minutes = zone - APD_ZONE_OFFSET;
    return g_strdup_printf("UTC%c%02d:%02d", minutes < 0 ? '-' : '+', abs(minutes) / 60,
                           abs(minutes) % 60);
}

static int
offset_in_interval(GTimeZone *zone, int interval)
{
    return g_time_zone_get_offset(zone, interval);
}

/* Seconds east of UTC at the civil time @local (seconds since the epoch as if
 * it were UTC). */
static int
offset_at_local(GTimeZone *zone, int64_t local)
{
    /* The offset half a day before or after is the one before or after any
     * change near by; the greater offset gives the earlier instant. */
    int before = offset_in_interval(
        zone, g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, local - 86400));
    int after = offset_in_interval(
        zone, g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, local + 86400));
    if (before == after)
        return before;

    int greater = MAX(before, after), lesser = MIN(before, after);
    int at = offset_in_interval(
        zone, g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, local - greater));
    if (at == greater)
        return greater;
    at = offset_in_interval(zone,
                            g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, local - lesser));
    return at == lesser ? lesser : before;
}

ApdTime
apd_zones_instant(const ApdZones *self, int zone, ApdDay day, ApdClockTime time)
{
    int64_t local = apd_day_number(day) * 86400 + time.hour * 3600 + time.minute * 60 + time.second;
    if (is_offset(zone))
        return (local - (zone - APD_ZONE_OFFSET) * 60) * APD_SECOND;
    GTimeZone *rules = g_array_index(self->zones, Zone, MAX(zone, 0)).zone;
    return (local - offset_at_local(rules, local)) * APD_SECOND;
}

ApdDay
apd_zones_day(const ApdZones *self, int zone, ApdTime when)
{
    int64_t seconds = when / APD_SECOND - (when % APD_SECOND < 0);
    if (is_offset(zone)) {
        seconds += (zone - APD_ZONE_OFFSET) * 60;
    } else {
        GTimeZone *rules = g_array_index(self->zones, Zone, MAX(zone, 0)).zone;
        seconds += offset_in_interval(
            rules, g_time_zone_find_interval(rules, G_TIME_TYPE_UNIVERSAL, seconds));
    }
    return apd_day_from_number(seconds / 86400 - (seconds % 86400 < 0));
}

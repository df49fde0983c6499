/* When the network may have come back: an address or a link changed (rtnetlink, or
 * NetworkManager's word where the service manager allows no netlink), or the
 * machine woke from suspend.  That is the moment to look for mail rather
 * than to wait for timers and dead connections.
 */
#pragma once

#include <glib.h>

typedef struct ApdNetwork ApdNetwork;

/* @changed is called from the main context, once for a burst of changes.
 * Returns: never NULL; where the kernel gives no such news it stays quiet. */
ApdNetwork *apd_network_new(void (*changed)(void *user_data), void *user_data);
void apd_network_free(ApdNetwork *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdNetwork, apd_network_free)

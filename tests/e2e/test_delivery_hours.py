"""Full and half hours, when everybody's timers go off at a service that asks to be spared
then: what can wait is told a little later, what is due soon at once."""

import os
import re
import subprocess
import time
import unittest

import harness
from channels import Daemon
from harness import wait_for

HALF_HOUR, HOUR = 1800, 3600


class HoursTest(Daemon):
    @classmethod
    def add_channels(cls):
        for kind in ("feishu", "lark", "slack"):
            cls.add_peer(kind, kind, "critical")

    def start_before_half_past(self, seconds):
        """A clock by which it is @seconds before a full or half hour."""
        preload = os.path.join(self.folder, "preload_clock.so")
        if not os.path.exists(preload):
            subprocess.run(["gcc", "-D_GNU_SOURCE", "-shared", "-fPIC", "-O1", "-o", preload,
                            os.path.join(harness.ROOT, "tests/fake/preload_clock.c"), "-ldl"], check=True)
        self.ahead = int(HALF_HOUR - seconds - time.time() % HALF_HOUR)
        self.appeald.start(LD_PRELOAD=preload, APPEALD_CLOCK_AHEAD=str(self.ahead),
                           ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0")

    def live_by_it(self, peer):
        """The service has that clock, too: signatures are of its time."""
        check = peer.check

        def shifted(call):
            call.at += self.ahead
            try:
                check(call)
            finally:
                call.at -= self.ahead

        peer.check = shifted

    def into(self, call):
        """Seconds since the last full or half hour, by that clock; negative shortly before one."""
        into = (call.at + self.ahead) % HALF_HOUR
        return into if into < HALF_HOUR / 2 else into - HALF_HOUR

    def test_half_past(self):
        self.appeald.kill()
        for kind in self.peers:
            self.owe(kind, "--severity", "low", "--seconds", str(4 * HOUR))
            for left in range(20, 27):
                self.owe(kind, "--severity", "low", "--seconds", str(left * HOUR))
            self.live_by_it(self.peers[kind])
        self.start_before_half_past(3)
        wait_for(lambda: not self.rows("SELECT 1 FROM deliveries WHERE state = 'owed'"), 90,
                 lambda: f"all told: {self.rows('SELECT channel, state, next_try, last_error FROM deliveries')}")
        for kind, peer in self.peers.items():
            self.assertEqual(peer.violations, [])
            urgent, digest = peer.taken
            self.assertEqual(len(set(re.findall("[#\uff03](\\d+)", urgent.shown.text))), 1)
            self.assertLess(self.into(urgent), 5, f"{kind}: what is due soon goes at once")
            if kind == "slack":
                self.assertLess(self.into(digest), 6, "it does not ask for it")
            else:
                self.assertTrue(15 < self.into(digest) < 80, f"{kind}: {self.into(digest)} s after the half hour")


if __name__ == "__main__":
    unittest.main()

"""Services that take only so many, that ask for a pause, and that were away:
nobody is told too fast, nobody is asked in vain, and the most urgent is first."""

import re
import time
import unittest

import samples
from channels import Daemon
from harness import pause, wait_for
from peers import KINDS, PEERS
from peers.base import Say

RATED = [kind for kind in KINDS if PEERS[kind].rate]


def numbers(call):
    """The cases that a message tells of."""
    return [int(n) for n in re.findall("[#\uff03](\\d+)", call.shown.text)]


class RatesTest(Daemon):
    """Thirty alerts at once to every service that counts."""

    @classmethod
    def add_channels(cls):
        for kind in RATED:
            cls.add_peer(kind, kind, "critical").keep_rate = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.appeald.kill()
        cls.owed = {kind: cls.owe_at(kind, range(90, 60, -1)) for kind in RATED}
        # Feishu's and Lark's digests wait from 5 s before to 20 s after full and half hours
        # (tests/unit/test_digest.c); the first must go within 15 s.
        wait_for(lambda: (time.time() + 20) % 1800 >= 40, 60, "no full or half hour is near")
        cls.begun = time.time()
        cls.appeald.start()

    def told(self, kind):
        return [number for call in list(self.peers[kind].taken) for number in numbers(call)]

    def check(self, kind):
        peer = self.peers[kind]
        wait_for(lambda: set(self.told(kind)) >= set(self.owed[kind]), 90,
                 lambda: f"{kind}: {len(set(self.told(kind)))} of 30 told in {len(peer.taken)} messages")
        self.assertEqual(peer.violations, [])
        self.assertEqual(len(peer.too_fast), 0, f"{kind}: {peer.rate} are allowed")
        self.assertLess(peer.calls[0].at - self.begun, 15, f"{kind}: the first one at once")
        # The soonest deadline is told in the first message.
        self.assertIn(self.owed[kind][-1], numbers(peer.taken[0]), kind)


for one in RATED:
    setattr(RatesTest, f"test_{one}", lambda self, kind=one: self.check(kind))


class PauseTest(Daemon):
    """Who says "in eight seconds" hears nothing for eight seconds."""

    @classmethod
    def add_channels(cls):
        for kind in ("webhook", "slack", "telegram"):
            cls.add_peer(kind, kind, "critical")

    def test_pause(self):
        asked = {"webhook": Say(429, "", {"Retry-After": "8"}), "slack": Say(429, "", {"Retry-After": "8"}),
                 "telegram": Say(429, {"ok": False, "error_code": 429, "description": "Too Many Requests: retry after 8",
                                       "parameters": {"retry_after": 8}})}
        for kind, say in asked.items():
            self.peers[kind].script.append(say)
            for _ in range(5):
                self.owe(kind, "--severity", "low")
        for kind in asked:
            wait_for(lambda: not self.rows("SELECT 1 FROM deliveries WHERE state = 'owed' AND channel = ?", kind), 60, kind)
            calls = self.peers[kind].calls
            refused = next(call for call in calls if not call.taken)
            after = [call.at for call in calls if call.at > refused.at]
            self.assertGreaterEqual(min(after) - refused.at, 7.9, f"{kind}: asked for a pause of 8 s")


class OutageTest(Daemon):
    """A service is away for a while; then the most urgent is told first, though it was tried most often."""

    @classmethod
    def add_channels(cls):
        cls.add_peer("webhook", "hook", "critical")

    def test_outage(self):
        peer = self.peers["hook"]
        peer.always = Say(503)
        owed = self.owe_at("hook", range(90, 70, -1))
        begun = time.time()
        pause(12)
        self.assertLess(len(peer.calls), 20, "not each alert knocks at a closed door")
        peer.always = None
        wait_for(lambda: not self.rows("SELECT 1 FROM deliveries WHERE state = 'owed'"), 60, "all told")
        told = [kase["id"] for call in peer.taken for kase in (call.json["data"].get("cases") or [call.json["data"]["case"]])]
        self.assertEqual(told, owed[::-1], "the order of deadlines")
        self.assertLess(peer.taken[0].at - begun, 40, "soon after it is back")


if __name__ == "__main__":
    unittest.main()

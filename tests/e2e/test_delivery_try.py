"""`appealctl test`: what the service answered, masked; within its rate and its bans, which
it shares with the running appeald; in the channel's language."""

import time
import unittest

from channels import Daemon
from harness import pause, wait_for
from peers.base import Say

BAN = Say(200, {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"})


class TryTest(Daemon):
    @classmethod
    def add_channels(cls):
        for name, kind in (("slack", "slack"), ("telegram", "telegram"), ("zh", "slack"), ("robot", "dingtalk"), ("banned", "dingtalk"),
                           ("wecom", "wecom"), ("discord", "discord"), ("paused", "webhook"), ("echo", "gotify"), ("teams", "teams")):
            cls.add_peer(kind, name, "critical")
            if name == "zh":
                cls.sections[-1] += "language = zh\n"

    def destination(self, name, full=0, closed=0):
        """As the daemon writes it."""
        import sqlite3
        database = sqlite3.connect(self.appeald.ledger, timeout=20)
        with database:
            database.execute("INSERT INTO destinations (channel, full, closed) VALUES (?1, ?2, ?3) ON CONFLICT (channel)"
                             " DO UPDATE SET full = ?2, closed = ?3", (name, int(full * 1e6), int(closed * 1e6)))
        database.close()

    def test_what_was_answered(self):
        for name, words in (("slack", "HTTP 200: ok"), ("telegram", '"ok": true'), ("discord", '"type": 0'), ("teams", "HTTP 202")):
            status, said = self.appeald.ctl("test", name)
            self.assertEqual(status, 0, said)
            self.assertIn("taken", said)
            self.assertIn(words, said)

    def test_secrets_are_masked(self):
        peer = self.peers["echo"]
        peer.script.append(Say(200, {"id": 1, "message": f"for {peer.token}"}))
        status, said = self.appeald.ctl("test", "echo")
        self.assertIn("for ***", said)
        self.assertNotIn(peer.token, said)

    def test_the_language_of_the_channel(self):
        self.assertEqual(self.appeald.ctl("test", "zh")[0], 0)
        self.assertIn("测试", self.peers["zh"].taken[-1].shown.text)

    def test_a_rate_that_is_used_up(self):
        """A few seconds are waited for."""
        peer = self.peers["wecom"]
        begun = time.time()
        self.destination("wecom", full=begun + 3 * 4)  # of a burst of three, each takes four seconds
        status, said = self.appeald.ctl("test", "wecom")
        self.assertEqual(status, 0, said)
        self.assertIn("waits until ", said)
        self.assertGreater(peer.calls[-1].at - begun, 3.9)

    def test_a_ban(self):
        """Whoever comes back at once, stays out for longer."""
        self.destination("banned", closed=time.time() + 600)
        status, said = self.appeald.ctl("test", "banned")
        self.assertEqual(status, 1, said)
        self.assertIn("waits until ", said)
        self.assertIn("asked for a pause", said)
        self.assertEqual(self.peers["banned"].calls, [])

    def test_a_ban_that_the_test_was_told_of(self):
        peer = self.peers["robot"]
        peer.always = BAN
        status, said = self.appeald.ctl("test", "robot")
        self.assertEqual(status, 1, said)
        self.assertIn("130101", said)
        self.owe("robot", "--severity", "low")
        pause(3)
        self.assertEqual(len(peer.calls), 1, "nothing within the ban, by whomever")
        self.assertIn("waits until ", self.appeald.ctl("test", "robot")[1])
        peer.always = None
        self.appeald.reload()  # a person says so
        wait_for(lambda: self.delivery("robot")[0] == "done", 20, lambda: f"told after all: {self.delivery('robot')}")

    def test_a_rate_that_both_use(self):
        peer = self.peers["zh"]
        peer.keep_rate = True
        for _ in range(3):
            status, said = self.appeald.ctl("test", "zh")
            self.assertEqual(status, 0, said)
            calls = len(peer.calls)
            self.owe("zh", "--severity", "low", "--seconds", "3600")
            wait_for(lambda calls=calls: len(peer.calls) > calls, 20, what="told at the pace that both keep")
        wait_for(lambda: not self.rows("SELECT 1 FROM deliveries WHERE channel = 'zh' AND state = 'owed'"), 20, "told")
        self.assertEqual(peer.too_fast, [])

    def test_a_pause_of_a_service_without_a_rate(self):
        peer = self.peers["paused"]
        peer.script.append(Say(429, "", {"Retry-After": "4"}))
        begun = time.time()
        self.assertEqual(self.appeald.ctl("test", "paused")[0], 1)
        status, said = self.appeald.ctl("test", "paused")
        self.assertEqual(status, 0, said)
        self.assertGreater(peer.calls[-1].at - begun, 3.9)


if __name__ == "__main__":
    unittest.main()

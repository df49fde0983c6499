"""What a service asked for holds through a restart: a pause, a rate used up, a group that moved."""

import time
import unittest

from channels import Daemon
from harness import pause, wait_for
from peers.base import Say

BAN = Say(200, {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"})
OLD, NEW = "-1001234567890", "-1009876543210"
MOVED = Say(400, {"ok": False, "error_code": 400, "description": "Bad Request: group chat was upgraded to a supergroup chat",
                  "parameters": {"migrate_to_chat_id": int(NEW)}})


class RestartTest(Daemon):
    @classmethod
    def add_channels(cls):
        for kind in ("dingtalk", "slack", "telegram", "wecom"):
            cls.add_peer(kind, kind, "critical")

    def again(self, kill=True):
        (self.appeald.kill if kill else self.appeald.stop)()
        self.appeald.start()

    def owed(self, kind):
        return self.rows("SELECT count(*) FROM deliveries WHERE state = 'owed' AND channel = ?", kind)[0][0]

    def test_a_ban(self):
        """Ten minutes of DingTalk: whoever comes back at once, stays out for longer."""
        peer = self.peers["dingtalk"]
        peer.always = BAN
        self.owe("dingtalk", "--severity", "low")
        wait_for(lambda: self.delivery("dingtalk")[1] == 1, 20, "banned")
        for kill in (True, False):
            self.again(kill)
            self.owe("dingtalk", "--severity", "low")  # news would knock at a gate that is only down
            pause(3)
            self.assertEqual(len(peer.calls), 1, "nothing within the ban")
        peer.always = None
        self.appeald.reload()  # a person says so
        wait_for(lambda: self.owed("dingtalk") == 0, 40, "told after all")

    def test_a_pause(self):
        peer = self.peers["slack"]
        peer.script.append(Say(429, "", {"Retry-After": "12"}))
        self.owe("slack", "--severity", "low")
        wait_for(lambda: self.delivery("slack")[1] == 1, 20, "asked for a pause")
        self.again()
        self.owe("slack", "--severity", "low")
        wait_for(lambda: self.owed("slack") == 0, 40, "told")
        refused, first, *_ = peer.calls
        self.assertGreaterEqual(first.at - refused.at, 11.9)

    def test_a_rate(self):
        """Twenty a minute are twenty a minute, however often we begin anew."""
        peer = self.peers["wecom"]
        peer.keep_rate = True
        for _ in range(8):
            for _ in range(3):
                self.owe("wecom", "--severity", "low", "--seconds", "3600")  # due soon: each alone
            wait_for(lambda: len(peer.calls) > 0, 20, "the first")
            pause(0.5)
            self.again()
        self.assertEqual(len(peer.too_fast), 0, f"{peer.rate} are allowed")

    def test_a_group_that_moved(self):
        peer = self.peers["telegram"]
        peer.script.append(MOVED)
        peer.body = peer.body | {"chat_id": int}
        self.owe("telegram", "--severity", "low")
        wait_for(lambda: self.owed("telegram") == 0, 40, "told in the new place")
        self.again()
        self.owe("telegram", "--severity", "low")
        wait_for(lambda: self.owed("telegram") == 0, 40, "told again")
        self.assertEqual([str(call.json["chat_id"]) for call in peer.calls], [OLD, NEW, NEW])
        self.assertIn(f"set chat = {NEW}", " ".join(self.appeald.ctl("status")[1].split()))
        status, words = self.appeald.ctl("test", "telegram")
        self.assertEqual((status, str(peer.calls[-1].json["chat_id"])), (0, NEW), words)

        with open(self.appeald.config) as file:
            config = file.read()
        with open(self.appeald.config, "w") as file:
            file.write(config.replace(f"chat = {OLD}", "chat = -1005555555555"))
        self.appeald.reload()
        self.owe("telegram", "--severity", "low")
        wait_for(lambda: self.owed("telegram") == 0, 40, "told where the configuration says")
        self.assertEqual(str(peer.calls[-1].json["chat_id"]), "-1005555555555")
        self.assertNotIn(NEW, self.appeald.ctl("status")[1])


if __name__ == "__main__":
    unittest.main()

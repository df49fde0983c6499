"""An integration of Rocket.Chat that posts to several rooms: who has an alert is not told again
because another room does not take it, and that room is told as soon as it does."""

import unittest

from channels import Daemon
from harness import wait_for


class RoomsTest(Daemon):
    @classmethod
    def add_channels(cls):
        cls.told = cls.add_peer("webhook", "told")
        for name in ("chat", "fixed", "closed"):
            cls.add_peer("rocketchat", name, "critical").rooms = {"#team": None, "#boss": "error-not-allowed", "@seller": None}
        cls.peers["fixed"].overrides = False
        cls.peers["closed"].rooms = {"#team": "error-not-allowed", "#boss": "error-not-allowed"}

    def posted(self, name):
        return [room for room, _ in self.peers[name].posted]

    def refusals(self):
        return [call.json["data"]["subject"] for call in list(self.told.taken) if call.json["data"]["alert"] == "refused"]

    def owe_and_wait(self, name):
        self.owe(name, "--severity", "low")
        wait_for(lambda: self.delivery(name)[1] == 1, 20, lambda: f"a verdict: {self.delivery(name)}")
        wait_for(lambda: any(name in subject for subject in self.refusals()), 20, "told of on another channel")

    def again(self, name, attempts):
        """A person says so."""
        self.appeald.reload()
        wait_for(lambda: self.delivery(name)[1] >= attempts or self.delivery(name)[0] == "done", 20, lambda: f"{self.delivery(name)}")

    def test_one_room_does_not_take_it(self):
        peer = self.peers["chat"]
        self.owe_and_wait("chat")
        self.assertEqual(sorted(self.posted("chat")), ["#team", "@seller"])
        self.assertIn("chat (#boss)", self.refusals())
        self.assertRegex(self.delivery("chat")[3], "^refused: not to #boss: error-not-allowed")
        for attempts in (2, 3):
            self.again("chat", attempts)
            self.assertEqual(sorted(self.posted("chat")), ["#team", "@seller"], "the others are not told again")
        self.assertEqual(self.refusals().count("chat"), 0, "the channel itself refuses nothing")
        peer.rooms["#boss"] = None
        self.again("chat", 4)
        self.assertEqual(self.delivery("chat")[0], "done")
        self.assertEqual(sorted(self.posted("chat")), ["#boss", "#team", "@seller"])
        self.assertEqual(peer.violations, [])
        self.owe("chat", "--severity", "low")
        wait_for(lambda: len(peer.posted) == 6, 20, "the next goes to all")

    def test_an_integration_that_may_name_no_room(self):
        self.owe_and_wait("fixed")
        for attempts in (2, 3):
            self.again("fixed", attempts)
            self.assertEqual(sorted(self.posted("fixed")), ["#team", "@seller"], "the others are not told again")
        self.assertIn("override", self.delivery("fixed")[3])
        self.peers["fixed"].overrides = True
        self.peers["fixed"].rooms["#boss"] = None
        self.again("fixed", 4)
        self.assertEqual(sorted(self.posted("fixed")), ["#boss", "#team", "@seller"])

    def test_no_room_takes_it(self):
        peer = self.peers["closed"]
        peer.overrides = False  # nothing need be overridden: nobody has it
        self.owe_and_wait("closed")
        self.assertEqual(self.posted("closed"), [])
        peer.rooms = dict.fromkeys(peer.rooms)
        self.again("closed", 3)
        self.assertEqual(sorted(self.posted("closed")), ["#boss", "#team"])


if __name__ == "__main__":
    unittest.main()

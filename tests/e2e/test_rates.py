"""How fast a service is told, and how a burst becomes one message."""

import os
import re
import sqlite3
import subprocess
import tempfile
import unittest

from harness import BUILD, Answer, Appeald, WebhookPeer, make_maildir, wait_for, write_private

HOUR = 3600


class RatesTest(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-rates-"))
        self.maildir = make_maildir(os.path.join(self.folder, "mail"))

    def channel(self, kind, **more):
        self.peer = WebhookPeer(kind)
        self.addCleanup(self.peer.close)
        write_private(os.path.join(self.folder, "chat.url"), self.peer.url + "\n")
        config = (f"[maildir synced]\npath = {self.maildir}\n"
                  f"[channel chat]\ntype = {kind}\nurl-file = chat.url\n")
        if kind == "webhook":
            write_private(os.path.join(self.folder, "chat.secret"), "whsec_" + "QUFB" * 10 + "\n")
            config += "secret-file = chat.secret\n"
        self.appeald = Appeald(config, self.folder)
        self.addCleanup(self.appeald.close)
        self.appeald.start()
        wait_for(lambda: os.path.exists(self.appeald.ledger), what="ledger")
        self.appeald.stop()

    def owe(self, *options):
        done = subprocess.run([os.path.join(BUILD, "tests/fake/prog_owe"), self.appeald.ledger, "chat", *options],
                              check=True, stdout=subprocess.PIPE, timeout=60)
        return int(done.stdout)

    def states(self):
        database = sqlite3.connect(self.appeald.ledger, timeout=10)
        try:
            return [state for state, in database.execute("SELECT state FROM deliveries")]
        finally:
            database.close()

    def wait_all_done(self):
        wait_for(lambda: set(self.states()) == {"done"}, 60, "all taken")

    def told(self, request):
        """Cases in the order in which a message names them."""
        numbers = []
        for number in re.findall(r"#(\d+)", request.json["text"]):
            numbers += [int(number)] if int(number) not in numbers else []
        return numbers

    def test_burst_becomes_digests_in_order_of_deadlines(self):
        self.channel("slack")
        hours = [90, 20, 70, 10, 50, 30, 80, 40, 60, 3, 100, 110]
        cases = {self.owe("--seconds", str(left * HOUR)): left for left in hours}
        self.appeald.start()
        self.wait_all_done()

        told = [self.told(request) for request in self.peer.requests]
        self.assertEqual([cases[case] for message in told for case in message], sorted(hours))
        self.assertEqual([len(message) for message in told], [1, 10, 1], "what is due soon goes alone, first")
        digest = self.peer.requests[1].json["text"]
        self.assertIn("10 open cases, the first is due in 9 hours", digest)

    def test_few_are_told_one_by_one(self):
        self.channel("slack")
        for left in (20, 30, 40, 50):
            self.owe("--seconds", str(left * HOUR))
        self.appeald.start()
        self.wait_all_done()
        self.assertEqual([len(self.told(request)) for request in self.peer.requests], [1, 1, 1, 1])

    def test_machines_get_every_alert(self):
        self.channel("webhook")
        for left in range(20, 30):
            self.owe("--seconds", str(left * HOUR))
        self.appeald.start()
        self.wait_all_done()
        self.assertEqual([request.data["alert"] for request in self.peer.requests], ["case"] * 10)

    def test_a_digest_not_taken_is_tried_again_whole(self):
        self.channel("slack")
        for left in range(20, 27):
            self.owe("--seconds", str(left * HOUR))
        self.peer.script.append(Answer(503, "busy"))
        self.appeald.start()
        self.wait_all_done()
        first, second = self.peer.requests
        self.assertEqual(self.told(first), self.told(second))
        self.assertEqual(len(self.told(first)), 7)

    def test_no_faster_than_the_service_takes(self):
        self.channel("slack")
        for _ in range(7):
            self.owe("--seconds", str(1 * HOUR))  # due soon: each alone
        self.appeald.start()
        self.wait_all_done()
        at = [request.at for request in self.peer.requests]
        self.assertEqual(len(at), 7)
        for first, fourth in zip(at, at[3:]):
            self.assertGreater(fourth - first, 0.9, "three at once, then one a second")

    def test_a_pause_holds_for_every_alert(self):
        self.channel("slack")
        for _ in range(3):
            self.owe("--seconds", str(1 * HOUR))
        self.peer.script.append(Answer(429, "rate limited", {"Retry-After": "7"}))
        self.appeald.start()
        self.wait_all_done()
        first, second, *_ = self.peer.requests
        self.assertGreaterEqual(second.at - first.at, 6.9)


if __name__ == "__main__":
    unittest.main()

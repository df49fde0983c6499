"""Many mailboxes of one server: it goes away while mail comes, and is back. All are watched again under the cap of
connections made at once, and no mail is lost; figures are for tests/bench, here nothing is timed."""

import os
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "bench"))

import mailboxes  # noqa: E402

COUNT = 200
PER_HOST = 8  # of one port: include/app/mail_private.h
LIMIT = 300


class ManyTest(unittest.TestCase):
    def setUp(self):
        self.run_ = mailboxes.Run(mailboxes.start_appeald, COUNT, shared=True)
        self.enterContext(self.run_)
        self.server, self.wire = self.run_.server, self.run_.wire

    def put_in_all(self, first):
        return {self.server.notice(number, first + number)[1] for number in range(COUNT)}

    def wait_back(self):
        mailboxes.wait_for(lambda: len(self.wire.quiet()) == COUNT, LIMIT, "all are watched again")

    def wait_told(self, cases):
        mailboxes.wait_for(lambda: cases <= self.wire.hooks().keys(), LIMIT, "all that came is alerted")

    def test_all_come_back_and_nothing_is_lost(self):
        self.assertLessEqual(self.wire.at_once(), PER_HOST)
        told = set()
        for outage in range(2):
            self.server.stop()
            mailboxes.wait_for(lambda: not self.wire.quiet(), LIMIT, "the server is gone")
            told |= self.put_in_all(outage * COUNT)
            since = self.wire.now()
            self.server.start()
            self.wait_back()
            self.wait_told(told)
            self.assertLessEqual(self.wire.at_once(since), PER_HOST)
        self.assertEqual(len(self.wire.events["H"]), len(self.wire.hooks()))  # none twice


if __name__ == "__main__":
    unittest.main()

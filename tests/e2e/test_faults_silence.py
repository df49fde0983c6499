"""What says nothing at all: a part of appeald that hangs, a command for a secret that hangs, a line that is dead for many
mailboxes at once. It is told within blind-limit, delays nobody else, and heals by itself."""

import os
import signal
import time
import unittest

from faults import LIMIT, Faults, ref
from faulty import Line
from harness import SLOW, wait_for
from test_memory import children, program

MANY = 40  # at one server; 8 are at work for it at a time


class SilenceTest(Faults):
    def reader_of(self, daemon):
        return next(pid for pid in children(daemon.process.pid) if program(pid) == "appeald-mail")

    def test_a_mail_reader_that_hangs(self):
        """It is ended and started again, soon enough to be no alert."""
        server = self.serve(["seller"])
        daemon = self.start(server, {"seller": server.tls_port}, limit=120)
        before, reader, begun = self.warm_up(server, daemon, "seller"), self.reader_of(daemon), time.monotonic()
        os.kill(reader, signal.SIGSTOP)
        self.deliver(server, "seller")
        print(f"a mail reader that hung: alerted after {self.wait_alerted(['seller'], begun):.1f} s")
        self.assertNotEqual(self.reader_of(daemon), reader)
        self.assertIn("gave no sign of life", daemon.output())
        self.assertEqual(self.told("blind"), [])
        self.assert_nothing_stays(daemon, before)

    def test_a_command_for_a_secret_that_hangs(self):
        server = self.serve(["bad", "worse", "good"])
        hung = {"password-file": "", "password-command": "sleep 1000"}
        daemon = self.start(server, dict.fromkeys(("bad", "worse", "good"), server.tls_port), more={"bad": hung, "worse": hung},
                            ready=1)
        begun = time.monotonic()
        self.deliver(server, "good")
        wait_for(lambda: ref("good") in self.cases(), 10, "a good mailbox is delayed by none")
        self.assertLess(time.monotonic() - begun, 10)
        self.wait_blind(["bad", "worse"], begun, LIMIT + 35)  # the command has half a minute
        self.assertIn("took more than", self.peer.requests[-1].data["detail"])

    def many(self, mode):
        users = [f"user{n}" for n in range(MANY)]
        server = self.serve(users)
        line = Line(server.tls_port)
        self.addCleanup(line.close)
        daemon = self.start(server, dict.fromkeys(users, line.port), limit=75, poll="20s")
        before, begun = self.warm_up(server, daemon, users[0]), time.monotonic()
        line.break_into(mode)
        for user in users:
            self.deliver(server, user)
        print(f"{mode}: all told after {self.wait_blind(users, begun, 75):.1f} s")
        line.heal()
        print(f"{mode} healed: all alerted after {self.wait_alerted(users, time.monotonic()):.1f} s")
        self.assert_nothing_stays(daemon, before)

    def test_many_mailboxes_on_a_dead_line(self):
        self.many("dead")

    def test_many_mailboxes_behind_something_that_acknowledges_all(self):
        self.many("hole")


if __name__ == "__main__":
    unittest.main()

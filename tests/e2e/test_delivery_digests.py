"""Digests through kills: what joins a burst later is told too, and who knows a repeat by its
key shows nothing twice, whatever a digest holds at the next try."""

import collections
import os
import re
import sqlite3
import shutil
import tempfile
import unittest

from channels import Daemon, owe_at
from harness import Appeald, make_maildir, wait_for, write_private
from killing import CallByCall, kill_once
from peers import PEERS
from peers.base import Say

# Two that know repeats and are told digests, and one that does not.
THREE = ["matrix", "googlechat", "slack"]


def numbers(call):
    """The cases that a message tells of."""
    return {int(n) for n in re.findall("[#\uff03](\\d+)", call.shown.text)}


def counts(peer):
    """case -> in how many messages a person reads of it."""
    return collections.Counter(number for call in list(peer.taken) for number in numbers(call))


class KilledTest(Daemon):
    """The daemon killed as the service sees it, while others join what was sent."""

    @classmethod
    def add_channels(cls):
        for kind in THREE:
            cls.add_peer(kind, kind, "critical")

    def round(self, kind, before, after, when, say=None, between=None):
        """@before: hours left of what is owed when the daemon is killed; @after: of what joins."""
        peer = self.peers[kind]
        self.appeald.kill()
        cases = self.owe_at(kind, before)
        if say:
            peer.script.append(say)
        killed = kill_once(self, peer, when)
        self.appeald.start(ready=False)
        self.assertTrue(killed.wait(30), f"{kind}: no request")
        self.appeald.process.wait(30)
        setattr(peer, when, None)
        if between:
            over = between(cases)
            cases.remove(over)
        cases += self.owe_at(kind, after)
        self.appeald.start()
        wait_for(lambda: not self.rows("SELECT 1 FROM deliveries WHERE state = 'owed' AND channel = ?", kind), 40,
                 lambda: f"{kind}: {self.rows('SELECT * FROM deliveries WHERE channel = ?', kind)}")
        told = counts(peer)
        self.assertEqual(peer.violations, [])
        for case in cases:
            self.assertGreaterEqual(told[case], 1, f"{kind}: case {case} of {cases} is lost: {told}")
            self.assertLessEqual(told[case], 1 if peer.idempotent else 2, f"{kind}: case {case} of {cases} is repeated: {told}")

    def drop_one(self, cases):
        """A person has answered one of them meanwhile."""
        self.assertEqual(self.appeald.ctl("close", str(cases[1]))[0], 0)
        return cases[1]


MANY, URGENT, LATER = [60, 50, 40, 30, 20, 70], [10], [80, 90, 100, 110, 120]
ROUNDS = {
    "one_alone_that_many_join": ([50], MANY, None),
    "a_digest_that_more_urgent_ones_join": (MANY, URGENT, None),
    "a_digest_that_later_ones_join": (MANY, LATER, None),
    "a_digest_that_loses_one": (MANY, LATER, "drop_one"),
}


def add_rounds():
    for kind in THREE:
        for name, (before, after, between) in ROUNDS.items():
            for when, say, word in (("on_call", None, "before_the_answer"), ("on_answered", None, "after_the_answer"),
                                    ("on_answered", Say(503), "after_an_error")):
                def test(self, args=(kind, before, after, when, say), between=between):
                    self.round(*args, between and getattr(self, between))
                setattr(KilledTest, f"test_{kind}_{name}_killed_{word}", test)


add_rounds()


class CallByCallTest(CallByCall, unittest.TestCase):
    """appeald --once with a digest to tell, killed before its Nth call that leaves something
    behind; then others join, the first of them more urgent than all."""

    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="apd-digests-"))
        cls.make_preload(cls.folder)
        cls.first = os.path.join(cls.folder, "first")
        os.mkdir(cls.first)
        appeald, peers = cls.world(cls.first)
        assert appeald.run("--once")[0] == 0
        cls.cases = {kind: owe_at(appeald.ledger, kind, MANY) for kind in THREE}
        for peer in peers.values():
            peer.close()

    @staticmethod
    def world(folder):
        """An appeald in @folder, and its peers."""
        make_maildir(os.path.join(folder, "mail"))
        peers, sections = {kind: PEERS[kind]() for kind in THREE}, ""
        for kind, peer in peers.items():
            def write(what, text, kind=kind):
                return os.path.basename(write_private(os.path.join(folder, f"{kind}.{what}"), text + "\n"))
            sections += f"[channel {kind}]\ntype = {kind}\n{peer.config(write)}"
        return Appeald("[appeald]\ntimezone = UTC\n[reminders]\nsteps = 1h\n[maildir synced]\n"
                       f"path = {folder}/mail\n{sections}", folder), peers

    @staticmethod
    def sql(appeald, text):
        database = sqlite3.connect(appeald.ledger, timeout=20)
        try:
            with database:
                return database.execute(text).fetchall()
        finally:
            database.close()

    def crash(self, say, at):
        """Returns whether the first run came to its end, and how many calls it made."""
        with tempfile.TemporaryDirectory(prefix="apd-kill-") as folder:
            shutil.copytree(os.path.join(self.first, "state"), os.path.join(folder, "state"))
            appeald, peers = self.world(folder)
            try:
                return self.crash_in(folder, appeald, peers, say, at)
            finally:
                for peer in peers.values():
                    peer.close()

    def crash_in(self, folder, appeald, peers, say, at):
        for peer in peers.values():
            peer.script += [say] if say else []
        ended, steps = self.killed_run(appeald, folder, at)
        cases = {kind: self.cases[kind] + owe_at(appeald.ledger, kind, URGENT + LATER) for kind in THREE}
        for _ in range(5):
            self.sql(appeald, "UPDATE deliveries SET next_try = 0 WHERE state = 'owed'")
            self.sql(appeald, "UPDATE destinations SET full = 0, closed = 0")
            status, output = appeald.run("--once")
            self.assertEqual(status, 0, output)
            if not self.sql(appeald, "SELECT 1 FROM deliveries WHERE state = 'owed'"):
                break
        for kind, peer in peers.items():
            where, told = f"{kind}, killed before call {at} ({say and say.status})", counts(peer)
            self.assertEqual(peer.violations, [], where)
            for case in cases[kind]:
                self.assertGreaterEqual(told[case], 1, f"{where}: case {case} is lost: {told}")
                self.assertLessEqual(told[case], 1 if peer.idempotent else 2, f"{where}: case {case} is repeated: {told}")
        return ended, steps

    def test_taken(self):
        self.all_calls(None)

    def test_to_be_tried_again(self):
        self.all_calls(Say(503))

    def test_refused(self):
        self.all_calls(Say(404, "gone"))


if __name__ == "__main__":
    unittest.main()

"""Deliveries through kills, dead peers and bursts: nothing is lost, at most one
repeat for each kill, none where the service knows a repeat; who is well waits
for nobody; the most urgent goes first."""

import collections
import os
import re
import shutil
import socket
import sqlite3
import tempfile
import time
import unittest

import harness
import samples
from channels import APPEAL, Daemon
from harness import Appeald, deliver, make_maildir, wait_for, write_private
from killing import CallByCall, kill_once
from peers import KINDS, PEERS
from peers.base import Say
from test_channels import notice

# One that knows repeats, one that tells by status, one that tells by body.
THREE = ["webhook", "slack", "feishu"]
CASE = "IPR2026112700042"

# What the peers say first, for each verdict; then they are well.
REFUSALS = {"webhook": Say(410), "slack": Say(404, "no_service"),
            "feishu": Say(200, {"code": 19001, "msg": "param invalid: incoming webhook access token invalid"})}
SAID = {"taken": dict.fromkeys(THREE), "again": dict.fromkeys(THREE, Say(503)), "refused": REFUSALS}


class World:
    """A ledger that owes one case to three channels, in a folder of its own."""

    def __init__(self, folder, before=None):
        self.folder = folder
        self.maildir = make_maildir(os.path.join(folder, "mail"))
        if before:
            shutil.copytree(before, os.path.join(folder, "state"))
        self.peers = {kind: PEERS[kind]() for kind in THREE}
        sections = ""
        for kind, peer in self.peers.items():
            def write(what, text, kind=kind):
                return os.path.basename(write_private(os.path.join(folder, f"{kind}.{what}"), text + "\n"))
            sections += f"[channel {kind}]\ntype = {kind}\n{peer.config(write)}"
        self.appeald = Appeald("[appeald]\ntimezone = UTC\n[reminders]\nsteps = 1h\n[maildir synced]\n"
                               f"path = {self.maildir}\nauthserv-id = {samples.AUTHSERV}\n{sections}", folder)

    def sql(self, text):
        database = sqlite3.connect(self.appeald.ledger, timeout=20)
        try:
            with database:
                return database.execute(text).fetchall()
        finally:
            database.close()

    def time_passes(self):
        """What waits for its time is due now."""
        self.sql("UPDATE deliveries SET next_try = 0 WHERE state = 'owed'")

    def events(self):
        """kind -> text -> how often it was taken, as the service counts."""
        return {kind: collections.Counter(CASE if CASE in call.shown.text else call.shown.text for call in peer.taken)
                for kind, peer in self.peers.items()}

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        for peer in self.peers.values():
            peer.close()


class CallByCallTest(CallByCall, unittest.TestCase):
    """appeald --once, killed before its Nth call that leaves something behind."""

    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="apd-delivery-"))
        cls.make_preload(cls.folder)
        with World(os.path.join(cls.folder, "first")) as world:
            assert world.appeald.run("--once")[0] == 0
            for peer in world.peers.values():
                peer.always = Say(503)
            deliver(world.maildir, notice("A notice", CASE, samples.ahead(days=2)), "1.test")
            assert world.appeald.run("--once")[0] == 0
            assert world.sql("SELECT state, count(*) FROM deliveries GROUP BY state") == [("owed", 3)]
            world.time_passes()
        cls.before = os.path.join(cls.folder, "first", "state")

    def crash(self, verdict, at):
        """Returns whether the first run came to its end, and how many calls it made."""
        with tempfile.TemporaryDirectory(prefix="apd-kill-") as folder, World(folder, self.before) as world:
            for kind, say in SAID[verdict].items():
                world.peers[kind].script += [say] if say else []
            ended, steps = self.killed_run(world.appeald, folder, at)
            for _ in range(5):
                world.time_passes()
                status, output = world.appeald.run("--once")
                self.assertEqual(status, 0, output)
                if not world.sql("SELECT 1 FROM deliveries WHERE state = 'owed'"):
                    break
            self.judge(world, f"{verdict}, killed before call {at}")
            return ended, steps

    def judge(self, world, where):
        self.assertEqual(world.sql("SELECT DISTINCT state FROM deliveries"), [("done",)], where)
        repeats = 0
        for kind, events in world.events().items():
            self.assertEqual(world.peers[kind].violations, [], where)
            self.assertIn(CASE, events, f"{where}: lost to {kind}")
            most = 1 if world.peers[kind].idempotent else 2
            for text, times in events.items():
                self.assertLessEqual(times, most, f"{where}: {text!r} to {kind}")
                repeats += times - 1
            # A refusal is told on the others, once.
            self.assertLessEqual(len(events), 3, f"{where}: {events}")
        return repeats

    def test_taken(self):
        self.all_calls("taken")

    def test_to_be_tried_again(self):
        self.all_calls("again")

    def test_refused(self):
        self.all_calls("refused")


class SeenFromOutside(Daemon):
    """The daemon killed as each service sees it: with the request there, and with
    the answer sent but perhaps not read."""

    @classmethod
    def add_channels(cls):
        for kind in KINDS:
            cls.add_peer(kind, kind, "high")  # of the low ones owed here nothing else comes

    def round(self, kind, when, say=None):
        peer = self.peers[kind]
        before = len(peer.taken)
        if say:
            peer.script.append(say)
        killed = kill_once(self, peer, when)
        self.owe(kind, "--severity", "low", "--url", APPEAL)
        self.assertTrue(killed.wait(30), f"{kind} {when}: no request")
        self.appeald.process.wait(30)
        setattr(peer, when, None)
        self.appeald.start()
        wait_for(lambda: not self.rows("SELECT 1 FROM deliveries WHERE state = 'owed' AND channel = ?", kind), 40,
                 lambda: f"{kind} {when}: {self.rows('SELECT * FROM deliveries WHERE channel = ?', kind)}")
        taken = len(peer.taken) - before
        self.assertEqual(peer.violations, [], f"{kind} {when}")
        self.assertGreaterEqual(taken, 1, f"{kind} {when}: lost")
        self.assertLessEqual(taken, 1 if peer.idempotent else 2, f"{kind} {when}: repeated")


def add_rounds():
    for kind in KINDS:
        for when, name in (("on_call", "before_the_answer"), ("on_answered", "after_the_answer")):
            def test(self, kind=kind, when=when):
                self.round(kind, when)
            setattr(SeenFromOutside, f"test_{kind}_killed_{name}", test)

        def test(self, kind=kind):
            self.round(kind, "on_answered", Say(503))
        setattr(SeenFromOutside, f"test_{kind}_killed_after_an_error", test)


add_rounds()


class BlackHole:
    """Takes connections, and never says a word."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.socket.getsockname()[1]

    def close(self):
        self.socket.close()


class OthersTest(Daemon):
    """A dead, a silent, a refusing and a slow destination beside healthy ones."""

    @classmethod
    def add_channels(cls):
        for name in ("well", "well-too", "slow", "refusing", "dead", "silent"):
            cls.add_peer("webhook", name)
        cls.peers["slow"].script += [Say(how="good", delay=2)] * 50
        cls.peers["refusing"].always = Say(410)
        hole = BlackHole()
        cls.addClassCleanup(hole.close)
        with open(os.path.join(cls.folder, "silent.url"), "w") as file:
            file.write(f"http://127.0.0.1:{hole.port}/hook/planted-webhook-path\n")
        # Bound and not listening: it refuses, and is nobody else's meanwhile.
        dead = socket.socket()
        cls.addClassCleanup(dead.close)
        dead.bind(("127.0.0.1", 0))
        with open(os.path.join(cls.folder, "dead.url"), "w") as file:
            file.write(f"http://127.0.0.1:{dead.getsockname()[1]}/hook/planted-webhook-path\n")

    def test_nobody_waits_for_another(self):
        put = {}
        for number in range(6):
            case = f"IPR2026112800{number:03}"
            put[case] = time.time()
            self.put(notice("A notice", case, samples.ahead(days=3)))
            wait_for(lambda: all(self.arrival(name, case) for name in ("well", "well-too")), 20, f"{case} at the healthy ones")
        for case, begun in put.items():
            for name in ("well", "well-too"):
                self.assertLess(self.arrival(name, case) - begun, 9 if harness.SLOW else 3, f"{case} to {name}")
        wait_for(lambda: all(self.arrival("slow", case) for case in put), 60, "all at the slow one")
        for name in ("dead", "silent", "refusing"):
            owed, = self.rows("SELECT count(*) FROM deliveries WHERE channel = ? AND state = 'owed'", name)
            self.assertGreaterEqual(owed[0], 6, f"{name}: never given up")
        for name in ("well", "well-too", "slow"):
            keys = [self.peers[name].key(call) for call in self.peers[name].calls]
            self.assertEqual(len(keys), len(set(keys)), f"{name}: each once")

    def arrival(self, name, case):
        return next((call.at for call in self.peers[name].taken if case in call.shown.text), None)


class BurstTest(Daemon):
    """Many at once: the most urgent first, whether told one by one or gathered."""

    @classmethod
    def add_channels(cls):
        for kind in THREE:
            cls.add_peer(kind, kind, "critical")
            cls.peers[kind].always = Say(503)

    def test_order(self):
        self.appeald.kill()
        hours = [50, 8, 33, 70, 2, 26, 14, 60, 5, 40, 20, 11]
        deadline = {kind: {} for kind in THREE}
        for kind in THREE:
            self.peers[kind].always = None
            for left in hours:
                case = self.owe(kind, "--severity", "low", "--seconds", str(left * 3600))
                deadline[kind][case] = left
        self.appeald.start()
        for kind in THREE:
            wait_for(lambda: set(self.order(kind)) >= set(deadline[kind]), 60, lambda: f"all at {kind}: {self.order(kind)}")
            told = [deadline[kind][case] for case in self.order(kind) if case in deadline[kind]]
            self.assertEqual(told, sorted(hours), f"{kind}: the order of deadlines")
            self.assertEqual(self.peers[kind].violations, [])

    def order(self, kind):
        """Cases in the order in which they were first told."""
        seen = []
        for call in list(self.peers[kind].taken):
            if kind == "webhook":
                data = call.json["data"]
                numbers = [kase["id"] for kase in data.get("cases") or [data["case"]]]
            else:
                numbers = [int(n) for n in re.findall(r"#(\d+)", call.shown.text)]
            seen += [number for number in numbers if number not in seen]
        return seen


if __name__ == "__main__":
    unittest.main()

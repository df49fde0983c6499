"""One appeald with many channels, each to a peer of its own."""

import os
import sqlite3
import subprocess
import tempfile
import time
import unittest

import samples
from harness import BUILD, Appeald, deliver, make_maildir, wait_for, write_private
from peers import PEERS

APPEAL = "https://csp.aliexpress.com/m_apps/violation/detail?channelId=2286000"


def owe_at(ledger, channel, hours):
    done = subprocess.run([os.path.join(BUILD, "tests/fake/prog_owe"), ledger, channel, "--severity", "low",
                           "--seconds", ",".join(str(left * 3600) for left in hours)],
                          check=True, stdout=subprocess.PIPE, timeout=60)
    return [int(number) for number in done.stdout.split()]


class Daemon(unittest.TestCase):
    """One appeald with many channels, shared by the tests of a class."""

    steps = "1h"

    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="apd-channels-"))
        cls.maildir = make_maildir(os.path.join(cls.folder, "mail"))
        cls.peers, cls.sections, cls.arrived = {}, [], 0
        cls.add_channels()
        cls.before_start()
        config = (f"[appeald]\ntimezone = UTC\n[reminders]\nsteps = {cls.steps}\n[maildir synced]\npath = {cls.maildir}\n"
                  f"authserv-id = {samples.AUTHSERV}\n" + "".join(cls.sections))
        cls.appeald = Appeald(config, cls.folder)
        cls.addClassCleanup(cls.appeald.close)
        cls.appeald.start()
        wait_for(lambda: os.path.exists(cls.appeald.ledger)
                 and cls.rows("SELECT 1 FROM cursors WHERE looked_back"), 60, "first look")

    @classmethod
    def before_start(cls):
        pass

    @classmethod
    def add_peer(cls, kind, name, severity="low"):
        peer = PEERS[kind]()
        cls.addClassCleanup(peer.close)
        cls.peers[name] = peer

        def write(what, text):
            return os.path.basename(write_private(os.path.join(cls.folder, f"{name}.{what}"), text + "\n"))

        cls.sections.append(f"[channel {name}]\ntype = {kind}\nseverity = {severity}\n{peer.config(write)}")
        return peer

    @classmethod
    def rows(cls, sql, *values):
        database = sqlite3.connect(cls.appeald.ledger, timeout=20)
        try:
            return database.execute(sql, values).fetchall()
        finally:
            database.close()

    @classmethod
    def delivery(cls, channel):
        """(state, attempts, seconds to the next try, what it said) of what was first owed to @channel."""
        rows = cls.rows("SELECT state, attempts, next_try, last_error FROM deliveries"
                        " WHERE channel = ? ORDER BY id LIMIT 1", channel)
        if not rows:
            return None, 0, 0, None
        state, attempts, next_try, said = rows[0]
        return state, attempts, next_try / 1e6 - time.time(), said

    @classmethod
    def owe(cls, channel, *options):
        """Owes @channel an alert of a case of its own; returns the case's number."""
        done = subprocess.run([os.path.join(BUILD, "tests/fake/prog_owe"), cls.appeald.ledger, channel, *options],
                              check=True, stdout=subprocess.PIPE, timeout=60)
        return int(done.stdout)

    @classmethod
    def owe_at(cls, channel, hours):
        """As many cases of low severity, with so many @hours left; returns their numbers."""
        return owe_at(cls.appeald.ledger, channel, hours)

    @classmethod
    def put(cls, message):
        cls.arrived += 1
        deliver(cls.maildir, message, f"{cls.arrived}.test")

"""The casebook killed before each of its writes loses nothing.

prog_crasher does appeald's work on a real ledger: it reads three messages,
lives through their deadlines, delivers what is owed, and kills itself (SIGKILL)
before its Nth write.  Started again it must end where an undisturbed run ends,
with each alert taken by each channel once, and at most one of them twice.
"""

import collections
import concurrent.futures
import itertools
import os
import signal
import sqlite3
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("APPEALD_BUILD", os.path.join(ROOT, "build"))
CRASHER = os.path.join(ROOT, BUILD, "tests/fake/prog_crasher")

# A killed process loses nothing that it wrote, on whatever file system: memory is quickest.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


class World:
    """A ledger, and what the far side remembers."""

    def __init__(self, folder):
        self.ledger = os.path.join(folder, "ledger.db")
        self.state = os.path.join(folder, "state")

    def run(self, crash_at):
        return subprocess.run([CRASHER, self.ledger, self.state, str(crash_at)],
                              timeout=60).returncode

    def taken(self):
        """(channel, key) -> idempotency keys of the times it was taken."""
        taken = collections.defaultdict(list)
        with open(self.state) as lines:
            for line in lines:
                if not line.startswith("#"):
                    channel, key, idempotency = line.split()
                    taken[channel, key].append(idempotency)
        return taken

    def rows(self, sql):
        db = sqlite3.connect(self.ledger)
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()

    def outcome(self):
        return (self.rows("SELECT id, state, round, deadline FROM cases ORDER BY id"),
                self.rows("SELECT case_id, by, what FROM history ORDER BY id"),
                self.rows("SELECT key FROM messages ORDER BY key"),
                self.rows("SELECT last_uid FROM cursors"),
                self.rows("SELECT count(*) FROM deliveries WHERE state = 'owed'"),
                sorted(self.taken()))


class CrashTest(unittest.TestCase):
    def test_killed_before_every_write(self):
        with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
            world = World(folder)
            self.assertEqual(world.run(-1), 0)
            wanted = world.outcome()
            self.assertGreater(len(world.taken()), 10)
            self.assertTrue(all(len(times) == 1 for times in world.taken().values()))

        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            for first in itertools.count(0, 20):
                killed = list(pool.map(lambda at: self.crash_once(at, wanted), range(first, first + 20)))
                if not all(killed):  # it ended before
                    break
        self.assertGreater(first + killed.count(True), 50)

    def crash_once(self, crash_at, wanted):
        """False when the run ended before that write."""
        with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
            world = World(folder)
            status = world.run(crash_at)
            if status == 0:
                return False
            self.assertEqual(status, -signal.SIGKILL, f"at write {crash_at}")
            self.assertEqual(world.run(-1), 0, f"after a crash at write {crash_at}")

            self.assertEqual(world.outcome(), wanted, f"after a crash at write {crash_at}")
            self.assertEqual(world.rows("PRAGMA integrity_check"), [("ok",)])
            repeated = [times for times in world.taken().values() if len(times) > 1]
            self.assertLessEqual(len(repeated), 1)
            for times in repeated:
                self.assertEqual(len(times), 2)
                self.assertEqual(len(set(times)), 1, "the far side can tell it is a repeat")
        return True


if __name__ == "__main__":
    unittest.main()

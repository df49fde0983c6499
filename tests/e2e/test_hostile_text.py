"""No message takes the reader's time away: a megabyte of the worst text is read in two seconds, and one that
takes for ever is reported as unreadable, while the next one is read."""

import itertools
import os
import shutil
import sqlite3
import subprocess
import tempfile
import unittest

import hostile
import samples
from harness import BUILD, ROOT, SLOW, Appeald, WebhookPeer, deliver, make_maildir, wait_for, write_private

MOST_SECONDS = 2.0


def some_messages():
    """All; under sanitizers, which make each slow, every fourth."""
    return itertools.islice(hostile.messages(), 0, None, 4 if SLOW else 1)


class HostileText(unittest.TestCase):
    def seconds_of(self, paths):
        """Processor seconds of reading each file, by one process that has loaded the rules."""
        done = subprocess.run([f"{BUILD}/tests/fake/prog_explain", "--json", "--seconds", "--authserv-id", samples.AUTHSERV, *paths],
                              cwd=ROOT, stdout=subprocess.PIPE, check=True)
        return [float(seconds) for seconds in done.stdout.split()]

    def test_each_is_read_in_time(self):
        messages = some_messages()
        while some := list(itertools.islice(messages, 20)):
            with tempfile.TemporaryDirectory() as folder:
                paths = [os.path.join(folder, f"{number}.eml") for number in range(len(some))]
                for path, (_, text) in zip(paths, some):
                    with open(path, "w", encoding="utf-8") as file:
                        file.write(text)
                for (name, _), seconds in zip(some, self.seconds_of(paths), strict=True):
                    with self.subTest(name):
                        self.assertLess(seconds, MOST_SECONDS * (8 if SLOW else 1))

    def rows(self, daemon, query):
        if not os.path.exists(daemon.ledger):
            return []
        database = sqlite3.connect(daemon.ledger, timeout=10)
        try:
            return database.execute(query).fetchall()
        finally:
            database.close()

    def start(self, programs=BUILD):
        """appeald over a Maildir, past its first look: what arrives from now on is news."""
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-hostile-"))
        self.maildir = make_maildir(os.path.join(folder, "mail"))
        self.peer = self.enterContext(WebhookPeer("slack"))
        write_private(os.path.join(folder, "hook.url"), self.peer.url + "\n")
        daemon = self.enterContext(Appeald(
            f"[appeald]\nrules-dir = {ROOT}/conf\n[maildir synced]\npath = {self.maildir}\n"
            f"authserv-id = {samples.AUTHSERV}\n[channel hook]\ntype = slack\nurl-file = hook.url\n", folder))
        daemon.programs = programs
        daemon.start()
        wait_for(lambda: self.rows(daemon, "SELECT 1 FROM cursors WHERE looked_back"), what="first look")
        return daemon

    def said(self):
        return "\n".join(str(request.json) for request in self.peer.requests)

    def test_through_the_daemon(self):
        """By way of the sandboxed reader and its limits; then it still reads what matters."""
        daemon = self.start()
        count = 0
        for name, text in some_messages():
            deliver(self.maildir, text.encode(), f"{count}.hostile")
            count += 1
        deliver(self.maildir, samples.counterfeit(samples.ahead(days=2)), "good.test")
        wait_for(lambda: self.rows(daemon, "SELECT count(*) FROM places")[0][0] == count + 1, 240, "all read")
        wait_for(lambda: "IPR2026112500017" in self.said(), what="the notice")
        if not SLOW:  # their limit of processor time is that of everybody
            self.assertEqual(self.rows(daemon, "SELECT text FROM alerts WHERE type = 'unreadable'"), [])

    def test_one_that_never_ends_is_reported(self):
        programs = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-slow-"))
        for name in ("appeald", "appeald-mail"):
            shutil.copy(os.path.join(BUILD, name), programs)
        shutil.copy(os.path.join(BUILD, "tests/fake/prog_slow_reader"), os.path.join(programs, "appeald-reader"))
        self.start(programs)
        deliver(self.maildir, b"X-Test: stall-the-reader\n" + samples.message("Look at this", "Hello."), "1.test")
        deliver(self.maildir, samples.counterfeit(samples.ahead(days=2)), "2.test")
        self.peer.wait(2, 60)
        said = self.said()
        self.assertIn("IPR2026112500017", said)
        for told in ("could not be read", "maildir synced", "Subject: Look at this", "From: ", "Date: "):
            self.assertIn(told, said)


if __name__ == "__main__":
    unittest.main()

"""A message that crashes, stalls or breaks whoever fetches or reads it is told of, with what helps to find it; the
next ones are read, and no other mailbox suffers."""

import contextlib
import os
import shutil
import signal
import tempfile
import unittest

import samples
from dovecot import Dovecot
from harness import BUILD, ROOT, SLOW, Appeald, SECRET, WebhookPeer, wait_for, write_private
from test_memory import children, program

MAILBOX = ("host = localhost\nport = {port}\ntls = implicit\nca-file = {ca}\npassword-file = mail.password\n"
           f"authserv-id = {samples.AUTHSERV}\n")


def ref(number):
    return f"IPR20261126{number:03}"


def hostile(word, subject="Look at this", padding=0):
    return samples.message(subject, "x" * padding + "\n" + word + "\n", name="Mallory", encoding="quoted-printable")


class Quarantine(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-quarantine-"))
        self.server = Dovecot(users={"bad": "secret", "good": "secret"})
        self.addCleanup(self.server.close)
        self.peer = self.enterContext(WebhookPeer())
        write_private(os.path.join(self.folder, "hook.url"), self.peer.url + "\n")
        write_private(os.path.join(self.folder, "hook.secret"), SECRET + "\n")
        write_private(os.path.join(self.folder, "mail.password"), "secret\n")
        self.programs = os.path.join(self.folder, "programs")
        os.mkdir(self.programs)
        for name in ("appeald", "appeald-mail", "appeald-reader"):
            shutil.copy(os.path.join(BUILD, name), self.programs)

    def start(self, fake, program):
        shutil.copy(os.path.join(BUILD, "tests/fake", fake), os.path.join(self.programs, program))
        mailbox = MAILBOX.format(port=self.server.tls_port, ca=self.server.ca)
        self.daemon = self.enterContext(Appeald(
            f"[appeald]\nrules-dir = {ROOT}/conf\n[imap bad]\nuser = bad\n{mailbox}[imap good]\nuser = good\n{mailbox}"
            "[channel hook]\ntype = webhook\nurl-file = hook.url\nsecret-file = hook.secret\n", self.folder))
        self.daemon.programs = self.programs
        self.daemon.start()
        wait_for(lambda: self.daemon.ctl("status", "--json")[1].replace(" ", "").count('"well":true') >= 2, 60, "both read")

    @contextlib.contextmanager
    def nobody_looking(self):
        """What is put meanwhile is fetched at once."""
        pids = [pid for pid in children(self.daemon.process.pid) if program(pid) == "appeald-mail"]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        yield
        for pid in pids:
            os.kill(pid, signal.SIGCONT)

    def alerts(self, kind):
        return [request.data for request in self.peer.requests if request.data["alert"] == kind]

    def cases(self):
        return [data["case"]["case_ref"] for data in self.alerts("case")]

    def put(self, message, user="bad"):
        self.server.append(user, message)

    def notice(self, number, user="bad"):
        self.put(samples.counterfeit(samples.ahead(days=2), case=ref(number)), user)

    def told(self, n=1, seconds=60):
        wait_for(lambda: len(self.alerts("unreadable")) >= n, seconds, lambda: f"told of ({self.daemon.output()[-3000:]})")
        alert = self.alerts("unreadable")[n - 1]
        self.assertEqual(alert["subject"], "imap bad: INBOX")
        return alert["text"]

    def assert_others_read(self, *numbers, seconds=60):
        wait_for(lambda: {ref(number) for number in numbers} <= set(self.cases()), seconds,
                 lambda: f"all the others ({self.cases()})")

    def assert_found_by(self, text, *words):
        for word in words:
            self.assertIn(word, text)

    def test_one_crashes_who_fetches_it(self):
        """Among a dozen that come at once: not even its header is told of when that is what crashes."""
        self.start("prog_crashing_mail", "appeald-mail")
        with self.nobody_looking():
            for number in range(6):
                self.notice(number)
            self.put(hostile("crash-the-mail-reader"))
            for number in range(6, 9):
                self.notice(number)
            self.put(hostile("harmless", subject="crash-the-mail-reader"))
            self.notice(9)
        self.notice(10, "good")

        self.assert_found_by(self.told(), "only its header could be fetched: it crashed our mail reader",
                             "Mallory", "Look at this", "Date: ")
        self.assert_found_by(self.told(2), "it could not be fetched: it crashed our mail reader", "UID: 11", "Received: 20")
        self.assertNotIn("Mallory", self.alerts("unreadable")[1]["text"])
        self.assert_others_read(*range(11))
        self.assertEqual(self.alerts("blind"), [])
        self.assertEqual(len(self.cases()), len(set(self.cases())), "told twice")

        # And what comes later, also after a restart, which must not try them again.
        self.daemon.wait_settled()
        self.daemon.stop()
        self.daemon.start()
        self.notice(20)
        self.assert_others_read(20)
        self.assertEqual(len(self.alerts("unreadable")), 2)

    def test_one_stalls_who_fetches_it(self):
        self.start("prog_crashing_mail", "appeald-mail")
        self.put(hostile("stall-the-mail-reader"))
        self.notice(1)
        self.assert_found_by(self.told(seconds=150), "only its header could be fetched", "Mallory", "Look at this")
        self.assert_others_read(1)

    def test_one_puts_to_sleep_who_fetches_it(self):
        """Seconds of the clock bound it, for it uses none of the processor."""
        self.start("prog_crashing_mail", "appeald-mail")
        self.put(hostile("hush-the-mail-reader"))
        self.notice(1)
        self.assert_found_by(self.told(seconds=90), "only its header could be fetched: it crashed our mail reader", "Mallory",
                             "Look at this")
        self.assert_others_read(1)

    def test_one_puts_to_sleep_who_reads_it(self):
        self.start("prog_crashing_reader", "appeald-reader")
        self.put(hostile("hush-the-reader"))
        self.notice(1)
        self.assert_found_by(self.told(seconds=45), "killed by SIGKILL", "Mallory", "Look at this")
        self.assert_others_read(1)

    def test_one_breaks_the_line(self):
        """Its beginning is read when that can be had: the notice in it is not lost."""
        self.start("prog_crashing_mail", "appeald-mail")
        self.put(samples.counterfeit(samples.ahead(days=2), case=ref(1)) + b"\r\n" * 40000 + b"break-the-line\r\n")
        self.notice(2)
        self.assert_found_by(self.told(), "only its beginning could be fetched", "the line broke", "Subject: ")
        self.assert_others_read(1, 2)

    def test_one_crashes_and_one_stalls_who_reads_it(self):
        self.start("prog_crashing_reader", "appeald-reader")
        self.put(hostile("crash-the-reader"))
        self.put(hostile("stall-the-reader", subject="Another"))
        self.notice(1)
        # A sanitizer that catches the crash may write no report from within the sandbox, and ends by that.
        self.assert_found_by(self.told(), "killed by SIG" if SLOW else "SIGSEGV", "Mallory", "Look at this", "Date: ")
        self.assert_found_by(self.told(2), "SIGXCPU", "Another")
        self.assert_others_read(1)


if __name__ == "__main__":
    unittest.main()

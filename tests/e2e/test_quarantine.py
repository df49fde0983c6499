"""A mailbox whose mail crashes appeald-mail is read in a process of its own, and a person is told; the others go on,
and so does it, once what crashed it is gone."""

import os
import shutil
import sqlite3
import tempfile
import unittest

import samples
from dovecot import Dovecot
from harness import BUILD, ROOT, Appeald, SECRET, WebhookPeer, wait_for, write_private
from test_memory import children, program

HOSTILE = b"X-Test: crash-the-mail-reader\n" + samples.message("Look at this", "Hello.")


def ref(number):
    return f"IPR20261126{number:03}"


class Quarantine(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-quarantine-"))
        self.server = Dovecot(users={"bad": "secret", "good": "secret"})
        self.addCleanup(self.server.close)
        self.peer = self.enterContext(WebhookPeer())
        write_private(os.path.join(self.folder, "hook.url"), self.peer.url + "\n")
        write_private(os.path.join(self.folder, "hook.secret"), SECRET + "\n")
        write_private(os.path.join(self.folder, "mail.password"), "secret\n")
        programs = os.path.join(self.folder, "programs")
        os.mkdir(programs)
        for name in ("appeald", "appeald-reader"):
            shutil.copy(os.path.join(BUILD, name), programs)
        shutil.copy(os.path.join(BUILD, "tests/fake/prog_crashing_mail"), os.path.join(programs, "appeald-mail"))
        mailbox = (f"host = localhost\nport = {self.server.tls_port}\ntls = implicit\nca-file = {self.server.ca}\n"
                   f"password-file = mail.password\nauthserv-id = {samples.AUTHSERV}\n")
        self.daemon = self.enterContext(Appeald(
            f"[appeald]\nrules-dir = {ROOT}/conf\nblind-limit = 1s\n[imap bad]\nuser = bad\n{mailbox}"
            f"[imap good]\nuser = good\n{mailbox}"
            "[channel hook]\ntype = webhook\nurl-file = hook.url\nsecret-file = hook.secret\n", self.folder))
        self.daemon.programs = programs

    def looked(self):
        if not os.path.exists(self.daemon.ledger):
            return 0
        database = sqlite3.connect(self.daemon.ledger, timeout=10)
        try:
            return database.execute("SELECT count(*) FROM cursors WHERE looked_back").fetchone()[0]
        finally:
            database.close()

    def alerts(self, kind):
        return [request.data for request in self.peer.requests if request.data["alert"] == kind]

    def cases(self):
        return [data["case"]["case_ref"] for data in self.alerts("case")]

    def mail_processes(self):
        return [pid for pid in children(self.daemon.process.pid) if program(pid) == "appeald-mail"]

    def remove_hostile(self):
        client = self.server.imap("bad")
        client.select("INBOX")
        client.store("1:*", "+FLAGS", "\\Deleted")
        client.expunge()
        client.logout()

    def test_one_that_crashes(self):
        self.daemon.start()
        wait_for(lambda: self.looked() == 2, what="first looks")
        self.server.append("bad", HOSTILE)

        wait_for(lambda: any("imap bad" in data["subject"] for data in self.alerts("blind")), 60, "alert of the bad one")
        wait_for(lambda: "crashed our mail reader" in self.daemon.ctl("status")[1], 60, "its reason in the status")
        wait_for(lambda: len(self.mail_processes()) == 2, 60, "two processes")

        self.server.append("good", samples.counterfeit(samples.ahead(days=2), case=ref(1)))
        wait_for(lambda: ref(1) in self.cases(), 60, "the notice in the good mailbox")

        self.remove_hostile()
        self.server.append("bad", samples.counterfeit(samples.ahead(days=2), case=ref(2)))
        wait_for(lambda: ref(2) in self.cases(), 90, "the next notice in the bad mailbox")
        wait_for(lambda: any("imap bad" in data["subject"] for data in self.alerts("sight")), what="sight again")


if __name__ == "__main__":
    unittest.main()

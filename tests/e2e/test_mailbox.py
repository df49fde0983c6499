"""The whole path from a real mailbox: Dovecot over TLS, appeald, a webhook peer."""

import glob
import os
import sqlite3
import tempfile
import unittest

import samples
from dovecot import Dovecot
from harness import Appeald, SECRET, WebhookPeer, pause, wait_for, write_private

PASSWORD = "planted-password-of-the-mailbox"


def ref(number):
    return f"IPR20261125{number:03}"


class MailboxTest(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-mailbox-"))
        self.peer = self.enterContext(WebhookPeer())
        write_private(os.path.join(self.folder, "hook.url"), self.peer.url + "\n")
        write_private(os.path.join(self.folder, "hook.secret"), SECRET + "\n")
        write_private(os.path.join(self.folder, "mail.password"), PASSWORD + "\n")

    def serve(self, **more):
        server = Dovecot(users={"seller": PASSWORD}, **more)
        self.addCleanup(server.close)
        return server

    def appeald(self, server, more="", tls="implicit"):
        port = server.tls_port if tls == "implicit" else server.port
        daemon = Appeald(
            f"{more}[imap office]\nhost = localhost\nport = {port}\ntls = {tls}\nca-file = {server.ca}\n"
            f"user = seller\npassword-file = mail.password\nauthserv-id = {samples.AUTHSERV}\n"
            "[channel hook]\ntype = webhook\nurl-file = hook.url\nsecret-file = hook.secret\n", self.folder)
        self.addCleanup(daemon.close)
        return daemon

    def rows(self, daemon, sql):
        database = sqlite3.connect(daemon.ledger, timeout=10)
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()

    def wait_first_look(self, daemon):
        wait_for(lambda: os.path.exists(daemon.ledger)
                 and self.rows(daemon, "SELECT 1 FROM cursors WHERE looked_back"), what="first look")

    def notice(self, number, **more):
        return samples.counterfeit(samples.ahead(days=2), case=ref(number), **more)

    @staticmethod
    def told_of(request):
        """The cases of an alert: one, or those of a summary (a first look that was
        interrupted ends in one)."""
        cases = [request.data["case"]] if "case" in request.data else request.data.get("cases", [])
        return [kase["case_ref"] for kase in cases]

    def cases(self):
        return [ref for request in self.peer.requests for ref in self.told_of(request)]

    def test_a_notice_delivered_by_lmtp_becomes_a_request(self):
        server = self.serve()
        for tls in ("implicit", "starttls"):
            with self.subTest(tls=tls):
                daemon = self.appeald(server, tls=tls).start()
                self.wait_first_look(daemon)
                before = len(self.peer.requests)
                server.deliver("seller", self.notice(100 + before))
                server.deliver("seller", samples.marketing())
                request = self.peer.wait(before + 1)[-1]
                self.assertTrue(request.signed_by(SECRET))
                self.assertEqual(request.data["case"]["case_ref"], ref(100 + before))
                self.assertEqual(request.data["case"]["authenticity"], "genuine")
                daemon.stop()

    def test_a_mail_read_on_another_client_first_is_found_and_left_unchanged(self):
        server = self.serve()
        daemon = self.appeald(server).start()
        self.wait_first_look(daemon)
        server.append("seller", self.notice(7), flags="(\\Seen)")
        self.peer.wait(1)
        server.append("seller", self.notice(8))
        self.peer.wait(2)
        client = server.imap("seller")
        client.select("INBOX", readonly=True)
        flags = [line.decode() for line in client.fetch("1:*", "(FLAGS)")[1]]
        client.logout()
        self.assertIn("\\Seen", flags[0])
        self.assertNotIn("\\Seen", flags[1])

    def test_new_uids_reread_without_a_second_alert(self):
        server = self.serve()
        daemon = self.appeald(server).start()
        self.wait_first_look(daemon)
        server.deliver("seller", self.notice(1))
        server.deliver("seller", self.notice(2))
        self.peer.wait(2)
        server.change_uidvalidity("seller")
        server.deliver("seller", self.notice(3))
        self.peer.wait(3)
        self.assertEqual(sorted(self.cases()), [ref(1), ref(2), ref(3)])

    def test_first_look_opens_what_still_runs_in_one_summary(self):
        server = self.serve()
        old = samples.ahead(days=-20)
        for number in range(3):
            server.append("seller", self.notice(number))
        server.append("seller", samples.counterfeit(samples.ahead(days=-13), case="IPR20261105999", sent=old))
        daemon = self.appeald(server).start()
        self.wait_first_look(daemon)
        request, = self.peer.wait(1)
        self.assertEqual(request.data["alert"], "summary")
        self.assertEqual(sorted(kase["case_ref"] for kase in request.data["cases"]),
                         [ref(0), ref(1), ref(2)])

    def test_bad_certificates_never_see_the_password(self):
        for certificate in ("wrong-ca", "wrong-host", "expired", "self-signed"):
            with self.subTest(certificate=certificate):
                server = self.serve(certificate=certificate)
                daemon = self.appeald(server, "[appeald]\nblind-limit = 1s\n").start()
                before = len(self.peer.requests)
                request = self.peer.wait(before + 1)[-1]
                self.assertEqual(request.data["alert"], "blind")
                self.assertIn("certificate", request.data["detail"].lower())
                self.assertEqual(server.logins(), 0)
                daemon.stop()
                server.close()
                for name in glob.glob(os.path.join(daemon.state, "*")):
                    os.unlink(name)

    def test_a_wrong_password_is_told_and_its_mending_too(self):
        server = self.serve()
        write_private(os.path.join(self.folder, "mail.password"), "not the password\n")
        daemon = self.appeald(server, "[appeald]\nblind-limit = 1s\n").start()
        self.assertEqual(self.peer.wait(1)[0].data["alert"], "blind")
        status, text = daemon.ctl("status")
        self.assertEqual(status, 1)
        self.assertIn("BLIND", text)
        write_private(os.path.join(self.folder, "mail.password"), PASSWORD + "\n")
        daemon.reload()
        self.assertEqual(self.peer.wait(2)[1].data["alert"], "sight")
        server.deliver("seller", self.notice(5))
        wait_for(lambda: any(request.data.get("case") or request.data.get("cases")
                             for request in self.peer.requests), what="the notice")

    def test_killed_again_and_again_nothing_is_lost(self):
        server = self.serve()
        daemon = self.appeald(server).start()
        self.wait_first_look(daemon)
        for number in range(12):
            server.deliver("seller", self.notice(number))
            pause(0.05 * (number % 6))
            daemon.kill()
            daemon.start()
        wait_for(lambda: len(set(self.cases())) == 12, 60, lambda: f"12 cases (got {self.cases()})")
        for number in range(12):
            self.assertLessEqual(self.cases().count(ref(number)), 2)
        ids = {}
        for request in self.peer.requests:
            ids.setdefault(request.id, set()).add(tuple(self.told_of(request)))
        self.assertTrue(all(len(cases) == 1 for cases in ids.values()))

    def test_secrets_stay_secret(self):
        server = self.serve()
        daemon = self.appeald(server).start()
        self.wait_first_look(daemon)
        server.deliver("seller", self.notice(1))
        self.peer.wait(1)
        server.stop()
        wait_for(lambda: "cannot be read" in daemon.output(), what="loss of sight in the log")
        daemon.ctl("status")
        daemon.stop()
        texts = [daemon.output(), "\n".join(daemon.status_lines())]
        for name in glob.glob(os.path.join(daemon.state, "*")):
            with open(name, "rb") as file:
                texts.append(file.read().decode("utf-8", "replace"))
        for text in texts:
            for secret in (PASSWORD, "planted-in-the-url", SECRET):
                self.assertNotIn(secret, text)


if __name__ == "__main__":
    unittest.main()

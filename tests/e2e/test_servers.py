"""The path from a mailbox to an alert on servers of other makes than Dovecot: Cyrus and Courier, one after another,
with IDLE and without."""

import functools
import os
import tempfile
import time
import unittest

import samples
from harness import SECRET, Appeald, WebhookPeer, wait_for, write_private
from servers import Courier, Cyrus

LIMIT = 30  # seconds; blind-limit is 120 by default

# A name as a person writes it, and in modified UTF-7.
NAME, WIRE = "违规 & co", "&j92JxA- &- co"


def ref(number):
    return f"IPR20261127{number:03}"


class Path:
    def setUp(self):
        self.directory = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-servers-"))
        self.peer = self.enterContext(WebhookPeer())
        for name, text in (("hook.url", self.peer.url), ("hook.secret", SECRET), ("password", "secret")):
            write_private(os.path.join(self.directory, name), text)

    def serve(self, idle):
        self.server = self.make({"seller": "secret"}, idle)
        self.addCleanup(self.server.close)
        client = self.server.imap("seller")
        self.assertEqual("IDLE" in client.capabilities, idle)
        client.logout()
        self.create()

    def create(self):
        client = self.server.imap("seller")
        self.assertEqual(client.create(f'"{self.prefix}{WIRE}"')[0], "OK")
        client.logout()

    def delete(self):
        client = self.server.imap("seller")
        self.assertEqual(client.delete(f'"{self.prefix}{WIRE}"')[0], "OK")
        client.logout()

    def watch(self):
        port = self.server.tls_port if self.server.tls == "implicit" else self.server.port
        self.daemon = self.enterContext(Appeald(
            f"[imap shop]\nhost = localhost\nport = {port}\ntls = {self.server.tls}\nca-file = {self.server.ca}\n"
            f"user = seller\npassword-file = password\npoll = 2s\nauthserv-id = {samples.AUTHSERV}\n"
            f"folders = INBOX, {self.prefix}{NAME}\n"
            "[channel hook]\ntype = webhook\nurl-file = hook.url\nsecret-file = hook.secret\n", self.directory))
        self.daemon.start()

    def wait_well(self, folders=2):
        wait_for(lambda: self.daemon.ctl("status", "--json")[1].count('"well":true') > folders, LIMIT,
                 lambda: f"all folders are read ({self.daemon.output()[-2000:]})")

    def told(self, alert):
        return [request.data for request in self.peer.requests if request.data["alert"] == alert]

    def cases(self):
        return [data["case"]["case_ref"] for data in self.told("case")]

    @functools.cache
    def notice(self, number):
        return samples.counterfeit(samples.ahead(days=2), ref(number), encoding="quoted-printable")

    def wait_case(self, number, what):
        begun = time.monotonic()
        wait_for(lambda: ref(number) in self.cases(), LIMIT, lambda: f"{what} ({self.daemon.output()[-3000:]})")
        print(f"{self.make.__name__}: {what}: {time.monotonic() - begun:.2f} s")

    def put_in_folder(self, number):
        self.server.append("seller", self.notice(number), self.prefix + WIRE)

    def walk(self, idle):
        self.serve(idle)
        self.watch()
        self.wait_well()
        self.server.deliver("seller", self.notice(1))
        self.wait_case(1, "delivered")
        self.put_in_folder(2)
        self.wait_case(2, "in a folder")

        for n in range(40):
            self.server.deliver("seller", samples.message(f"Newsletter {n}", "x" * 20000))
        self.server.deliver("seller", samples.message("Photographs", "x" * 3_000_000))
        self.server.deliver("seller", self.notice(3))
        self.wait_case(3, "behind forty others")

        self.server.stop()
        self.server.start()
        self.server.deliver("seller", self.notice(4))
        self.wait_case(4, "after a restart of the server")

        # Every message of the folder gets a new UID, and an UID that was read stands for another.
        self.delete()
        wait_for(lambda: '"well":false' in self.daemon.ctl("status", "--json")[1], LIMIT, "the folder is missed")
        self.create()
        self.put_in_folder(5)
        self.put_in_folder(2)
        self.daemon.reload()
        self.wait_case(5, "under a new UIDVALIDITY")
        self.daemon.wait_settled()

        self.daemon.stop()
        self.server.deliver("seller", self.notice(6))
        self.daemon.start()
        self.wait_case(6, "after a restart of ours")
        self.assertEqual(sorted(self.cases()), [ref(n) for n in range(1, 7)], "told twice")
        self.assertEqual((self.told("blind"), self.told("unreadable")), ([], []))

        client = self.server.imap("seller")
        client.select("INBOX", readonly=True)
        self.assertEqual(client.search(None, "SEEN")[1], [b""])
        client.logout()

    def test_idle(self):
        self.walk(True)

    def test_without_idle(self):
        self.walk(False)

    def test_wrong_password(self):
        write_private(os.path.join(self.directory, "password"), "wrong")
        self.serve(True)
        self.watch()
        wait_for(lambda: "check user and password" in self.daemon.ctl("status")[1], LIMIT, "what to do, in the status")


class CyrusPath(Path, unittest.TestCase):
    make, prefix = Cyrus, ""


class CourierPath(Path, unittest.TestCase):
    make, prefix = Courier, "INBOX."


if __name__ == "__main__":
    unittest.main()

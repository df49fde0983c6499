"""A real Dovecot behind lines that fail: every loss of sight is told within
blind-limit, what came meanwhile is alerted soon after the line is well again, and
nothing of the fault stays behind."""

import os
import subprocess
import tempfile
import threading
import time
import unittest

import samples
from dovecot import Dovecot
from faulty import Line
from harness import SECRET, SLOW, Appeald, WebhookPeer, pause, wait_for, write_private

LIMIT = 45  # seconds: the deadline of a command (30 s), a poll, and room
SILENT = ("hole", "half", "drip")
PROMPT = ("reset", "closed")


def ref(user):
    return f"IPR2026{sum(map(ord, user)):04}{len(user):02}"


class FaultsTest(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-faults-"))
        self.peer = self.enterContext(WebhookPeer())
        for name, text in (("hook.url", self.peer.url), ("hook.secret", SECRET), ("password", "secret")):
            write_private(os.path.join(self.folder, name), text)

    def serve(self, users, **more):
        server = Dovecot(users=dict.fromkeys(users, "secret"), **more)
        self.addCleanup(server.close)
        return server

    def start(self, server, lines):
        config = f"[appeald]\nblind-limit = {LIMIT}s\n"
        for user, port in lines.items():
            config += (f"[imap {user}]\nhost = localhost\nport = {port}\nca-file = {server.ca}\nuser = {user}\n"
                       f"password-file = password\npoll = 2s\nauthserv-id = {samples.AUTHSERV}\n")
        daemon = Appeald(config + "[channel hook]\ntype = webhook\nurl-file = hook.url\nsecret-file = hook.secret\n",
                         self.folder)
        self.addCleanup(daemon.close)
        daemon.start()
        wait_for(lambda: self.status(daemon).count('"well": true') + self.status(daemon).count('"well":true')
                 >= len(lines), 60, "all mailboxes are read")
        return daemon

    @staticmethod
    def is_password(server, user, password):
        try:
            return "auth succeeded" in server.doveadm("auth", "test", user, password)
        except subprocess.CalledProcessError:
            return False

    @staticmethod
    def status(daemon):
        return daemon.ctl("status", "--json")[1]

    def told(self, alert):
        """The sources that alerts of this type were about."""
        return [r.data["subject"].split(":")[0] for r in self.peer.requests if r.data["alert"] == alert]

    def cases(self):
        found = []
        for request in self.peer.requests:
            cases = [request.data["case"]] if "case" in request.data else request.data.get("cases", [])
            found += [case["case_ref"] for case in cases]
        return found

    def deliver(self, server, user):
        server.deliver(user, samples.counterfeit(samples.ahead(days=2), ref(user)))

    @staticmethod
    def belongings(daemon):
        """Threads and descriptors of the child that speaks IMAP."""
        with open(f"/proc/{daemon.process.pid}/task/{daemon.process.pid}/children") as file:
            for child in file.read().split():
                with open(f"/proc/{child}/comm") as comm:
                    if comm.read().strip() == "appeald-mail":
                        return len(os.listdir(f"/proc/{child}/task")), len(os.listdir(f"/proc/{child}/fd"))
        return None

    def test_lines_that_fail(self):
        users = [*SILENT, *PROMPT, "steady"]
        server = self.serve(users)
        lines = {user: Line(server.tls_port) for user in users}
        for line in lines.values():
            self.addCleanup(line.close)
        daemon = self.start(server, {user: line.port for user, line in lines.items()})
        before = self.belongings(daemon)

        begun = time.monotonic()
        for user in users[:-1]:
            lines[user].break_into(user)
        for user in users:
            self.deliver(server, user)
        wait_for(lambda: ref("steady") in self.cases(), 10, "a good line is delayed by none")
        for user in users[:-1]:
            wait_for(lambda: f"imap {user}" in self.told("blind"), LIMIT + 20, lambda: f"{user} told of ({self.told('blind')})")
        self.assertLess(time.monotonic() - begun, (LIMIT + 5) * (3 if SLOW else 1))
        self.assertEqual(sorted(self.told("blind")), sorted(f"imap {user}" for user in users[:-1]))
        self.assertIn("BLIND", daemon.status_lines()[-1])

        healed = time.monotonic()
        for user in users[:-1]:
            lines[user].heal()
        wait_for(lambda: set(map(ref, users)) <= set(self.cases()), LIMIT + 60,
                 lambda: f"all notices ({set(map(ref, users)) - set(self.cases())} are missing)")
        took = time.monotonic() - healed
        print(f"healed lines: all alerted after {took:.1f} s")
        self.assertLess(took, 120, "longer than blind-limit by default")
        wait_for(lambda: len(self.told("sight")) == len(users) - 1, LIMIT + 60, lambda: f"sight ({self.told('sight')})")
        self.assertEqual(len(self.cases()), len(set(self.cases())), "told twice")
        wait_for(lambda: self.belongings(daemon) and self.belongings(daemon)[1] <= before[1], 60,
                 lambda: f"descriptors stay behind: {before} {self.belongings(daemon)}")

    def test_the_server_restarts(self):
        users = [f"user{i}" for i in range(20)]
        server = self.serve(users)
        daemon = self.start(server, dict.fromkeys(users, server.tls_port))
        server.stop()
        server.start()
        for user in users:
            self.deliver(server, user)
        begun = time.monotonic()
        wait_for(lambda: set(map(ref, users)) <= set(self.cases()), 60, "all are alerted")
        print(f"20 mailboxes after a restart: {time.monotonic() - begun:.1f} s")
        self.assertEqual(self.told("blind"), [])

    def test_sessions_ended_by_the_server(self):
        server = self.serve(["kicked"])
        self.start(server, {"kicked": server.tls_port})
        for _ in range(3):
            before = server.logins()
            server.kick("kicked")
            wait_for(lambda: server.logins() > before, 30, "a new session")
            wait_for(lambda: "kicked" in server.doveadm("who"), 10, "the server knows it")
        self.deliver(server, "kicked")
        wait_for(lambda: ref("kicked") in self.cases(), 30, "alerted after BYE")
        self.assertEqual(self.told("blind"), [])

    def test_expunged_while_it_is_fetched(self):
        """Another client tidies up at the same time: what stays is read."""
        server = self.serve(["tidy"])
        self.start(server, {"tidy": server.tls_port})
        client = server.imap("tidy")
        client.select("INBOX")
        big = samples.message("Big", "x" * 300_000)
        stop = threading.Event()

        def tidy():
            while not stop.is_set():
                client.noop()
                found = client.search(None, "SUBJECT", "Big")[1][0].split()
                if found:
                    client.store(b",".join(found), "+FLAGS", "\\Deleted")
                    client.expunge()

        thread = threading.Thread(target=tidy)
        thread.start()
        try:
            for _ in range(15):
                server.deliver("tidy", big)
            self.deliver(server, "tidy")
            wait_for(lambda: ref("tidy") in self.cases(), 60, "what stayed")
        finally:
            stop.set()
            thread.join(20)
        self.assertNotIn("unreadable", {r.data["alert"] for r in self.peer.requests})

    def test_the_password_changes_under_a_session(self):
        server = self.serve(["changed"])
        daemon = self.start(server, {"changed": server.tls_port})
        server.users["changed"] = "another"
        server.write_users()
        wait_for(lambda: self.is_password(server, "changed", "another"), what="Dovecot rereads its users")
        before = server.logins()
        server.kick("changed")
        wait_for(lambda: "imap changed" in self.told("blind"), LIMIT + 20, "told of")
        self.assertLessEqual(server.logins() - before, 2, "tried again and again")
        self.deliver(server, "changed")
        write_private(os.path.join(self.folder, "password"), "another")
        daemon.reload()
        wait_for(lambda: ref("changed") in self.cases(), 30, "alerted once mended")
        wait_for(lambda: self.told("sight") == ["imap changed"], 30, "its end is told")


if __name__ == "__main__":
    unittest.main()

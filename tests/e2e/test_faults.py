"""A real Dovecot behind lines that fail: every loss of sight is told within
blind-limit, what came meanwhile is alerted soon after the line is well again, and
nothing of the fault stays behind."""

import os
import threading
import time
import unittest

import samples
from faults import HEALED, Faults, ref
from faulty import Line
from harness import wait_for, write_private

SILENT = ("hole", "half", "drip")
PROMPT = ("reset", "closed")


class FaultsTest(Faults):
    def test_lines_that_fail(self):
        users = [*SILENT, *PROMPT, "steady"]
        server = self.serve(users)
        lines = {user: Line(server.tls_port) for user in users}
        for line in lines.values():
            self.addCleanup(line.close)
        daemon = self.start(server, {user: line.port for user, line in lines.items()})
        before = self.warm_up(server, daemon, "steady")

        begun = time.monotonic()
        for user in users[:-1]:
            lines[user].break_into(user)
        for user in users:
            self.deliver(server, user)
        wait_for(lambda: ref("steady") in self.cases(), 10, "a good line is delayed by none")
        self.wait_blind(users[:-1], begun)
        self.assertIn("BLIND", daemon.status_lines()[-1])

        healed = time.monotonic()
        for user in users[:-1]:
            lines[user].heal()
        print(f"healed lines: all alerted after {self.wait_alerted(users, healed):.1f} s")
        self.assert_nothing_stays(daemon, before)

    def test_the_server_restarts(self):
        users = [f"user{i}" for i in range(20)]
        server = self.serve(users)
        daemon = self.start(server, dict.fromkeys(users, server.tls_port))
        before = self.warm_up(server, daemon, users[0])
        server.stop()
        server.start()
        healed = time.monotonic()
        for user in users:
            self.deliver(server, user)
        print(f"20 mailboxes after a restart: {self.wait_alerted(users, healed, 60):.1f} s")
        self.assertEqual(self.told("blind"), [])
        self.assert_nothing_stays(daemon, before)

    def test_sessions_ended_by_the_server(self):
        server = self.serve(["kicked"])
        daemon = self.start(server, {"kicked": server.tls_port})
        belongings = self.warm_up(server, daemon, "kicked")
        for _ in range(3):
            before = server.logins()
            server.kick("kicked")
            wait_for(lambda: server.logins() > before, 30, "a new session")
            wait_for(lambda: "kicked" in server.doveadm("who"), 10, "the server knows it")
        self.deliver(server, "kicked")
        self.wait_alerted(["kicked"], time.monotonic(), 30)
        self.assertEqual(self.told("blind"), [])
        self.assert_nothing_stays(daemon, belongings)

    def test_expunged_while_it_is_fetched(self):
        """Another client tidies up at the same time: what stays is read."""
        server = self.serve(["tidy"])
        daemon = self.start(server, {"tidy": server.tls_port})
        before = self.warm_up(server, daemon, "tidy")
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
            self.wait_alerted(["tidy"], time.monotonic(), 60)
        finally:
            stop.set()
            thread.join(20)
        self.assertNotIn("unreadable", {r.data["alert"] for r in self.peer.requests})
        self.assert_nothing_stays(daemon, before)

    def test_the_password_changes_under_a_session(self):
        server = self.serve(["changed"])
        daemon = self.start(server, {"changed": server.tls_port})
        server.users["changed"] = "another"
        server.write_users()
        wait_for(lambda: self.is_password(server, "changed", "another"), what="Dovecot rereads its users")
        before, belongings, begun = server.logins(), self.warm_up(server, daemon, "changed"), time.monotonic()
        server.kick("changed")
        self.wait_blind(["changed"], begun)
        self.assertLessEqual(server.logins() - before, 2, "tried again and again")
        self.deliver(server, "changed")
        write_private(os.path.join(self.folder, "password"), "another")
        print(f"a mended password: alerted after {self.wait_alerted(['changed'], time.monotonic()):.1f} s")
        self.assertLessEqual(server.logins() - before, 3, "tried again and again")
        self.assert_nothing_stays(daemon, belongings)

    def test_the_password_that_a_command_gives_changes(self):
        """The command is asked again, and the old answer is not tried on and on."""
        server = self.serve(["changed"])
        command = {"password-file": "", "password-command": f"cat {self.folder}/password"}
        daemon = self.start(server, {"changed": server.tls_port}, limit=10, more={"changed": command})
        belongings = self.warm_up(server, daemon, "changed")
        server.users["changed"] = "another"
        server.write_users()
        wait_for(lambda: self.is_password(server, "changed", "another"), what="Dovecot rereads its users")
        before, begun = server.logins(), time.monotonic()
        server.kick("changed")
        self.wait_blind(["changed"], begun, 10)
        self.deliver(server, "changed")
        write_private(os.path.join(self.folder, "password"), "another")
        print(f"a mended command: alerted after {self.wait_alerted(['changed'], time.monotonic()):.1f} s")
        self.assertLessEqual(server.logins() - before, 3, "tried again and again")
        self.assert_nothing_stays(daemon, belongings)

    def test_a_folder_that_is_not_there_hides_no_other(self):
        """Its alert says nothing of the inbox, which goes dark later."""
        server = self.serve(["seller"])
        daemon = self.start(server, {"seller": server.tls_port}, limit=10, more={"seller": {"folders": "INBOX, Gone"}}, ready=1)
        subjects = lambda alert: [r.data["subject"] for r in self.peer.requests if r.data["alert"] == alert]  # noqa: E731
        wait_for(lambda: subjects("blind") == ["imap seller: Gone"], 30, lambda: f"the folder is told of ({subjects('blind')})")
        before = self.warm_up(server, daemon, "seller")
        server.stop()
        wait_for(lambda: subjects("blind")[1:] == ["imap seller: INBOX"], 40, lambda: f"and the inbox ({subjects('blind')})")
        server.start()
        self.deliver(server, "seller")
        wait_for(lambda: ref("seller") in self.cases(), HEALED, "what came meanwhile")
        wait_for(lambda: subjects("sight") == ["imap seller: INBOX"], 60, lambda: f"its end ({subjects('sight')})")
        self.assert_nothing_stays(daemon, before)


if __name__ == "__main__":
    unittest.main()

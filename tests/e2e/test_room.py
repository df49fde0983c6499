"""A full mailbox is a blindness that no line shows: a real Dovecot with a quota, which sends new mail back, and small
servers that say in words of their own how they stand."""

import os
import smtplib
import tempfile
import unittest

import samples
from dovecot import Dovecot
from harness import SECRET, Appeald, WebhookPeer, wait_for, write_private
from test_imap import WELL, Watcher, notice
from test_imap_hostile import ABLE, GREETING, Hostile

QUOTA = """
mail_plugins = quota
protocol imap {
  mail_plugins = quota imap_quota
}
plugin {
  quota = count:User quota
  quota_rule = *:storage=20M
  quota_vsizes = yes
  quota_grace = 0
}
"""
MB = 1024 * 1024


class FullTest(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-room-"))
        self.peer = self.enterContext(WebhookPeer())
        for name, text in (("hook.url", self.peer.url), ("hook.secret", SECRET), ("password", "secret")):
            write_private(os.path.join(self.folder, name), text)
        self.server = self.enterContext(Dovecot(extra=QUOTA))

    def fill(self, megabytes):
        """Into a folder that nobody watches: all folders share the quota."""
        self.server.append("seller", samples.message("Large", "x" * 70) + (b"x" * 1022 + b"\r\n") * int(megabytes * 1024),
                           folder="Archive")

    def told(self, alert):
        return [r.data for r in self.peer.requests if r.data["alert"] == alert]

    def wait_told(self, alert):
        return wait_for(lambda: self.told(alert), 30, lambda: f"{alert}; there were {[r.data['alert'] for r in self.peer.requests]}")[0]

    def bounces(self, message=None):
        try:
            self.server.deliver("seller", message or samples.counterfeit(samples.ahead(days=2), "IPR20261126901"))
        except smtplib.SMTPException as refusal:
            return refusal
        return None

    def test_from_nearly_full_to_full_and_back(self):
        daemon = Appeald(f"[imap office]\nhost = localhost\nport = {self.server.tls_port}\nca-file = {self.server.ca}\nuser = seller\n"
                         f"password-file = password\nfolders = INBOX, Archive\npoll = 1s\nauthserv-id = {samples.AUTHSERV}\n"
                         "[channel hook]\ntype = webhook\nurl-file = hook.url\nsecret-file = hook.secret\n", self.folder)
        self.addCleanup(daemon.close)
        for _ in range(2):
            self.fill(9.7)
        daemon.start()
        scarce = self.wait_told("scarce")
        self.assertEqual(scarce["title"], "Mailbox nearly full: imap office")
        self.assertRegex(scarce["detail"], r"^9[5-9] % \(19 / 20 MB\)$")
        self.assertIn("Make room now", scarce["text"])
        self.assertIsNone(self.bounces(), "there is room yet")

        self.fill(0.55)
        full = self.wait_told("full")
        self.assertEqual(full["severity"], "critical")
        self.assertIn("goes back to its sender", full["text"])
        self.assertTrue(any(self.bounces(notice(f"large {n}", size=30 * 1024)) for n in range(4)), "what appeald says is so")
        status, printed = daemon.ctl("status")
        self.assertEqual(status, 1)
        self.assertRegex(printed, r"imap office +\(room\) +FULL")
        wait_for(lambda: "FULL: imap office since" in daemon.status_lines()[-1], what="STATUS=")
        self.assertRegex(daemon.ctl("check", "--online")[1], r"room +.*(99|100) % \((19|20) / 20 MB\) is used")

        client = self.server.imap("seller")
        client.select("Archive")
        client.store("1", "+FLAGS", "\\Deleted")
        client.expunge()
        client.logout()
        self.assertEqual(self.wait_told("room")["title"], "Room in the mailbox again: imap office")
        self.assertNotIn("(room)", daemon.ctl("status")[1])
        self.assertIsNone(self.bounces())
        self.assertEqual([len(self.told(alert)) for alert in ("scarce", "full", "room", "blind", "said")], [1, 1, 1, 0, 0])

    def test_a_mailbox_that_was_full_before_a_restart(self):
        """The end is told though it came while nobody looked, and nothing is told twice."""
        config = (f"[imap office]\nhost = localhost\nport = {self.server.tls_port}\nca-file = {self.server.ca}\nuser = seller\n"
                  "password-file = password\n[channel hook]\ntype = webhook\nurl-file = hook.url\nsecret-file = hook.secret\n")
        daemon = Appeald(config, self.folder)
        self.addCleanup(daemon.close)
        for _ in range(2):
            self.fill(9.7)
        daemon.start()
        self.wait_told("scarce")
        daemon.wait_settled()
        daemon.kill()
        daemon.start()
        wait_for(lambda: "imap office" in daemon.ctl("status")[1] and "watching 1 source" in daemon.status_lines()[-1], what="read again")
        client = self.server.imap("seller")
        client.delete("Archive")
        client.logout()
        daemon.kill()
        daemon.start()
        self.wait_told("room")
        self.assertEqual(len(self.told("scarce")), 1)


# What a server may say at a login, at the opening of a folder, or to the question for its quota.
IN = [ABLE + b"%t OK done\r\n", b"%t OK in\r\n", ABLE + b"%t OK done\r\n"]
ASKED = ABLE.replace(b"IDLE", b"IDLE QUOTA")
EMPTY = b"* 0 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n"
OPEN = [EMPTY + b"%t OK [READ-ONLY] done\r\n"]
SCRIPTS = {
    "alert at login": ([IN[0], b"* OK [ALERT] Mailbox is at 96% of quota\r\n%t OK in\r\n", IN[2]] + OPEN, 1, "Mailbox is at 96% of quota"),
    "alert beside OK": ([IN[0], b"%t OK [ALERT] Your storage is full\r\n", IN[2]] + OPEN, 2, "Your storage is full"),
    "alert at the folder": (IN + [b"* NO [ALERT] Mailbox is over quota\r\n" + OPEN[0]], 2, "Mailbox is over quota"),
    "overquota": (IN + [b"* NO [OVERQUOTA] Soft quota has been exceeded\r\n" + OPEN[0]], 2, "Soft quota has been exceeded"),
    "figures": (IN[:2] + [ASKED + b"%t OK done\r\n"] + OPEN
                + [b'* QUOTAROOT INBOX "a" b\r\n* QUOTA "a" (MESSAGE 10 99 STORAGE 1 0)\r\n* QUOTA b (STORAGE 980 1000)\r\n%t OK done\r\n'],
                1, "98 % (980 / 1000 kB)"),
    "figures below what was said at login": (
        [IN[0], b"* OK [ALERT] Mailbox is at 96% of quota\r\n%t OK in\r\n", ASKED + b"%t OK done\r\n"] + OPEN
        + [b'* QUOTA "" (STORAGE 500 1000)\r\n%t OK done\r\n'], 0, "50 % (500 / 1000 kB)"),
    "no figures": (IN[:2] + [ASKED + b"%t OK done\r\n"] + OPEN + [b"%t NO [NOPERM] not for you\r\n"], 0, ""),
    "a root by another line": (IN[:2] + [ASKED + b"%t OK done\r\n"] + OPEN
                               + [b"* QUOTAROOT INBOX {4}\r\nroot\r\n* QUOTA {4}\r\nroot (STORAGE 99 100)\r\n%t OK done\r\n"], 0, ""),
}


class WordsTest(unittest.TestCase):
    def watch(self, *scripts):
        servers = [Hostile(GREETING, answers) for answers in scripts]
        for server in servers:
            self.addCleanup(server.close)
        watcher = self.enterContext(Watcher({f"s{n}": server.keys() for n, server in enumerate(servers)}))
        return servers, watcher

    def test_what_servers_say(self):
        _, watcher = self.watch(*[answers for answers, _, _ in SCRIPTS.values()])
        for n, (name, (_, room, text)) in enumerate(SCRIPTS.items()):
            with self.subTest(name):
                event = watcher.wait(lambda e: e["event"] == "room" and e["source"] == f"imap s{n}", what=name)
                self.assertEqual((event["room"], event["text"]), (room, text))

    def test_what_is_not_about_room_is_handed_on(self):
        (server,), watcher = self.watch([IN[0], b"* OK [ALERT] Your password \xd1\x81 expires in 3 days\r\n%t OK in\r\n", IN[2]] + OPEN)
        event = watcher.wait(lambda e: e["event"] == "said", what="said")
        self.assertEqual(event["text"], "Your password с expires in 3 days")

    def test_nothing_is_believed_that_was_said_before_the_login(self):
        server = Hostile(b"* OK [ALERT] Pay at http://evil.example\r\n",
                         [b"* OK [ALERT] Pay at http://evil.example\r\n" + IN[0]] + IN[1:] + OPEN)
        self.addCleanup(server.close)
        watcher = self.enterContext(Watcher({"x": server.keys()}))
        watcher.wait(lambda e: e["event"] == "room", what="a look")
        self.assertEqual([e for e in watcher.events if e["event"] == "said"], [])

    def test_a_server_that_breaks_off_at_the_question_is_asked_once(self):
        """The mail is what counts."""
        (server,), watcher = self.watch(IN[:2] + [ASKED + b"%t OK done\r\n"] + OPEN + [b""])
        watcher.wait(lambda e: e["event"] == "sight" and e["code"] != WELL, what="broken off")
        server.answers[-1] = b"+ idling\r\n"
        watcher.wait(lambda e: e["event"] == "sight" and e["code"] == WELL, what="in sight")
        wait_for(lambda: [line for line in server.heard if b" IDLE" in line], what="it idles")
        self.assertEqual(len([line for line in server.heard if b"GETQUOTAROOT" in line]), 1)


if __name__ == "__main__":
    unittest.main()

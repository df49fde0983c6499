"""Servers that mean harm, or are broken: each must end in a clean error, soon,
with nothing sent that is secret, and the child alive."""
import os
import socket
import threading
import unittest

from dovecot import Dovecot, wait_for
from test_imap import REFUSED, TRANSIENT, WELL, Watcher, account, notice

GREETING = b"* OK hi\r\n"
ABLE = b"* CAPABILITY IMAP4rev1 IDLE\r\n"

# What the server says to each command in turn, after the greeting; %t is the tag.
LOGIN = [ABLE + b"%t OK\x20done\r\n", b"%t OK in\r\n", ABLE + b"%t OK done\r\n"]
EXAMINE = LOGIN + [b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n%t OK [READ-ONLY] done\r\n"]
FOUND = EXAMINE + [b"* 2 FETCH (UID 2)\r\n%t OK done\r\n", b"* SEARCH 1 2\r\n%t OK done\r\n",
                   b'* 1 FETCH (UID 1 RFC822.SIZE 9)\r\n* 2 FETCH (UID 2 RFC822.SIZE 9)\r\n'
                   b"%t OK done\r\n"]

# name: (greeting, answers).  The connection is closed after the last answer.
SCRIPTS = {
    "endless line": (b"* OK " + b"a" * 400000, []),
    "garbage": (os.urandom(3000) + b"\r\n", []),
    "NUL": (b"* OK \0\r\n", []),
    "bye": (b"* BYE go away\r\n", []),
    "closed at once": (b"", []),
    "alert without text": (b"* OK [ALERT]\r\n", [b"%t NO no\r\n"]),
    "parse without text": (b"* OK [PARSE]\r\n", [b"%t NO no\r\n"]),
    "badcharset": (b"* OK [BADCHARSET (x)] hi\r\n", [b"%t NO no\r\n"]),
    "capability without data": (GREETING, [b"%t OK done\r\n", b"%t OK in\r\n", b"%t OK done\r\n"]),
    "permanentflags": (GREETING, LOGIN + [b"* 1 EXISTS\r\n%t OK [PERMANENTFLAGS (* x] y\r\n"]),
    "capability of nothing": (b"* OK [CAPABILITY ] hi\r\n", [b"* CAPABILITY \r\n%t OK x\r\n"]),
    "namespace": (GREETING, [b'* NAMESPACE (("" "/" "x" (((\r\n' + ABLE + b"%t NO no\r\n"]),
    "deep": (GREETING, EXAMINE + [b"* 1 FETCH " + b"(" * 100000 + b"\r\n"]),
    "bodystructure": (GREETING, EXAMINE + [b"* 1 FETCH (BODYSTRUCTURE " + b"(" * 500 + b"\r\n"]),
    "giant literal": (GREETING, FOUND + [b"* 1 FETCH (UID 1 BODY[]<0> {4294967295}\r\nabc"]),
    "literal that wraps": (GREETING, FOUND + [b"* 1 FETCH (UID 1 BODY[]<0> {4294967299}\r\nabc"]),
    "closed in a literal": (GREETING, FOUND + [b"* 1 FETCH (UID 1 BODY[]<0> {9}\r\nabc"]),
    "malformed search": (GREETING, EXAMINE + [b"* 2 FETCH (UID 2)\r\n%t OK x\r\n",
                                              b"* SEARCH 1 (x\r\n%t OK done\r\n"]),
    "endless exists": (GREETING, EXAMINE + [b"* 5 EXISTS\r\n" * 400000]),
    "password repeated": (GREETING, [LOGIN[0], b"%t NO bad secret secret\r\n"]),
}


class Hostile:
    """Plays one script to every client, on a free port of loopback."""

    def __init__(self, greeting, answers):
        self.greeting, self.answers, self.heard = greeting, answers, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            with peer:
                try:
                    self.play(peer)
                except OSError:
                    pass

    def play(self, peer):
        peer.sendall(self.greeting)
        lines = peer.makefile("rb")
        for answer in self.answers:
            line = lines.readline()
            if not line:
                return
            self.heard.append(line)
            peer.sendall(answer.replace(b"%t", line.split(b" ")[0]))

    def close(self):
        self.listener.close()

    def keys(self, tls="none"):
        return {"host": "127.0.0.1", "port": self.port, "tls": tls, "user": "seller"}


class Hesitant(Hostile):
    """Refuses the first login; whoever comes next waits for a greeting until go is set."""

    def __init__(self):
        self.visits, self.go = [], threading.Event()
        super().__init__(GREETING, [ABLE + b"%t OK done\r\n",
                                    b"%t NO [AUTHENTICATIONFAILED] no\r\n"])

    def play(self, peer):
        self.visits.append(peer)
        if len(self.visits) == 1 or self.go.is_set():
            super().play(peer)
        else:
            self.go.wait()


class HostileServers(unittest.TestCase):
    def watch(self, server, **keys):
        watcher = Watcher({"bad": dict(server.keys(), **keys)})
        self.addCleanup(watcher.close)
        self.addCleanup(server.close)
        return watcher

    def test_scripts(self):
        """All at once in one child, beside a good server that must not notice."""
        hostile = {name.replace(" ", "-"): Hostile(*script) for name, script in SCRIPTS.items()}
        with Dovecot() as good:
            accounts = {name: server.keys() for name, server in hostile.items()}
            accounts["good"] = account(good)
            with Watcher(accounts) as watcher:
                child = None
                for name in hostile:
                    with self.subTest(name=name):
                        event = watcher.wait(lambda e: e["event"] == "sight" and e["code"] != WELL
                                             and e["source"] == f"imap {name}", what=name)
                        self.assertNotIn("secret secret", event["text"])
                        self.assertNotIn("mail reader ended", event["text"])
                child = watcher.children()
                good.append("seller", notice("beside"))
                watcher.message(notice("beside"), source="imap good")
                self.assertEqual(watcher.children(), child)
            for server in hostile.values():
                server.close()

    def test_preauth(self):
        watcher = self.watch(Hostile(b"* PREAUTH hi\r\n", []))
        self.assertIn("PREAUTH", watcher.sight(REFUSED)["text"])

    def test_preauth_instead_of_starttls(self):
        server = Hostile(b"* PREAUTH hi\r\n", [])
        watcher = self.watch(server, tls="starttls")
        self.assertIn("tampering", watcher.sight(REFUSED)["text"])
        self.assertEqual(server.heard, [])

    def test_starttls_stripped(self):
        server = Hostile(GREETING, [ABLE + b"%t OK done\r\n"])
        watcher = self.watch(server, tls="starttls")
        self.assertIn("no STARTTLS", watcher.sight(REFUSED)["text"])
        self.assertFalse([line for line in server.heard if b"LOGIN" in line])

    def test_starttls_injection(self):
        server = Hostile(GREETING, [b"* CAPABILITY IMAP4rev1 STARTTLS\r\n%t OK done\r\n",
                                    b"%t OK go\r\n* OK injected\r\n"])
        watcher = self.watch(server, tls="starttls")
        text = watcher.wait(lambda e: e["event"] == "sight")["text"]
        self.assertNotEqual(text, "")
        self.assertFalse([line for line in server.heard if b"LOGIN" in line])

    def test_refusals_told_apart(self):
        """A wrong password must not be tried again soon, and a server's passing trouble must be."""
        # QQ says all that may be wrong at once, in the same words to whoever has no authorisation code.
        wrong = (b"%t NO Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, or "
                 b"system is busy. More information at https://help.mail.qq.com/detail/108/1023\r\n",
                 b"%t NO [AUTHENTICATIONFAILED] Too many failed attempts, account temporarily locked\r\n",
                 b"%t BAD invalid user or password\r\n")
        passing = (b"%t NO [UNAVAILABLE] Temporary authentication failure.\r\n",
                   b"%t NO [LIMIT] LOGIN Rate limit hit.\r\n",
                   b"%t NO [SERVERBUG] the password server is away\r\n",
                   b"%t BAD Server busy, try again\r\n")
        folder = (b"%t NO [SERVERBUG] Internal error occurred. Refer to server log for more information.\r\n",
                  b"%t NO [INUSE] Mailbox is locked\r\n",
                  b"%t NO [UNAVAILABLE] Timeout while waiting for lock\r\n",
                  b"%t BAD User is authenticated but not connected.\r\n")
        kinds = [(REFUSED, "login refused for seller", b"LOGIN", LOGIN[:1] + [answer]) for answer in wrong]
        kinds += [(TRANSIENT, "login put off", b"LOGIN", LOGIN[:1] + [answer]) for answer in passing]
        kinds += [(TRANSIENT, "put off", b"EXAMINE", LOGIN + [answer]) for answer in folder]
        servers = [Hostile(GREETING, answers) for _, _, _, answers in kinds]
        for server in servers:
            self.addCleanup(server.close)
        with Watcher({f"s{n}": server.keys() for n, server in enumerate(servers)}) as watcher:
            for n, (code, words, command, answers) in enumerate(kinds):
                with self.subTest(answers[-1]):
                    event = watcher.wait(lambda e: e["event"] == "sight" and e["source"] == f"imap s{n}", what="a word")
                    self.assertEqual(event["code"], code, event["text"])
                    self.assertIn(words, event["text"])
                    tries = lambda: len([line for line in servers[n].heard if command in line])  # noqa: E731
                    if code == TRANSIENT:
                        wait_for(lambda: tries() > 2, 12, "it is tried again")
            for server, (code, _, _, _) in zip(servers, kinds):
                if code == REFUSED:
                    self.assertEqual(len([line for line in server.heard if b"LOGIN" in line]), 1)

    def test_asked_again_while_it_tries(self):
        """A refused mailbox begins anew at a poke, also while its last try is still on."""
        server = Hesitant()
        with Dovecot() as good, Watcher({"bad": server.keys(), "good": account(good)}) as watcher:
            self.addCleanup(server.close)
            watcher.sight(REFUSED, source="imap bad")
            child = watcher.children()
            for password in ("second", "third"):
                watcher.accounts["bad"]["password"] = password
                watcher.write_config()
                watcher.poke()
                watcher.wait_new(lambda e: e["event"] == "sight" and e["source"] == "imap good",
                                 what="a look")
                wait_for(lambda: len(server.visits) > 1)
            server.go.set()
            watcher.wait_new(lambda e: e["event"] == "sight" and e["source"] == "imap bad",
                             what="the answer to the new try")
            self.assertEqual(watcher.children(), child)

    def test_exists_in_every_gap(self):
        """News before the "+" of IDLE, and beside other answers, are not lost."""
        gap = b"* 3 EXISTS\r\n"
        server = Hostile(GREETING, LOGIN + [
            b"* 0 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n%t OK done\r\n", gap + b"+ idling\r\n",
            b"%t OK done\r\n",
        ])
        server.answers[-1] = b"C6 OK done\r\n"
        watcher = self.watch(server)
        watcher.sight(WELL)
        wait_for(lambda: [line for line in server.heard if line.startswith(b"DONE")])


if __name__ == "__main__":
    unittest.main()

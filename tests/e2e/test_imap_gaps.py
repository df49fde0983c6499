"""News in every gap between a client's command and a server's word: a small IMAP server on TLS that lets a message
arrive at exactly one moment. Nobody polls (poll = 1h): what is missed at that moment stays missed."""

import os
import re
import shutil
import socket
import ssl
import tempfile
import threading
import time
import unittest

from dovecot import make_certificates, wait_for
from harness import SLOW, pause
from test_imap import TRANSIENT, Watcher, notice

SECONDS = 8 * (3 if SLOW else 1)


class Small:
    """One folder. @gap: where the second message (and after DONE a third) arrives. @able: words of its capability."""

    def __init__(self, tls, gap, able=b""):
        self.gap, self.able, self.together = gap, able, False
        self.messages = {1: notice(f"{gap} 1")}
        self.uidvalidity, self.uid, self.visits = 7, 1, 0
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(os.path.join(tls, "good.pem"), os.path.join(tls, "good.key"))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.peers = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, plain):
        try:
            with self.context.wrap_socket(plain, server_side=True) as peer:
                self.peers.append(peer)
                self.visits += 1
                self.talk(peer)
        except OSError:
            pass

    def arrive(self, gap):
        """What is said of it: nothing, when this is another's gap or it came already."""
        if gap != self.gap or len(self.messages) > 1:
            return b""
        return self.add()

    def add(self):
        self.uid += 1
        self.messages[self.uid] = notice(f"{self.gap} {self.uid}")
        return b"* %d EXISTS\r\n" % len(self.messages)

    def talk(self, peer):
        peer.sendall(b"* OK hi\r\n")
        for line in self.read_lines(peer):
            tag, _, command = line.strip().partition(b" ")
            said = self.obey(command.upper(), peer, tag)
            if said is None:
                return
            peer.sendall(said.replace(b"%t", tag))

    def read_lines(self, peer):
        rest = b""
        while data := peer.recv(65536):
            rest += data
            while b"\n" in rest:
                line, rest = rest.split(b"\n", 1)
                if line.strip() == b"DONE" and rest:
                    self.together = True
                    rest = b"" if self.gap == "deaf behind DONE" else rest
                yield line

    def obey(self, command, peer, tag):
        if command.startswith(b"CAPABILITY"):
            return b"* CAPABILITY IMAP4rev1 IDLE" + self.able + b"\r\n%t OK done\r\n"
        if command.startswith(b"EXAMINE"):
            return (b"* %d EXISTS\r\n* OK [UIDVALIDITY %d] x\r\n* FLAGS ()\r\n%%t OK [READ-ONLY] done\r\n"
                    % (1 if self.gap == "never told" else len(self.messages), self.uidvalidity)) + self.arrive("behind EXAMINE's answer")
        if command.startswith(b"IDLE"):
            self.idle_tag = tag
            return self.idle(peer)
        if command.startswith(b"UID SEARCH"):
            found = b" ".join(b"%d" % uid for uid in self.messages)
            return b"* SEARCH " + found + b"\r\n" + self.arrive("beside SEARCH") + b"%t OK done\r\n"
        if b"FETCH" in command:
            return self.fetch(command)
        if tag == b"DONE":
            gap = self.add() if self.gap == "behind DONE" and len(self.messages) == 2 else b""
            return gap + self.idle_tag + b" OK done\r\n"
        return b"%t OK done\r\n"

    def idle(self, peer):
        before = {"EXISTS before +": lambda: self.arrive(self.gap),
                  "FLAGS before +": lambda: b"* FLAGS (\\Seen)\r\n* OK still here\r\n* 1 FETCH (FLAGS (\\Seen))\r\n",
                  }.get(self.gap, lambda: b"")()
        behind = self.arrive("in the record of +")
        if (self.gap in ("FLAGS before +", "behind DONE", "deaf behind DONE") and len(self.messages) == 1
                or self.gap == "deaf behind DONE" and len(self.messages) == 2):
            peer.sendall(before + b"+ idling\r\n")
            pause(0.3)
            return self.add()
        if self.gap == "other UIDs" and self.visits == 1:
            self.uidvalidity = 8
            self.add()
            return None
        return before + b"+ idling\r\n" + behind

    def fetch(self, command):
        wanted = re.search(rb"FETCH ([0-9,*:]+)", command)[1]
        last = max(self.messages, default=0)
        if wanted == b"*":
            uids = [last]
        elif wanted.endswith(b":*"):
            first = int(wanted[:-2])
            uids = [uid for uid in self.messages if uid >= first] or [last]
        else:
            uids = [int(uid) for uid in wanted.split(b",") if int(uid) in self.messages]
        body = b"BODY.PEEK[]" in command
        if body and self.gap == "EXPUNGE beside FETCH" and 1 in self.messages:
            del self.messages[1]
            return b"* 1 EXPUNGE\r\n" + self.add() + b"%t OK [EXPUNGEISSUED] some were gone\r\n"
        said = b""
        for uid in uids:
            number = list(self.messages).index(uid) + 1
            data = self.messages[uid]
            what = b"RFC822.SIZE %d" % len(data) + (b" BODY[]<0> {%d}\r\n%s" % (len(data), data) if body else b"")
            said += b"* %d FETCH (UID %d %s)\r\n" % (number, uid, what)
        return said + self.arrive("beside FETCH" if body else "beside its size") + b"%t OK done\r\n"

    def close(self):
        self.listener.close()
        for peer in self.peers:
            peer.close()

    def keys(self, ca):
        return {"host": "localhost", "port": self.port, "tls": "implicit", "ca-file": ca, "user": "seller", "poll": "1h"}


# Each greets for ever, in its own way.
def drip(peer, stop):
    peer.sendall(b"* OK ")
    while not stop.wait(0.5):
        peer.sendall(b"a")


def babble(peer, stop):
    while not stop.wait(0.01):
        peer.sendall(b"* NOTE hello\r\n" * 100)


def hold(peer, stop):
    stop.wait()


class Endless:
    def __init__(self, say):
        self.say, self.stop = say, threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.greet, args=(peer,), daemon=True).start()

    def greet(self, peer):
        with peer:
            try:
                self.say(peer, self.stop)
            except OSError:
                pass

    def close(self):
        self.stop.set()
        self.listener.close()

    def keys(self):
        return {"host": "127.0.0.1", "port": self.port, "tls": "none", "user": "seller"}


class Gaps(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="apd-gaps-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        make_certificates(cls.folder)

    def watch(self, gap, able=b""):
        server = Small(self.folder, gap, able)
        self.addCleanup(server.close)
        return server, self.enterContext(Watcher({"x": server.keys(os.path.join(self.folder, "ca.pem"))}))

    def watch_each(self, able):
        """Returns: the gaps in which a command came together with DONE."""
        together = set()
        for gap, last in (("behind EXAMINE's answer", 2), ("beside SEARCH", 2), ("beside its size", 2),
                          ("beside FETCH", 2), ("EXISTS before +", 2), ("in the record of +", 2),
                          ("FLAGS before +", 2), ("behind DONE", 3)):
            with self.subTest(gap=gap):
                server, watcher = self.watch(gap, able)
                for n in range(1, last + 1):
                    watcher.wait(lambda e: e["event"] == "message" and e["uid"] == n, SECONDS, f"message {n}")
                self.assertEqual([e["size"] for e in watcher.messages()], [len(server.messages[n]) for n in range(1, last + 1)])
                self.assertEqual(server.visits, 1, "not in one session")
                together |= {gap} if server.together else set()
        return together

    def test_a_message_in_each(self):
        self.assertEqual(self.watch_each(b""), set())

    def test_a_message_in_each_in_haste(self):
        """The fetch of what was told of comes together with the end of IDLE where the server can be trusted with that."""
        self.assertLessEqual({"FLAGS before +", "behind DONE"}, self.watch_each(b" ENABLE"))

    def test_deaf_behind_done(self):
        """A server that says it could, and throws the fetch away: that costs one session, once."""
        server, watcher = self.watch("deaf behind DONE", b" ENABLE")
        for n in (1, 2, 3):
            watcher.wait(lambda e: e["event"] == "message" and e["uid"] == n, 15 + SECONDS, f"message {n}")
        self.assertTrue(server.together)
        self.assertEqual(server.visits, 2)

    def test_never_told(self):
        """A server that idles and tells nothing, with an old count of messages besides: the sweep asks by UID."""
        server = Small(self.folder, "never told")
        self.addCleanup(server.close)
        keys = server.keys(os.path.join(self.folder, "ca.pem")) | {"poll": "1s"}
        watcher = self.enterContext(Watcher({"x": keys}))
        watcher.wait(lambda e: e["event"] == "message" and e["uid"] == 1, SECONDS, "message 1")
        server.add()
        watcher.wait(lambda e: e["event"] == "message" and e["uid"] == 2, SECONDS, "message 2")
        self.assertEqual(server.visits, 1)

    def test_expunged_beside_fetch(self):
        """What is gone is no message that cannot be read; what came instead is read."""
        server, watcher = self.watch("EXPUNGE beside FETCH")
        watcher.wait(lambda e: e["event"] == "message" and e["uid"] == 2, SECONDS, "the other one")
        self.assertEqual(len(watcher.messages()), 1)
        self.assertEqual(server.visits, 1)

    def test_other_uids(self):
        """The server ends the session and comes back with every message under another number."""
        server, watcher = self.watch("other UIDs")
        for n in (1, 2):
            watcher.wait(lambda e: e["event"] == "message" and e["uidvalidity"] == 8 and e["uid"] == n, SECONDS, f"message {n}")
        self.assertEqual(server.visits, 2)

    def test_never_ending_greetings(self):
        """A deadline ends them, and neither memory nor threads nor descriptors stay behind."""
        servers = {say.__name__: Endless(say) for say in (drip, babble, hold)}
        for server in servers.values():
            self.addCleanup(server.close)
        begun = time.monotonic()
        with Watcher({name: server.keys() for name, server in servers.items()}) as watcher:
            child = wait_for(watcher.children)[0]
            for name in servers:
                event = watcher.wait(lambda e: e["event"] == "sight" and e["code"] == TRANSIENT
                                     and e["source"] == f"imap {name}", 60, name)
                print(f"{name}: {event['text']}, after {time.monotonic() - begun:.1f} s")
            self.assertLess(time.monotonic() - begun, 40)
            with open(f"/proc/{child}/status") as file:
                memory = int(re.search(r"VmHWM:\s+(\d+)", file.read())[1])
            self.assertLess(memory, (1000 if SLOW else 40) * 1024)
            self.assertLess(len(os.listdir(f"/proc/{child}/task")), 12)
            self.assertLess(len(os.listdir(f"/proc/{child}/fd")), 20)


if __name__ == "__main__":
    unittest.main()

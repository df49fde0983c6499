"""The first look at a folder of many messages, on servers whose SEARCH is not what RFC 3501 says: mail.ru knows hardly a
criterion, NetEase says that there is nothing, QQ leaves out what it does not understand. No notice may be passed over."""

import re
import shutil
import tempfile
import time
import unittest

from dovecot import make_certificates
from test_imap import Watcher, notice
from test_imap_gaps import Small

COUNT, WANTED = 1300, (7, 640, 1299)


class Odd(Small):
    """COUNT messages, those of WANTED of the platform; @search: how it searches."""

    def __init__(self, tls, search, old=0):
        super().__init__(tls, "search")
        self.search, self.old, self.bodies, self.searches = search, old, 0, []
        self.uid = COUNT
        self.messages = {uid: notice(f"n{uid}", "https://csp.aliexpress.com/" if uid in WANTED else "hello")
                         for uid in range(1, COUNT + 1)}

    def obey(self, command, peer, tag):
        if command.startswith(b"UID SEARCH"):
            self.searches.append(command)
            return self.search(self, command)
        return super().obey(command, peer, tag)

    def found(self, uids):
        return b"* SEARCH " + b" ".join(b"%d" % uid for uid in uids) + b"\r\n%t OK done\r\n"

    def chosen(self, command):
        """By number or UID, and by a word."""
        first, last = map(int, re.search(rb"(\d+):(\d+)", command).groups())
        words = [word.lower() for word in re.findall(rb'TEXT "([^"]*)"', command)]
        return [uid for uid in range(first, last + 1)
                if not words or any(word in self.messages[uid].lower() for word in words)]

    def fetch(self, command):
        wanted = re.search(rb"FETCH ([0-9,*:]+)", command)[1].replace(b"*", b"%d" % COUNT)
        uids = []
        for part in wanted.split(b","):
            first, _, last = part.partition(b":")
            uids += range(min(int(first), COUNT), int(last or first) + 1)
        part = re.search(rb"BODY.PEEK\[(\w*)", command)
        self.bodies += len(uids) if part and not part[1] else 0
        said = []
        for uid in uids:
            day = time.strftime("%d-%b-%Y", time.gmtime(time.time() - (90 if uid <= self.old else 2) * 86400)).encode()
            data = self.messages[uid] if not part or not part[1] else self.messages[uid].split(b"\r\n\r\n")[0] + b"\r\n\r\n"
            body = b" BODY[%s]<0> {%d}\r\n%s" % (part[1], len(data), data) if part else b""
            said.append(b'* %d FETCH (UID %d RFC822.SIZE %d INTERNALDATE "%s 10:00:00 +0000"%s)\r\n'
                        % (uid, uid, len(self.messages[uid]), day, body))
        return b"".join(said) + b"%t OK done\r\n"


def good(server, command):
    return server.found(server.chosen(command))


def knows_none(server, command):
    return b"%t NO Unsupported search criterion\r\n"


def finds_none(server, command):
    return server.found([]) if b"TEXT" in command else good(server, command)


def leaves_out(server, command):
    return b"%t BAD UID SEARCH invalid argument\r\n" if b"TEXT" in command else server.found(server.messages)


def breaks_off(server, command):
    return None if b"TEXT" in command else good(server, command)


class OddSearch(unittest.TestCase):
    def setUp(self):
        self.tls = tempfile.mkdtemp(prefix="apd-search-")
        self.addCleanup(shutil.rmtree, self.tls)
        make_certificates(self.tls)

    def look(self, search, bodies, old=0):
        server = Odd(self.tls, search, old)
        self.addCleanup(server.close)
        with Watcher({"odd": server.keys(f"{self.tls}/ca.pem")}) as watcher:
            watcher.wait(lambda e: e["event"] == "looked_back", 60, "the end of the first look")
            for uid in WANTED:
                if uid > old:
                    watcher.message(server.messages[uid])
            self.assertEqual([m["uid"] for m in watcher.messages()], sorted(m["uid"] for m in watcher.messages()))
            self.assertEqual(len(watcher.messages()), bodies)

    def test_that_searches(self):
        self.look(good, len(WANTED))

    def test_that_knows_no_criterion(self):
        self.look(knows_none, COUNT)

    def test_that_knows_no_criterion_nor_date(self):
        self.look(knows_none, COUNT - 300, 300)

    def test_that_finds_nothing(self):
        self.look(finds_none, COUNT)

    def test_that_leaves_out_what_it_does_not_know(self):
        self.look(leaves_out, COUNT - 300, 300)

    def test_that_breaks_off(self):
        self.look(breaks_off, COUNT)


if __name__ == "__main__":
    unittest.main()

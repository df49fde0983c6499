"""What the tests of faults share: an appeald over mailboxes of a real server, whose lines go wrong, and what it owns
meanwhile."""

import os
import subprocess
import tempfile
import time
import unittest
import zlib

import samples
from dovecot import Dovecot
from harness import SECRET, SLOW, Appeald, WebhookPeer, wait_for, write_private

LIMIT = 45  # seconds: the deadline of a command (30 s), a poll, and room
HEALED = 120  # seconds: blind-limit by default

# Of one program, in KiB: what an allocator may keep of a fault that is over. Sanitizers keep all they can.
KEPT = 2048 if not SLOW else 1 << 20
IDLE_THREADS = 4  # daemon/app/mail.c lets so many wait for work
CONNECTIONS = {"appeald": 4}  # that are kept to the channel, for the next alerts


def ref(user):
    return f"IPR2026{zlib.crc32(user.encode()) % 10**8:08}"


class Belongings:
    """Threads, descriptors and memory of a daemon and its children, each by program."""

    def __init__(self, daemon):
        self.of = {}
        for pid in [daemon.process.pid, *map(int, self.read(daemon.process.pid, f"task/{daemon.process.pid}/children").split())]:
            status = dict(line.split(":", 1) for line in self.read(pid, "status").splitlines())
            own = int(status["Threads"]), self.descriptors(pid), int(status["RssAnon"].split()[0])
            name = status["Name"].strip()
            self.of[name] = tuple(map(max, own, self.of.get(name, own)))  # of several readers the worst

    @staticmethod
    def read(pid, name):
        with open(f"/proc/{pid}/{name}") as file:
            return file.read()

    @staticmethod
    def descriptors(pid):
        try:
            return len(os.listdir(f"/proc/{pid}/fd"))
        except PermissionError:  # sealed even from its own user
            return 0

    def more_than(self, before):
        """What there is now and was not then: {} is wanted."""
        more = {}
        for program, (threads, descriptors, memory) in self.of.items():
            was = before.of.get(program)
            if was is None:
                more[program] = "was not there"
            elif (threads > was[0] + IDLE_THREADS or descriptors > was[1] + CONNECTIONS.get(program, 0)
                  or memory > was[2] + KEPT):
                more[program] = (was, (threads, descriptors, memory))
        return more


class Faults(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-faults-"))
        self.peer = self.enterContext(WebhookPeer())
        for name, text in (("hook.url", self.peer.url), ("hook.secret", SECRET), ("password", "secret")):
            write_private(os.path.join(self.folder, name), text)

    def serve(self, users, **more):
        server = Dovecot(users=dict.fromkeys(users, "secret"), **more)
        self.addCleanup(server.close)
        return server

    def start(self, server, lines, limit=LIMIT, poll="2s", more=None, ready=None):
        """@lines: ports by user. @more: keys of a user's section besides. @ready: mailboxes that are read at last."""
        config = f"[appeald]\nblind-limit = {limit}s\n"
        for user, port in lines.items():
            keys = {"host": "localhost", "port": port, "ca-file": server.ca, "user": user, "password-file": "password",
                    "poll": poll, "authserv-id": samples.AUTHSERV} | (more or {}).get(user, {})
            config += f"[imap {user}]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items() if value)
        daemon = Appeald(config + "[channel hook]\ntype = webhook\nurl-file = hook.url\nsecret-file = hook.secret\n",
                         self.folder)
        self.addCleanup(daemon.close)
        daemon.start()
        wait_for(lambda: self.status(daemon).replace('": true', '":true').count('"well":true') >= (ready or len(lines)), 60,
                 "all mailboxes are read")
        return daemon

    def warm_up(self, server, daemon, user):
        """One alert, for which rules are loaded and a connection is made. Returns: what the daemon owns from then on."""
        server.deliver(user, samples.counterfeit(samples.ahead(days=2), ref("warm")))
        wait_for(lambda: ref("warm") in self.cases(), 20, "a first alert")
        return Belongings(daemon)

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

    def wait_blind(self, users, begun, limit=LIMIT):
        """Each is told of within the limit, and nobody else is."""
        sources = sorted(f"imap {user}" for user in users)
        wait_for(lambda: set(sources) <= set(self.told("blind")), limit + 20,
                 lambda: f"told of ({set(sources) - set(self.told('blind'))} are not)")
        took = time.monotonic() - begun
        self.assertEqual(sorted(self.told("blind")), sources)
        self.assertLess(took, (limit + 5) * (3 if SLOW else 1))
        return took

    def wait_alerted(self, users, healed, limit=HEALED):
        """What came for each is alerted, once, soon after the line is well; then the end of each blindness is told."""
        wanted, dark = set(map(ref, users)), sorted(self.told("blind"))
        wait_for(lambda: wanted <= set(self.cases()), limit + 20,
                 lambda: f"all notices ({[user for user in users if ref(user) not in self.cases()]} are missing)")
        took = time.monotonic() - healed
        self.assertLess(took, limit * (3 if SLOW else 1))
        wait_for(lambda: sorted(self.told("sight")) == dark, 60, lambda: f"sight ({self.told('sight')})")
        self.assertEqual(len(self.cases()), len(set(self.cases())), "told twice")
        return took

    def assert_nothing_stays(self, daemon, before):
        wait_for(lambda: not Belongings(daemon).more_than(before), 60, lambda: Belongings(daemon).more_than(before))

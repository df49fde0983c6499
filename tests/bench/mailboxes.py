"""Many mailboxes for the figures of watching: a Dovecot with a user each, the wire to it watched (prog_wire.c),
and the clients that are compared: appeald, and a bare C client of the same job (prog_bare.c)."""

import collections
import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "e2e"))

import samples  # noqa: E402
from dovecot import Dovecot  # noqa: E402
from harness import BUILD, SECRET, make_maildir, write_private  # noqa: E402

# Made for many connections: few processes for all, so that a new one costs no fork, and inotify (128 of a user) suffices.
LIMITS = """
imap_idle_notify_interval = 29 mins
service imap-login {
  process_min_avail = 2
}
service imap {
  client_limit = 50
  service_count = 0
  process_min_avail = 20
}
"""


def wait_for(condition, seconds, what):
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.1)
    return value


def scratch(prefix):
    """A folder in memory where there is some: the server's disk is not what is measured."""
    return tempfile.mkdtemp(prefix=prefix, dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)


class Farm(Dovecot):
    """Users m0, m1, ... with the password "secret"."""

    def __init__(self, count):
        super().__init__(users={f"m{n}": "secret" for n in range(count)}, folder=scratch("apd-farm-"), extra=LIMITS)

    def _set_owner(self):
        super()._set_owner()
        for user in self.users:
            home = os.path.join(self.root, "home", user)
            make_maildir(os.path.join(home, "Maildir"))
            for folder in (home, *(os.path.join(home, "Maildir", part) for part in ("", "tmp", "new", "cur"))):
                os.chown(folder, self.uid, self.gid)

    def stop(self):
        """As when the machine goes down: those that serve many may linger otherwise."""
        served = tree(self.process.pid) if self.process else []
        super().stop()
        for pid in served:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def put(self, number, message, name):
        """As a delivery agent does.  Returns: when."""
        maildir = os.path.join(self.root, "home", f"m{number}", "Maildir")
        aside = os.path.join(maildir, "tmp", name)
        with open(aside, "wb") as file:
            file.write(message)
        os.chown(aside, self.uid, self.gid)
        now = time.monotonic()
        os.rename(aside, os.path.join(maildir, "new", name))
        return now

    def notice(self, number, key):
        """A notice that opens a case of its own.  Returns: when it arrived, its key on the wire."""
        case = f"IPR{2026000000000 + key}"
        return self.put(number, samples.counterfeit(samples.ahead(days=20, seconds=key), case=case), f"{key}.bench"), case


class Wire:
    """With a port for each of @count mailboxes, by which it is known; or one for all (@shared), as a server has it."""

    def __init__(self, server_port, count, shared=False):
        self.process = subprocess.Popen([os.path.join(BUILD, "tests/bench/prog_wire"), str(server_port), str(1 if shared else count)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.hook, *self.ports = (int(word) for word in self.process.stdout.readline().split())
        self.ports *= count if shared else 1
        self.events = collections.defaultdict(list)  # word to lists of what follows it
        self.bytes = {}                              # connection to (port, from the server, to it, open)

    def read(self):
        """Takes in what has gone by."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        while (line := self.process.stdout.readline().split())[0] != ".":
            if line[0] == "B":
                port, connection, *rest = (int(word) for word in line[1:])
                self.bytes[connection] = (port, *rest)
            elif line[0] == "H":
                self.events["H"].append((int(line[1]) / 1e6, line[2]))
            else:
                self.events[line[0]].append((int(line[1]), int(line[2]), int(line[3]) / 1e6))
        return self

    def quiet(self):
        """Connections whose client waits."""
        self.read()
        settled = {connection for _, connection, _ in self.events["S"]}
        return {connection for connection, (_, _, _, up) in self.bytes.items() if up and connection in settled}

    @staticmethod
    def now():
        """By the clock of the events."""
        return time.monotonic()

    def hooks(self):
        """Case number to when its webhook came first."""
        first = {}
        for when, key in self.read().events["H"]:
            first.setdefault(key, when)
        return first

    def at_once(self, since=0):
        """Most connections that were being made at the same time: from their start until their first pause."""
        begun = {connection: when for _, connection, when in self.events["A"] if when >= since}
        steps = [(when, 1) for when in begun.values()]
        steps += [(when, -1) for _, connection, when in self.events["Q"] if connection in begun]
        now = most = 0
        for _, step in sorted(steps):
            now += step
            most = max(most, now)
        return most

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


def tree(pid):
    """The process and its descendants."""
    found = [pid]
    for one in found:
        try:
            with open(f"/proc/{one}/task/{one}/children") as file:
                found += [int(child) for child in file.read().split()]
        except FileNotFoundError:
            pass
    return found


def name_of(pid):
    with open(f"/proc/{pid}/comm") as file:
        return file.read().strip()


def private_kib(pid):
    """Memory of its own; where we may not look, its anonymous part."""
    try:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            return sum(int(number) for number in re.findall(r"^Private_\w+:\s+(\d+)", file.read(), re.M))
    except PermissionError:
        with open(f"/proc/{pid}/status") as file:
            return int(re.search(r"RssAnon:\s+(\d+)", file.read())[1])


class Client:
    """A process that watches all mailboxes of a wire."""

    def __init__(self, name, arguments, folder, wire):
        self.name, self.wire = name, wire
        self.log = os.path.join(folder, f"{name.split()[0]}.log")
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env={"PATH": os.environ["PATH"], "HOME": folder, "LC_ALL": "C.UTF-8"})

    def wait(self, seconds=180):
        wait_for(lambda: self.process.poll() is not None or len(self.wire.quiet()) == len(self.wire.ports), seconds,
                 f"{self.name}: all mailboxes watched")
        if self.process.poll() is not None:
            with open(self.log) as log:
                raise AssertionError(f"{self.name} ended:\n{log.read()}")
        return self

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def start_appeald(folder, server, wire, poll="60s", more=""):
    write_private(os.path.join(folder, "secret"), SECRET + "\n")
    write_private(os.path.join(folder, "hook.url"), f"http://127.0.0.1:{wire.hook}/hook\n")
    write_private(os.path.join(folder, "password"), "secret\n")
    text = f"[appeald]\nstate-dir = {folder}/state\nrules-dir = {ROOT}/conf\n{more}"
    for number, port in enumerate(wire.ports):
        text += (f"[imap m{number}]\nhost = localhost\nport = {port}\ntls = implicit\nca-file = {server.ca}\n"
                 f"user = m{number}\npassword-file = password\nauthserv-id = {samples.AUTHSERV}\npoll = {poll}\n")
    text += "[channel hook]\ntype = webhook\nurl-file = hook.url\nsecret-file = secret\n"
    config = os.path.join(folder, "appeald.conf")
    with open(config, "w") as file:
        file.write(text)
    return Client("appeald", [os.path.join(BUILD, "appeald"), "--config", config], folder, wire)


def start_bare(folder, server, wire):
    return Client("bare C client", [os.path.join(BUILD, "tests/bench/prog_bare"), server.ca, str(wire.hook),
                                    *map(str, wire.ports)], folder, wire)


CLIENTS = (("appeald", start_appeald), ("a bare C client", start_bare))


class Run:
    """One client on @count mailboxes of its own, from start to end."""

    def __init__(self, start, count, shared=False, **more):
        self.start, self.count, self.shared, self.more = start, count, shared, more

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="apd-bench-"))
            self.server = stack.enter_context(Farm(self.count))
            self.wire = stack.enter_context(Wire(self.server.tls_port, self.count, self.shared))
            self.client = self.start(self.folder, self.server, self.wire, **self.more)
            stack.callback(self.client.stop)
            self.client.wait()
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *unused):
        self.stack.close()

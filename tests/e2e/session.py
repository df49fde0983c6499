"""A private graphical session for tests: bus, display, notification servers.

Everything lives in one temporary folder and ends with it, each process by its
own pid.  Nothing of the user's session is touched or seen.
"""
import json
import os
import queue
import select
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("APPEALD_BUILD", "build"))


def wait_for(condition, seconds=20, what="condition"):
    """Waits until condition() is true, and returns what it gave."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what() if callable(what) else what}: not within {seconds} s")
        select.select([], [], [], 0.03)


BUS_CONFIG = """<busconfig><type>session</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy></busconfig>
"""  # no service files: nothing is started by itself


class Processes:
    """Starts processes, and ends those it started."""

    def __init__(self):
        self.started = []

    def start(self, *command, **options):
        process = subprocess.Popen(command, **options)
        self.started.append(process)
        return process

    @staticmethod
    def end(process, how=signal.SIGTERM):
        if process.poll() is None:
            process.send_signal(how)
        try:
            status = process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            status = process.wait()
        for stream in (process.stdin, process.stdout):
            if stream:
                stream.close()
        return status

    def end_all(self):
        for process in reversed(self.started):
            self.end(process)


class Notifyd:
    """prog_notifyd: records what it is asked for, presses buttons."""

    def __init__(self, session, *options):
        self.session = session
        self.lines = queue.Queue()
        self.process = session.processes.start(
            f"{BUILD}/tests/fake/prog_notifyd", *options, env=session.env, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        assert self.next()["event"] == "ready"

    def read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))

    def next(self, seconds=20):
        try:
            return self.lines.get(timeout=seconds)
        except queue.Empty:
            raise AssertionError(f"the notification server was asked for nothing in {seconds} s") from None

    def popup(self, seconds=20):
        event = self.next(seconds)
        assert event["event"] == "notify", event
        return event

    def quiet(self, seconds=0.7):
        try:
            raise AssertionError(f"unexpected: {self.lines.get(timeout=seconds)}")
        except queue.Empty:
            pass

    def order(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def end(self):
        self.session.processes.end(self.process)


class Session:
    """A session bus, a home, and on request a display."""

    def __init__(self, folder=None):
        self.keep = tempfile.TemporaryDirectory(prefix="appeald-desktop-")
        self.folder = folder or self.keep.name
        self.processes = Processes()
        self.home = self.keep.name
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith(("DBUS_", "XDG_", "DISPLAY", "WAYLAND", "NOTIFY_SOCKET"))}
        self.env.update(HOME=self.home, XDG_RUNTIME_DIR=self.home, LC_ALL="C.UTF-8",
                        XDG_CONFIG_HOME=f"{self.home}/config", XDG_DATA_HOME=f"{self.home}/data",
                        XDG_CACHE_HOME=f"{self.home}/cache", G_DEBUG="fatal-criticals")
        self.bus = None

    def close(self):
        self.processes.end_all()
        self.keep.cleanup()

    def start_bus(self):
        path = f"{self.home}/session-bus"
        if os.path.exists(path):
            os.unlink(path)
        with open(f"{self.home}/bus.conf", "w") as f:
            f.write(BUS_CONFIG.format(path=path))
        self.bus = self.processes.start("dbus-daemon", "--nofork", "--nopidfile",
                                        f"--config-file={self.home}/bus.conf",
                                        stderr=subprocess.DEVNULL)
        wait_for(lambda: os.path.exists(path), what="session bus")
        self.env["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={path}"

    def start_display(self):
        read, write = os.pipe()
        # Without -noreset it starts anew when its last client leaves, and who comes then is put out.
        self.processes.start("Xvfb", "-displayfd", str(write), "-screen", "0", "1100x900x24", "-noreset",
                             "-nolisten", "tcp", pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as numbers:
            self.env["DISPLAY"] = ":" + numbers.readline().strip()

    def configure(self, extra="", channel="type = desktop"):
        self.config = f"{self.folder}/appeald.conf"
        self.ledger = f"{self.folder}/state/ledger.db"
        os.makedirs(f"{self.folder}/mail/new", exist_ok=True)
        with open(self.config, "w") as f:
            f.write(f"[appeald]\nstate-dir = {self.folder}/state\ntimezone = Asia/Shanghai\n"
                    f"[maildir mail]\npath = {self.folder}/mail\n[channel desk]\n{channel}\n{extra}")

    def owe(self, *options):
        os.makedirs(f"{self.folder}/state", exist_ok=True)
        return int(subprocess.run([f"{BUILD}/tests/fake/prog_owe", self.ledger, "desk", *options],
                                  check=True, stdout=subprocess.PIPE, timeout=20).stdout)

    def desktop(self):
        return self.processes.start(f"{BUILD}/appeald-desktop", "--config", self.config,
                                    env=self.env)

    def ctl(self, *arguments):
        subprocess.run([f"{BUILD}/appealctl", "--config", self.config, *arguments], env=self.env,
                       check=True, timeout=20, stdout=subprocess.DEVNULL)

    def ask(self, *arguments):
        """Exit status and output."""
        done = subprocess.run([f"{BUILD}/appealctl", "--config", self.config, *arguments], env=self.env,
                              timeout=20, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        return done.returncode, done.stdout

    def rows(self, sql):
        db = sqlite3.connect(self.ledger, timeout=5)
        try:
            return [row[0] for row in db.execute(sql)]
        finally:
            db.close()

    def deliveries(self):
        return self.rows("SELECT state FROM deliveries ORDER BY id")

    def state(self, case):
        return self.rows(f"SELECT state FROM cases WHERE id = {case}")[0]

    def wait_deliveries(self, *states):
        wait_for(lambda: self.deliveries() == list(states), what=f"deliveries {states}")

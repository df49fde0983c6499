"""What the end-to-end tests share: appeald as a service manager starts it, a
webhook peer that answers as told, notices put into a Maildir, waiting.

Nothing outside a temporary folder is touched, and only own processes are ended.
"""

import base64
import collections
import contextlib
import hashlib
import hmac
import http.server
import json
import os
import random
import select
import signal
import socket
import subprocess
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("APPEALD_BUILD", "build"))
SLOW = "san" in os.path.basename(BUILD)  # sanitizers: several times slower

# A key of Standard Webhooks: "whsec_" and 32 bytes in base64.
SECRET = "whsec_" + base64.b64encode(b"planted-secret-of-the-e2e-tests!").decode()


def pause(seconds):
    select.select([], [], [], seconds)


def wait_for(condition, seconds=20, what="condition"):
    """Waits until condition() is true, and returns what it gave.  Half of the time at most goes into asking."""
    end = time.monotonic() + seconds * (3 if SLOW else 1)
    while True:
        asked = time.monotonic()
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what() if callable(what) else what}: not within {seconds} s")
        pause(max(0.02, time.monotonic() - asked))


def free_port():
    """One that nothing listens at: of those that the kernel does not give to whoever wants any, as other tests do."""
    with open("/proc/sys/net/ipv4/ip_local_port_range") as file:
        given = int(file.read().split()[0])
    while True:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", random.randrange(10000, given) if given > 20000 else 0))
            return probe.getsockname()[1]


def make_maildir(path):
    for part in ("tmp", "new", "cur"):
        os.makedirs(os.path.join(path, part), exist_ok=True)
    return path


def deliver(maildir, message, name):
    """As a delivery agent does: written aside, then moved in."""
    aside = os.path.join(maildir, "tmp", name)
    with open(aside, "wb") as file:
        file.write(message)
    os.rename(aside, os.path.join(maildir, "new", name))


def write_private(path, text):
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "w") as file:
        file.write(text)
    return path


class NotifySocket:
    """The socket that systemd hands to a service (sd_notify(3)). It is read all the
    time, as systemd does: a service whose words nobody takes waits."""

    def __init__(self, path):
        self.path = path
        self.lines = []
        self.lock = threading.Lock()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.socket.bind(path)
        self.open = True
        self.thread = threading.Thread(target=self.drain, daemon=True)
        self.thread.start()

    def drain(self):
        while self.open:
            select.select([self.socket], [], [], 0.5)
            self.read()

    def read(self):
        with self.lock:
            while self.open:
                try:
                    self.lines += self.socket.recv(65536).decode().splitlines()
                except BlockingIOError:
                    break
            return self.lines

    def values(self, key):
        return [line.split("=", 1)[1] for line in self.read() if line.startswith(key + "=")]

    def close(self):
        self.open = False
        self.thread.join()
        self.socket.close()
        os.unlink(self.path)


class Appeald:
    """An appeald of its own: configuration, state and home in one folder."""

    def __init__(self, config, folder, environment=None):
        self.folder = folder
        self.config = os.path.join(folder, "appeald.conf")
        self.state = os.path.join(folder, "state")
        self.ledger = os.path.join(self.state, "ledger.db")
        self.home = os.path.join(folder, "home")
        self.output_path = os.path.join(folder, "output")
        self.environment = environment or {}
        self.process = self.notify = None
        self.programs = BUILD
        self.wrapper = []  # what starts it
        os.makedirs(self.home, exist_ok=True)
        self.write_config(config)

    def write_config(self, config):
        head = f"[appeald]\nstate-dir = {self.state}\n"
        with open(self.config, "w") as file:
            file.write(head + config.replace("[appeald]\n", "", 1) if config.startswith("[appeald]\n")
                       else head + config)

    def environ(self, **more):
        environ = {"PATH": os.environ["PATH"], "HOME": self.home, "LC_ALL": "C.UTF-8", "TZ": "UTC",
                   "XDG_CONFIG_HOME": os.path.join(self.home, ".config"),
                   "XDG_STATE_HOME": os.path.join(self.home, ".local/state")}
        environ |= {key: value for key, value in os.environ.items() if key.endswith("SAN_OPTIONS")}
        return environ | self.environment | more

    def start(self, ready=True, **environment):
        """Starts it under a notify socket; returns once it has said READY=1."""
        if self.notify is not None:
            self.notify.close()
        # Names of sockets are short (108 bytes): not in a deep folder.
        self.notify = NotifySocket(tempfile.mktemp(prefix="apd-notify-"))
        with open(self.output_path, "ab") as output:
            self.process = subprocess.Popen(
                [*self.wrapper, os.path.join(self.programs, "appeald"), "--config", self.config, "--debug"],
                env=self.environ(NOTIFY_SOCKET=self.notify.path, **environment),
                stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        if ready:
            wait_for(lambda: "READY=1" in self.notify.read() or self.process.poll() is not None,
                     what="READY=1")
            if self.process.poll() is not None:
                raise AssertionError(f"appeald ended with {self.process.returncode}:\n{self.output()}")
        return self

    def run(self, *arguments, limit=60, **environment):
        """Runs it to its end; returns (status, output)."""
        done = subprocess.run([os.path.join(self.programs, "appeald"), "--config", self.config, *arguments],
                              env=self.environ(**environment), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=limit)
        with open(self.output_path, "ab") as output:
            output.write(done.stdout)
        return done.returncode, done.stdout.decode()

    def ctl(self, *arguments, limit=60):
        """appealctl on the same configuration; returns (status, output)."""
        done = subprocess.run(
            [os.path.join(BUILD, "appealctl"), arguments[0], "--config", self.config, *arguments[1:]],
            env=self.environ(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=limit)
        with open(self.output_path, "ab") as output:
            output.write(done.stdout)
        return done.returncode, done.stdout.decode()

    def wait_settled(self):
        """What peers took is written down as told: whoever stops it before is told again."""
        wait_for(lambda: json.loads(self.ctl("status", "--json")[1])["owed"] == [], what=lambda: self.ctl("status")[1])

    def running(self):
        return self.process is not None and self.process.poll() is None

    def stop(self):
        """SIGTERM; returns (exit status, seconds it took)."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        # A service manager reads what it is told: ten words unread would hold it up.
        wait_for(lambda: self.notify.read() is None or self.process.poll() is not None, 30, "its end")
        status = self.process.wait(30)
        return status, time.monotonic() - begun

    def kill(self):
        self.process.kill()
        self.process.wait(30)

    def reload(self):
        """SIGHUP; returns once it has said READY=1 again."""
        before = self.notify.read().count("READY=1")
        self.process.send_signal(signal.SIGHUP)
        wait_for(lambda: self.notify.read().count("READY=1") > before, what="READY=1 after SIGHUP")

    def output(self):
        if not os.path.exists(self.output_path):
            return ""
        with open(self.output_path, errors="replace") as file:
            return file.read()

    def status_lines(self):
        return self.notify.values("STATUS")

    def close(self):
        if self.running():
            self.kill()
        if self.notify is not None:
            self.notify.close()
            self.notify = None
        # A reader in its sandbox cannot write a report to a file.
        if SLOW and ("Sanitizer" in self.output() or "Can't open file" in self.output()):
            raise AssertionError(self.output())

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()


class Answer:
    """What the peer says: a status and body; or after @delay seconds; or not at
    all (@drop: the connection is closed without an answer)."""

    def __init__(self, status=200, body="", headers=None, delay=0, drop=False):
        self.status, self.body, self.headers = status, body, headers or {}
        self.delay, self.drop = delay, drop


GOOD = {"webhook": "", "slack": "ok", "feishu": '{"code":0,"msg":"success"}'}


class Request:
    def __init__(self, path, headers, body):
        self.path, self.body, self.at = path, body, time.time()
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.json = json.loads(body)
        self.taken = False  # we answered that we have it

    @property
    def id(self):
        return self.headers.get("webhook-id")

    @property
    def data(self):
        return self.json["data"]

    def signed_by(self, secret, now=None):
        """Standard Webhooks, checked independently of appeald."""
        stamp = self.headers["webhook-timestamp"]
        if abs((now or self.at) - int(stamp)) > 300:
            return False
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{self.id}.{stamp}.".encode() + self.body
        wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return any(hmac.compare_digest(wanted, given)
                   for given in self.headers["webhook-signature"].split(" "))


class WebhookPeer:
    """A real HTTP server on a free port. Answers of the script go first, one
    each; then the good answer of @kind (webhook, slack, feishu)."""

    def __init__(self, kind="webhook", path="/hook/planted-in-the-url"):
        self.requests, self.script, self.good = [], collections.deque(), GOOD[kind]
        self.on_request = None  # called before a request is answered
        self.lock = threading.Lock()
        peer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                peer.answer(self)

            def log_message(self, *unused):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *unused):
                pass  # a client was killed meanwhile

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}{path}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def answer(self, handler):
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        request = Request(handler.path, handler.headers, body)
        with self.lock:
            answer = self.script.popleft() if self.script else Answer(200, self.good)
            self.requests.append(request)
        if self.on_request:
            self.on_request(request)
        pause(answer.delay)
        if answer.drop:
            handler.close_connection = True
            return
        request.taken = answer.status < 300 and answer.body == self.good
        try:
            handler.send_response(answer.status)
            for name, value in answer.headers.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(answer.body.encode())))
            handler.end_headers()
            handler.wfile.write(answer.body.encode())
        except OSError:
            handler.close_connection = True  # it was killed meanwhile

    def wait(self, count, seconds=20):
        """The first @count requests, once they are there."""
        wait_for(lambda: len(self.requests) >= count, seconds,
                 lambda: f"{count} requests (there were {len(self.requests)})")
        return self.requests[:count]

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

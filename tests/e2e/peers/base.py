"""What the peers of all services share: an HTTP server on a free port that
checks each request against the service's published rules, answers as the
service does, and keeps what was broken for the test to see.

Written from the services' own documents, never from the senders of appeald.
"""

import base64
import collections
import email.utils
import http.server
import json
import re
import select
import selectors
import socket
import struct
import threading
import time
import urllib.parse


class Broken(Exception):
    """A rule of the service that a request broke; @answer: what it says to that."""

    def __init__(self, rule, answer=None):
        super().__init__(rule)
        self.answer = answer


def must(good, rule, answer=None):
    if not good:
        raise Broken(rule, answer)


class Say:
    """An answer.  @how: "drop" closes without a word, "reset" breaks off in the
    middle of it; @delay: seconds before it."""

    def __init__(self, status=200, body=b"", headers=None, delay=0, how=None):
        if isinstance(body, (dict, list)):
            body, headers = json.dumps(body, ensure_ascii=False), {"Content-Type": "application/json"} | (headers or {})
        self.status, self.headers, self.delay, self.how = status, headers or {}, delay, how
        self.body = body.encode() if isinstance(body, str) else body


def http_date(seconds):
    """Retry-After as a date (RFC 9110): whole seconds, so round up."""
    return email.utils.formatdate(int(time.time() + seconds) + 1, usegmt=True)


def no_twice(pairs):
    names = [name for name, _ in pairs]
    must(len(set(names)) == len(names), f"a member stands twice in {names}")
    return dict(pairs)


class Call:
    """A request as it came."""

    def __init__(self, method, target, headers, body):
        self.method, self.target, self.body, self.at = method, target, body, time.time()
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.path, _, self.query_text = target.partition("?")
        self.query = dict(urllib.parse.parse_qsl(self.query_text, keep_blank_values=True))
        self.taken = self.rich = False
        self.parsed = None

    @property
    def json(self):
        if self.parsed is None:
            try:
                self.parsed = json.loads(self.body.decode("utf-8"), object_pairs_hook=no_twice)
            except ValueError as error:
                raise Broken(f"the body is no JSON in UTF-8: {error}") from None
        return self.parsed

    @property
    def media_type(self):
        return self.headers.get("content-type", "").split(";")[0].strip().lower()


# --- shapes of JSON ------------------------------------------------------------

class Text:
    """A string of at most @most of @unit: "points", "utf16" or "bytes"."""

    def __init__(self, most=None, unit="points", least=0, like=None):
        self.most, self.unit, self.least, self.like = most, unit, least, like

    def check(self, value, where):
        must(isinstance(value, str), f"{where} is a string, not {value!r}")
        must(not any(0xd800 <= ord(c) <= 0xdfff for c in value), f"{where}: half a surrogate pair")
        must("\x00" not in value and "\ufffd" not in value, f"{where}: cut in the middle of a character?")
        length = measure(value, self.unit)
        must(length >= self.least, f"{where} is empty")
        must(self.most is None or length <= self.most, f"{where}: {length} {self.unit}, at most {self.most}")
        must(self.like is None or re.fullmatch(self.like, value, re.S), f"{where} is not like {self.like}: {value!r}")


def measure(text, unit):
    if unit == "bytes":
        return len(text.encode())
    return len(text.encode("utf-16-le")) // 2 if unit == "utf16" else len(text)


class Number:
    def __init__(self, least=None, most=None, whole=True):
        self.least, self.most, self.whole = least, most, whole

    def check(self, value, where):
        must(isinstance(value, int if self.whole else (int, float)) and not isinstance(value, bool),
             f"{where} is a number, not {value!r}")
        must((self.least is None or value >= self.least) and (self.most is None or value <= self.most),
             f"{where}: {value} is not from {self.least} to {self.most}")


class Array:
    def __init__(self, of, most=None, least=0):
        self.of, self.most, self.least = of, most, least

    def check(self, value, where):
        must(isinstance(value, list), f"{where} is an array, not {value!r}")
        must(len(value) >= self.least, f"{where}: {len(value)} elements, at least {self.least}")
        must(self.most is None or len(value) <= self.most, f"{where}: {len(value)} elements, at most {self.most}")
        for number, element in enumerate(value):
            shape(element, self.of, f"{where}[{number}]")


class Either:
    def __init__(self, *of):
        self.of = of

    def check(self, value, where):
        failed = []
        for one in self.of:
            try:
                return shape(value, one, where)
            except Broken as broken:
                failed.append(str(broken))
        raise Broken(f"{where} is none of those allowed: " + "; or ".join(failed))


class Tagged:
    """An object whose member @tag tells its shape."""

    def __init__(self, tag, shapes):
        self.tag, self.shapes = tag, shapes

    def check(self, value, where):
        must(isinstance(value, dict), f"{where} is an object, not {value!r}")
        kind = value.get(self.tag)
        must(kind in self.shapes, f"{where}.{self.tag}: {kind!r} is none of {sorted(self.shapes)}")
        shape({k: v for k, v in value.items() if k != self.tag}, self.shapes[kind], where)


def shape(value, wanted, where="body"):
    """@wanted: an object above, a dict ("name?" may be missing, "*": any other
    member), a tuple of allowed values, a type, or None for anything."""
    if hasattr(wanted, "check"):
        wanted.check(value, where)
    elif isinstance(wanted, dict):
        must(isinstance(value, dict), f"{where} is an object, not {value!r}")
        names = {name.rstrip("?"): name for name in wanted}
        for name in value:
            must(name in names or "*" in names, f"{where}.{name}: the service knows no such member")
            shape(value[name], wanted[names.get(name, "*")], f"{where}.{name}")
        for name, written in names.items():
            must(name in value or written.endswith("?") or name == "*", f"{where}.{name} is missing")
    elif isinstance(wanted, tuple):
        must(any(value == one and type(value) is type(one) for one in wanted), f"{where}: {value!r} is none of {wanted}")
    elif wanted is not None:
        must(isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool)),
             f"{where} is {wanted.__name__}, not {value!r}")


URL = Text(2048, "points", 1, r"https?://[^\s]+")


# --- what a person sees ----------------------------------------------------------

class Shown:
    """A message as its client renders it: the text a person reads, (label,
    target) of what can be clicked, who is called, and what is set apart."""

    def __init__(self, text="", links=(), mentions=(), styled=()):
        self.text, self.links, self.mentions, self.styled = text, list(links), list(mentions), list(styled)

    def __add__(self, other):
        return Shown("\n".join(t for t in (self.text, other.text) if t), self.links + other.links,
                     self.mentions + other.mentions, self.styled + other.styled)


# --- errors a service plays --------------------------------------------------------

class Fault:
    """@say: an answer, or a function of the peer that makes one.  @verdict:
    "taken", "again" (not before @wait seconds, nor after @latest), "refused",
    "plain" (resent as plain text at once), "not-taken" (again or refused)."""

    def __init__(self, name, say, verdict, wait=0, latest=None, for_ever=None):
        self.name, self.say, self.verdict, self.wait, self.latest = name, say, verdict, wait, latest
        self.for_ever = verdict in ("refused", "not-taken") if for_ever is None else for_ever

    def answer(self, peer):
        return self.say(peer) if callable(self.say) else self.say


HUGE = b"x" * (4 * 1024 * 1024)

# What any HTTP server, or something between, may do.
COMMON = [
    Fault("500", Say(500, "internal error"), "again"),
    Fault("502-of-a-proxy", Say(502, "<html><body>Bad Gateway</body></html>", {"Content-Type": "text/html"}), "again"),
    Fault("503-seconds", Say(503, "", {"Retry-After": "8"}), "again", 8),
    Fault("503-date", lambda peer: Say(503, "", {"Retry-After": http_date(8)}), "again", 8),
    Fault("429-seconds", Say(429, "", {"Retry-After": "8"}), "again", 8),
    Fault("429-date", lambda peer: Say(429, "", {"Retry-After": http_date(8)}), "again", 8),
    Fault("429-bare", Say(429, ""), "again"),
    Fault("429-senseless", Say(429, "", {"Retry-After": "soon, 99999999999999999999"}), "again", latest=3600),
    Fault("429-date-gone", lambda peer: Say(429, "", {"Retry-After": http_date(-3600)}), "again", latest=3600),
    Fault("dropped", Say(how="drop"), "again"),
    Fault("reset-in-the-middle", Say(200, "x" * 100, how="reset"), "again"),
    Fault("redirect", lambda peer: Say(302, "", {"Location": f"http://127.0.0.1:{peer.port}/elsewhere"}), "not-taken"),
    Fault("slow", Say(how="good", delay=3), "taken"),
    Fault("404", Say(404, "not found"), "refused"),
]

# Where the body tells: a 200 of something else is no success.
BY_BODY = [
    Fault("200-of-a-portal", Say(200, "<html><body>Please sign in</body></html>", {"Content-Type": "text/html"}), "not-taken"),
    Fault("200-empty", Say(200, ""), "not-taken"),
    Fault("200-huge", Say(200, HUGE, {"Content-Type": "application/json"}), "not-taken"),
    Fault("200-half", Say(200, '{"ok":true,"code":0,"errcode":0,"status":1,"id":"'), "not-taken"),
]


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *unused):
        pass  # a client was killed meanwhile


class Hub:
    """One thread that accepts for all peers: a test may have hundreds."""

    def __init__(self):
        self.selector, self.lock = selectors.DefaultSelector(), threading.Lock()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def add(self, server):
        server.socket.setblocking(False)
        with self.lock:
            self.selector.register(server.socket, selectors.EVENT_READ, server)

    def remove(self, server):
        with self.lock:
            self.selector.unregister(server.socket)

    def run(self):
        while True:
            ready = self.selector.select(0.05)
            with self.lock:
                for key, _ in ready:
                    if key.fileobj.fileno() >= 0:
                        key.data._handle_request_noblock()


HUB = Hub()


class Peer:
    """One service.  Subclasses say what is right (check), what success is
    (good), how a broken rule is answered (refuse), and what is seen (show)."""

    kind = None             # as in `type =`
    method = "POST"
    media_type = "application/json"
    path = "/"              # regular expression of the whole path
    place = "/"             # path and query of the address that is configured
    most_bytes = None       # of the body
    rate = None             # ((requests, seconds), ...) that the service allows
    idempotent = False      # the same key is the same message
    calls_people = True     # a mention of someone, or markup, can do something here
    faults = COMMON + BY_BODY

    def __init__(self):
        self.calls, self.taken, self.violations, self.too_fast = [], [], [], []
        self.script = collections.deque()  # Fault or Say: one each, then good answers
        self.always = None                 # Fault or Say: to every request
        self.rich_refused = None           # Say: to every rich form
        self.keys = {}                     # idempotency key -> answer
        self.on_call = self.on_answered = None
        self.keep_rate = False
        self.lock = threading.Lock()
        self.tls = None
        self.serve()

    def serve(self):
        peer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def serve_call(self):
                peer.handle(self)

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = serve_call

            def log_message(self, *unused):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        HUB.add(self.server)

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self):
        return self.base + self.place

    def close(self):
        HUB.remove(self.server)
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    # --- configuration: what a user writes ------------------------------------

    def config(self, write):
        """Lines of the section; write(name, text) makes a private file and
        returns its name."""
        return f"url-file = {write('url', self.url)}\n"

    def secrets(self):
        """What must never be told to anybody."""
        return [word for word in (self.place.split("/")[-1],) if len(word) > 8]

    # --- one request -----------------------------------------------------------

    def handle(self, handler):
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        call = Call(handler.command, handler.path, handler.headers, body)
        with self.lock:
            self.calls.append(call)
            say = self.judge(call)
        if self.on_call:
            self.on_call(call)
        if say.delay:
            select.select([], [], [], say.delay)
        self.write(handler, say)
        if self.on_answered:
            self.on_answered(call)

    def judge(self, call):
        """The answer to @call; notes what it broke."""
        try:
            self.check_common(call)
            self.check(call)
            call.rich = self.is_rich(call)
            call.shown = self.show(call)
        except Broken as broken:
            self.violations.append(str(broken))
            return broken.answer or self.refuse(str(broken))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            self.violations.append(f"{type(error).__name__}: {error} in {call.body[:300]!r}")
            return self.refuse(str(error))

        say = self.scripted(call)
        if say is None and call.rich and self.rich_refused is not None:
            say = self.rich_refused
        if say is None and self.is_too_fast(call):
            say = self.throttled()
        if say is None or say.how == "good":
            return self.take(call, say.delay if say else 0)
        return say

    def scripted(self, call):
        say = self.always or (self.script.popleft() if self.script else None)
        return say.answer(self) if isinstance(say, Fault) else say

    def is_too_fast(self, call):
        if not self.rate or not self.keep_rate:
            return False
        # What left in time may arrive a little sooner after the one before.
        if all(len([c for c in self.taken if call.at - c.at < seconds - min(0.2, seconds / 10)]) < count
               for count, seconds in self.rate):
            return False
        self.too_fast.append(call)
        return True

    def take(self, call, delay):
        key = self.key(call) if self.idempotent else None
        if key is not None and key in self.keys:
            return self.keys[key]
        call.taken = True
        self.taken.append(call)
        say = self.good(call)
        say.delay = delay
        if key is not None:
            self.keys[key] = say
        return say

    def write(self, handler, say):
        if say.how == "drop":
            handler.close_connection = True
            return
        try:
            handler.send_response(say.status)
            for name, value in say.headers.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(say.body)))
            handler.end_headers()
            if say.how == "reset":
                handler.wfile.write(say.body[:len(say.body) // 2])
                handler.wfile.flush()
                handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                handler.close_connection = True
                handler.connection.close()
                return
            handler.wfile.write(say.body)
        except (OSError, ValueError):
            handler.close_connection = True  # it was killed meanwhile, or has seen enough

    # --- what a service says -----------------------------------------------------

    def check_common(self, call):
        must(call.method == self.method, f"{call.method} {call.path}: only {self.method}", Say(405, "method not allowed"))
        must(re.fullmatch(self.path, call.path), f"{call.path} is no address of {self.kind}", Say(404, "not found"))
        must(call.media_type == self.media_type, f"Content-Type {call.headers.get('content-type')!r}, not {self.media_type}")
        must("content-length" in call.headers, "no Content-Length")
        must(call.headers.get("user-agent"), "no User-Agent")
        must(self.most_bytes is None or len(call.body) <= self.most_bytes,
             f"{len(call.body)} bytes, at most {self.most_bytes}", Say(413, "Request entity too large"))

    def check(self, call):
        raise NotImplementedError

    def good(self, call):
        raise NotImplementedError

    def refuse(self, rule):
        return Say(400, rule)

    def throttled(self):
        return Say(429, "", {"Retry-After": "2"})

    def is_rich(self, call):
        return False

    def key(self, call):
        return None

    def show(self, call):
        raise NotImplementedError


def decode64(text, where):
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise Broken(f"{where} is no base64: {text!r}") from None

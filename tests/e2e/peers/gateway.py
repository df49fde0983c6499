"""The gateway of the platform's API for tests, written from its documents: it
reckons each signature itself, keeps clock, quotas, token lives and paging, and
plays every error shape and fault.

    with Gateway() as gateway:
        gateway.store.level = 300
        gateway.fail("aliexpress.issue.*", "ban-2", times=1)
        ...
        gateway.calls, gateway.violations

What a client did wrong stands in .violations; a call refused because a test
said so does not.
"""

import email.utils
import fnmatch
import json
import re
import select
import socket
import ssl
import struct
import threading
import time
import http.server
import urllib.parse

from . import gateway_faults as faults
from .base import HUB, Broken, Call, Say, Server, must
from .gateway_faults import ALL, iop, rest, top
from .gateway_sign import sign
from .gateway_store import Refused, Store, styled
from .gateway_tokens import Tokens

WINDOW = 7200  # seconds a timestamp may be off

# The codes of both gateways, and what they say.
WORDS = {
    "signature": (25, "Invalid signature", "IncompleteSignature", "The request signature does not conform to platform standards"),
    "app-key": (29, "Invalid app Key", "InvalidAppkey", "The specified App Key is invalid"),
    "session": (27, "Invalid session", "IllegalAccessToken", "The specified access token is invalid or expired"),
    "method": (22, "Invalid method", "InvalidApiPath", "The specified API path is invalid"),
    "verb": (9, "Http Action Not Allowed", "UnsupportedParamMapping", "The HTTP method is not supported"),
    "timestamp": (31, "Invalid timestamp", "IllegalTimestamp", "The timestamp is too far from the time of the server"),
    "parameter": (43, "Parameter error", "MissingParameter", "A parameter is missing or wrong"),
    "permission": (11, "Insufficient ISV permissions", "InsufficientPermission", "The app has insufficient permissions to call this API"),
}


class Method:
    """@verbs: of HTTP; @where: "sync" or "rest"; @prefix: of what is signed on /sync."""

    def __init__(self, name, run, verbs=("GET", "POST"), where=("sync",), session=True, prefixes=("",)):
        self.name, self.run, self.verbs, self.where, self.session = name, run, verbs, where, session
        self.prefixes = prefixes


def methods_of(store, tokens):
    im = dict(verbs=("POST",), where=("sync", "rest"))
    rows = [
        Method("aliexpress.merchant.diagnosis.query", store.diagnosis, ("POST",)),
        Method("aliexpress.product.diagnosis.queryProblem", store.problem_kinds),
        Method("aliexpress.product.diagnosis.pageQueryProblem", store.problem_page),
        Method("aliexpress.issue.issuelist.get", store.issue_list),
        Method("aliexpress.issue.detail.get", store.issue_detail),
        Method("aliexpress.logistics.abnormalorder.query", store.abnormal_page),
        Method("aliexpress.postproduct.redefining.findaeproductstatusbyid", store.product_status),
        Method("/auth/token/create", tokens.create, session=False, where=("rest", "sync"), prefixes=("/auth/token/create",)),
        Method("/auth/token/refresh", tokens.renew, session=False, where=("rest", "sync"), prefixes=("/auth/token/refresh",)),
        Method("/auth/token/security/create", tokens.create, session=False, where=("rest",)),
        Method("/auth/token/security/refresh", tokens.renew, session=False, where=("rest",)),
    ]
    # Nobody knows how these are sent: either way is taken, see Gateway.chat.
    for name, run in (("history/buyer/list", store.buyer_list), ("history/list", store.message_list), ("list2", store.message_list)):
        rows.append(Method("aliexpress/message/" + name, run, prefixes=("", "aliexpress/message/" + name), **im))
    rows.append(Method("aliexpress/message/list", store.message_list, ("GET",), ("sync", "rest"), prefixes=("", "aliexpress/message/list")))
    return {row.name: row for row in rows}


class ApiCall(Call):
    """A request as it came, and what became of it."""

    def __init__(self, method, target, headers, body):
        super().__init__(method, target, headers, body)
        self.where = self.name = self.prefix = self.session = None
        self.outcome = None   # "ok", the name of a trouble, or the rule that was broken
        self.in_ban = False
        self.parameters = {}


class Gateway:
    def __init__(self, app_key="500102", secret="planted-app-secret-0123456789abcdef", tls=None):
        self.app_key, self.secret = app_key, secret
        self.clock = time.time        # a test may put its own
        self.skew = 0                 # seconds its clock is ahead of ours
        self.date = None              # a function: what stands in Date instead of now()
        self.style = "iop"            # or "top": shape of what /sync refuses
        self.timestamp_code = None    # instead of the code of a bad timestamp, e.g. "IncompleteSignature"
        self.simplify = None          # True or False: whatever was asked for
        self.chat = None              # (where, prefix) the chat methods insist on
        self.store, self.tokens = Store(), Tokens(app_key, self.now)
        self.methods = methods_of(self.store, self.tokens)
        self.forbidden, self.gone = set(), set()    # methods
        self.quota = {}               # pattern -> (calls, seconds, ban in seconds)
        self.bans = {}                # pattern -> until
        self.script = []              # [pattern, trouble, times left or None]
        self.calls, self.violations = [], []
        self.on_call = None
        self.hold = threading.Event()
        self.hold.set()               # clear() makes every answer wait
        self.lock = threading.Lock()
        self.serve(tls)

    def now(self):
        return self.clock() + self.skew

    def serve(self, tls):
        gateway = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 60

            def serve_call(self):
                gateway.handle(self)

            do_GET = do_POST = do_PUT = do_DELETE = serve_call

            def send_response(self, code, message=None):
                self.send_response_only(code, message)
                self.send_header("Date", email.utils.formatdate((gateway.date or gateway.now)(), usegmt=True))

            def log_message(self, *unused):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.base = f"https://localhost:{self.port}" if tls else f"http://127.0.0.1:{self.port}"
        HUB.add(self.server)

    def close(self):
        self.hold.set()
        HUB.remove(self.server)
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    # --- what a test does ------------------------------------------------------------

    def fail(self, pattern, trouble, times=None):
        """Calls of methods like @pattern meet @trouble (a name, or a Say), so often."""
        with self.lock:
            self.script.append([pattern, ALL[trouble] if isinstance(trouble, str) else faults.Trouble("say", trouble, None), times])

    def heal(self):
        with self.lock:
            self.script.clear()
            self.bans.clear()

    def of(self, pattern, outcome=None):
        """Calls of methods like @pattern."""
        return [call for call in list(self.calls) if fnmatch.fnmatchcase(call.name or "", pattern) and outcome in (None, call.outcome)]

    def secrets(self):
        """What must never be told to anybody."""
        return [self.secret, *self.tokens.issued]

    # --- one request -------------------------------------------------------------------

    def handle(self, handler):
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        call = ApiCall(handler.command, handler.path, handler.headers, body)
        with self.lock:
            self.calls.append(call)
            say = self.judge(call)
        if self.on_call:
            self.on_call(call)
        self.hold.wait(60)
        if say.delay:
            select.select([], [], [], say.delay)
        write(handler, say)

    def judge(self, call):
        if call.path == "/oauth/authorize":
            return self.consent_page(call)
        try:
            self.route(call)
            method = self.check(call)
        except Broken as broken:
            call.outcome = str(broken)
            self.violations.append(f"{call.name}: {broken}")
            return broken.answer or self.refuse(call, "parameter", str(broken))
        except (ValueError, UnicodeDecodeError) as error:
            call.outcome = f"{type(error).__name__}: {error}"
            self.violations.append(call.outcome)
            return self.refuse(call, "parameter", str(error))
        trouble = self.scripted(call)
        say = self.limited(call) or self.permitted(call, method)
        if say is None and (trouble is None or callable(trouble.say)):
            say = self.run(call, method)
        if trouble is not None:
            call.outcome = trouble.name
            return trouble.answer(say)
        return say

    def consent_page(self, call):
        call.name = call.path
        try:
            return Say(302, "", {"Location": self.tokens.browse(call.target)})
        except Broken as broken:
            self.violations.append(f"consent: {broken}")
            return Say(400, str(broken))

    def scripted(self, call):
        for row in self.script:
            if fnmatch.fnmatchcase(call.name, row[0]) and row[2] != 0:
                row[2] = row[2] and row[2] - 1
                return row[1]
        return None

    # --- is it right? --------------------------------------------------------------------

    def route(self, call):
        pairs = urllib.parse.parse_qsl(call.query_text, keep_blank_values=True, strict_parsing=bool(call.query_text), errors="strict")
        if call.method == "POST" and call.body:
            must(call.media_type == "application/x-www-form-urlencoded", f"Content-Type {call.headers.get('content-type')!r}",
                 Say(415, "unsupported media type"))
            pairs += urllib.parse.parse_qsl(call.body.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict")
        names = [name for name, _ in pairs]
        call.parameters = dict(pairs)
        if call.path == "/sync":
            call.where, call.name = "sync", call.parameters.get("method", "")
        else:
            must(call.path.startswith("/rest/"), f"no such address: {call.path}", Say(404, "not found"))
            call.where, call.name = "rest", call.path[len("/rest"):]
            if call.name.removeprefix("/") in self.methods:
                call.name = call.name.removeprefix("/")
        # The method may stand in the address and in the form: the same one.
        twice = {name for name in names if names.count(name) > 1}
        must(not twice - {"method"} and len({v for n, v in pairs if n == "method"}) <= 1, f"parameters stand twice: {sorted(twice)}")

    def check(self, call):
        given, must_be = call.parameters, ("app_key", "timestamp", "sign_method", "sign")
        for name in must_be:
            must(given.get(name), f"{name} is missing", self.refuse(call, "parameter", f"The input parameter “{name}” that is mandatory is missing"))
        must(given["app_key"] == self.app_key, "the app key is wrong", self.refuse(call, "app-key"))
        must(given["sign_method"] in ("sha256", "HmacSHA256"), f"sign_method {given['sign_method']!r}", self.refuse(call, "signature"))
        method = self.methods.get(call.name)
        must(method is not None and call.where in method.where, f"no method {call.name!r} on /{call.where}", self.refuse(call, "method"))
        must(call.method in method.verbs, f"{call.method} is not for {call.name}", self.refuse(call, "verb"))
        self.check_signature(call, method)
        self.check_timestamp(call)
        blank = [name for name, value in given.items() if not value.strip()]
        must(not blank, f"empty values are sent: {blank}")
        must(given.get("format", "json") == "json", "format is not json")
        must(call.where == "rest" or given.get("v", "2.0") == "2.0", "v is not 2.0")
        must(call.headers.get("user-agent"), "no User-Agent")
        if method.session:
            self.check_session(call)
        return method

    def check_signature(self, call, method):
        prefixes = (("/" + call.name.removeprefix("/"),) if call.where == "rest" else method.prefixes)
        if self.chat and call.name.startswith("aliexpress/message/"):
            must(call.where == self.chat[0], f"{call.name} is not on /{call.where}", self.refuse(call, "method"))
            prefixes = (self.chat[1],)
        must(call.where == "sync" or "method" not in call.parameters, "method is no parameter on /rest", self.refuse(call, "signature"))
        for prefix in prefixes:
            if call.parameters["sign"] == sign(self.secret, call.parameters, prefix):
                call.prefix = prefix
                return
        raise Broken("the signature is wrong", self.refuse(call, "signature"))

    def check_timestamp(self, call):
        text = call.parameters["timestamp"]
        if re.fullmatch(r"\d{12,14}", text):
            at = int(text) / 1000
        else:
            like = "%Y-%m-%dT%H:%M:%SZ" if "T" in text else "%Y-%m-%d %H:%M:%S"
            at = time.mktime(time.strptime(text, like)) - time.timezone
        if abs(at - self.now()) > WINDOW:
            raise Broken(f"the timestamp is {at - self.now():.0f} s off", self.refuse(call, "timestamp", code=self.timestamp_code))

    def check_session(self, call):
        right, wrong = ("session", "access_token") if call.where == "sync" else ("access_token", "session")
        must(call.parameters.get(right), f"{right} is missing", self.refuse(call, "session"))
        must(wrong not in call.parameters, f"{wrong} is of the other gateway", self.refuse(call, "session"))
        call.session = call.parameters[right]

    # --- may it? -------------------------------------------------------------------------

    def limited(self, call):
        """Bans: what is called in one is counted, and told how long it lasts."""
        for pattern, (count, seconds, ban) in self.quota.items():
            if not fnmatch.fnmatchcase(call.name, pattern):
                continue
            if self.bans.get(pattern, 0) <= self.now():
                recent = [c for c in self.of(pattern) if c.outcome == "ok" and call.at - c.at < seconds]
                if len(recent) < count:
                    continue
                self.bans[pattern] = self.now() + ban
            else:
                call.in_ban = True
            call.outcome = "ban"
            left = max(int(self.bans[pattern] - self.now()), 0)
            if self.style == "top":
                return faults.ban(left)
            return iop("ApiCallLimit", f"Api access frequency exceeds the limit. this ban will last {left} seconds")
        return None

    def permitted(self, call, method):
        why = ("method" if call.name in self.gone else "permission" if call.name in self.forbidden
               else "session" if method.session and not self.tokens.is_good(call.session) else None)
        if why is None:
            return None
        call.outcome = why
        return self.refuse(call, why)

    def refuse(self, call, why, text=None, code=None):
        number, message, word, words = WORDS[why]
        if call.where == "rest":
            return rest(code or word, text or words, status=200)
        if self.style == "top":
            return top(code or number, text or message)
        return iop(code or word, text or words)

    # --- the answer ----------------------------------------------------------------------

    def run(self, call, method):
        try:
            with self.store.lock:
                answer = method.run(call.parameters)
        except Refused as refused:
            call.outcome = refused.code
            answer = {"result": {"success": False, "error_code": refused.code, "error_message": refused.message}}
        except Broken as broken:
            call.outcome = str(broken)
            self.violations.append(f"{call.name}: {broken}")
            return top(41, "Invalid arguments", "isv.invalid-parameter", str(broken))
        if isinstance(answer, Say):
            call.outcome = json.loads(answer.body)["code"]
            return answer
        call.outcome = call.outcome or "ok"
        return self.envelope(call, answer)

    def envelope(self, call, answer):
        tail = {"code": "0", "request_id": f"2101{len(self.calls):08d}"}
        simplified = self.simplify if self.simplify is not None else call.parameters.get("simplify") == "true"
        answer = styled(answer, simplified or call.where == "rest", self.store)
        if call.where == "rest" or simplified:
            return Say(200, answer | tail)
        name = "_".join(re.findall(r"[A-Za-z0-9]+", call.name))
        if call.name.startswith("/auth/"):
            name = "aliexpress_system_oauth_token_" + call.name.rpartition("/")[2]
        return Say(200, {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower() + "_response": answer} | tail)


def write(handler, say):
    """@say, with the faults of the line it asks for."""
    try:
        if say.how == "drop":
            handler.close_connection = True
            return
        handler.send_response(say.status)
        for name, value in say.headers.items():
            handler.send_header(name, value)
        handler.send_header(*(("Transfer-Encoding", "chunked") if say.how == "chunked" else ("Content-Length", str(len(say.body)))))
        handler.end_headers()
        write_body(handler, say)
    except (OSError, ValueError):
        handler.close_connection = True  # it was killed meanwhile, or has seen enough


def write_body(handler, say):
    parts = [say.body[at:at + 16] for at in range(0, len(say.body), 16)]
    if say.how in ("reset", "cut"):
        handler.wfile.write(say.body[:len(say.body) // 2])
        handler.wfile.flush()
        if say.how == "reset":
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()
        handler.close_connection = True
    elif say.how == "drip":
        for part in parts:
            handler.wfile.write(part)
            handler.wfile.flush()
            select.select([], [], [], 0.02)
    elif say.how == "chunked":
        for part in parts:
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        handler.wfile.write(b"0\r\n\r\n")
    else:
        handler.wfile.write(say.body)

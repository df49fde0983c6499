"""An endpoint that answers with a list of records as JSON, as ERPs and the APIs of
marketplaces do: pages by number, by cursor or by link, validators, faults."""

import email.utils
import hashlib
import http.server
import json
import select
import threading
import urllib.parse

from .base import HUB, Say, Server
from .gateway import write
from .gateway_faults import ALL

KEY = "planted-key-of-the-erp-0123456789"


class Ask:
    def __init__(self, handler):
        self.target, self.headers = handler.path, {k.lower(): v for k, v in handler.headers.items()}
        self.path, _, query = handler.path.partition("?")
        self.query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        self.status = None


class Endpoint:
    """@paging: None, "page", "offset", "cursor", "link" (in the answer) or "header" (Link)."""

    def __init__(self, paging=None, size=5):
        self.paging, self.size = paging, size
        self.records = []           # newest first, as most do
        self.wrap = lambda rows, more: {"data": {"list": rows} | more}
        self.key = KEY              # None: anybody may ask
        self.script = []            # Say, or names of troubles: one each; a list that is kept for ever: .always
        self.always = None
        self.validators = True
        self.stuck = False          # every page is the first
        self.modified = None
        self.asked = []
        self.on_ask = None
        self.lock = threading.RLock()
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                endpoint.handle(self)

            def log_message(self, *unused):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.base = f"http://127.0.0.1:{self.port}"
        HUB.add(self.server)

    def close(self):
        HUB.remove(self.server)
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    @property
    def url(self):
        return self.base + "/inbox" + {"page": "?page={page}", "offset": "?from={offset}&limit=5", "cursor": "?cursor={cursor}"}.get(self.paging, "")

    def add(self, **record):
        with self.lock:
            self.records.insert(0, record)

    def good(self):
        """Answers with records."""
        return [ask for ask in list(self.asked) if ask.status == 200]

    # --- one request ---------------------------------------------------------------

    def handle(self, handler):
        ask = Ask(handler)
        with self.lock:
            say = self.answer(ask)
            ask.status = say.status
            self.asked.append(ask)
        if self.on_ask:
            self.on_ask(ask)
        if say.delay:
            select.select([], [], [], say.delay)
        write(handler, say)

    def answer(self, ask):
        if self.key and ask.headers.get("authorization") != f"Bearer {self.key}":
            return Say(401, {"error": "unauthorized"})
        say = self.page(ask)
        trouble = self.always or (self.script.pop(0) if self.script else None)
        if isinstance(trouble, str):
            return ALL[trouble].answer(say)
        return trouble or say

    def page(self, ask):
        at = 0
        if self.paging == "page":
            at = (int(ask.query["page"]) - 1) * self.size
        elif self.paging == "offset":
            at = int(ask.query["from"])
        elif self.paging:
            at = int(ask.query.get("cursor") or 0)
        if self.stuck:
            at = 0
        rows = self.records[at:at + self.size] if self.paging else self.records
        end = at + self.size
        left = end < len(self.records)
        more, headers = {}, {"Content-Type": "application/json"}
        if self.paging:
            more = {"has_more": left or self.stuck, "total": len(self.records)}
        if self.paging == "cursor" and (left or self.stuck):
            more["next"] = end
        if self.paging == "link" and left:
            more["next"] = f"/inbox?cursor={end}"
        if self.paging == "header" and left:
            headers["Link"] = f'<{self.base}/inbox?cursor={end}>; rel="next", <{self.base}/inbox>; rel="first"'
        return self.validated(ask, json.dumps(self.wrap(rows, more), ensure_ascii=False).encode(), headers)

    def validated(self, ask, body, headers):
        if self.validators:
            headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if ask.headers.get("if-none-match") == headers["ETag"]:
                return Say(304, b"", headers)
        if self.modified:
            headers["Last-Modified"] = email.utils.formatdate(self.modified, usegmt=True)
            if ask.headers.get("if-modified-since") == headers["Last-Modified"]:
                return Say(304, b"", headers)
        return Say(200, body, headers)

"""An authorisation server for tests, written from the RFCs: 6749 (code and
refresh), 7636 (PKCE), 8628 (device), and what Dovecot asks of one (token
introspection, RFC 7662).

A refresh token that was used is replaced; used again, all of its line are
revoked (RFC 9700 section 4.14.2). What was asked stands in .asked.
"""
import base64
import hashlib
import http.server
import json
import secrets
import threading
import time
import urllib.parse

CLIENT, CLIENT_SECRET = "appeald-test-client", "planted-client-secret"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


class Refusal(Exception):
    def __init__(self, error, status=400, more=""):
        super().__init__(error)
        self.error, self.status, self.more = error, status, more


class OAuthServer:
    def __init__(self, user="seller", life=3600, rotate=True, interval=1):
        self.user, self.life, self.rotate, self.interval = user, life, rotate, interval
        self.refresh_life = None
        self.length = 32          # bytes of randomness in an access token
        self.device_script = []   # errors of the next polls, one each
        self.echo = False         # repeats a refused token
        self.down = False         # answers 503
        self.waiting = 0
        self.hold = threading.Event()
        self.hold.set()           # clear() makes /token wait
        self.codes, self.devices, self.access, self.refresh = {}, {}, {}, {}
        self.asked, self.poll_times, self.bearers, self.issued = [], [], [], []
        self.lock = threading.Lock()
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                server.get(self)

            def do_POST(self):
                server.post(self)

            def log_message(self, *unused):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *unused):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.base = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.hold.set()
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    # --- keys of a configuration, and of Dovecot

    def keys(self, device=True, browser=True):
        return (f"client-id = {CLIENT}\nclient-secret-file = client.secret\n"
                f"token-url = {self.base}/token\nscope = mail offline_access\n"
                + (f"device-url = {self.base}/device\n" if device else "")
                + (f"auth-url = {self.base}/authorize?x=1\n" if browser else ""))

    def dovecot(self, root):
        """Settings, and the file they name."""
        path = f"{root}/oauth2.conf"
        with open(path, "w") as file:
            file.write(f"introspection_url = {self.base}/introspect?token=\nintrospection_mode = get\n"
                       "force_introspection = yes\nusername_attribute = username\nactive_attribute = active\n"
                       "active_value = true\n")
        passdbs = "".join(f"passdb {{\n driver = oauth2\n mechanisms = xoauth2 oauthbearer\n args = {path}\n}}\n"
                          for _ in (1,))
        return passdbs

    # --- what a person does

    def allow(self, user_code, yes=True):
        with self.lock:
            for device in self.devices.values():
                if device["user_code"] == user_code:
                    device["state"] = "yes" if yes else "no"

    def revoke(self):
        with self.lock:
            self.access.clear()
            self.refresh.clear()

    def expire_access(self):
        with self.lock:
            self.access.clear()

    def browse(self, url, yes=True, state=None):
        """A browser in which the person says yes: gives where it is sent."""
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
        assert query["response_type"] == "code" and query["client_id"] == CLIENT, query
        assert query["code_challenge_method"] == "S256" and len(query["code_challenge"]) == 43, query
        assert len(query["state"]) >= 43 and query["x"] == "1", query
        back = {"state": state or query["state"]}
        if yes:
            back["code"] = secrets.token_urlsafe()
            self.codes[back["code"]] = query
        else:
            back["error"] = "access_denied"
        return query["redirect_uri"] + "?" + urllib.parse.urlencode(back)

    # --- the endpoints

    def answer(self, handler, status, content):
        body = json.dumps(content).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def get(self, handler):
        parts = urllib.parse.urlsplit(handler.path)
        if parts.path != "/introspect":
            return self.answer(handler, 404, {})
        token = urllib.parse.parse_qs(parts.query).get("token", [""])[0]
        with self.lock:
            self.bearers.append(token)
            grant = self.access.get(token)
        good = grant is not None and grant["expires"] > time.time()
        return self.answer(handler, 200, {"active": good, "username": grant["user"]} if good else {"active": False})

    def post(self, handler):
        form = dict(urllib.parse.parse_qsl(
            handler.rfile.read(int(handler.headers["Content-Length"])).decode(), keep_blank_values=True))
        self.waiting += 1
        self.hold.wait(30)
        try:
            with self.lock:
                self.asked.append((handler.path, form.get("grant_type")))
                if self.down:
                    raise Refusal("temporarily_unavailable", 503)
                if form.get("client_id") != CLIENT or form.get("client_secret") != CLIENT_SECRET:
                    raise Refusal("invalid_client", 401)
                content = self.token(form) if handler.path == "/token" else self.device(form)
            self.answer(handler, 200, content)
        except Refusal as why:
            self.answer(handler, why.status, {"error": why.error, "error_description": why.more})

    def device(self, form):
        if form.get("scope") != "mail offline_access":
            raise Refusal("invalid_scope")
        code = secrets.token_urlsafe()
        user_code = secrets.token_hex(4).upper()
        self.devices[code] = {"user_code": user_code, "state": "pending"}
        return {"device_code": code, "user_code": user_code, "verification_uri": "https://example.com/device",
                "expires_in": 600, "interval": self.interval}

    def token(self, form):
        grant = form.get("grant_type")
        if grant == "authorization_code":
            return self.by_code(form)
        if grant == "refresh_token":
            return self.by_refresh(form)
        if grant == DEVICE_GRANT:
            return self.by_device(form)
        raise Refusal("unsupported_grant_type")

    def by_code(self, form):
        asked = self.codes.pop(form.get("code"), None)
        if asked is None or asked["redirect_uri"] != form.get("redirect_uri"):
            raise Refusal("invalid_grant")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != asked["code_challenge"]:
            raise Refusal("invalid_grant", more="PKCE")
        return self.issue(secrets.token_hex(8))

    def by_device(self, form):
        self.poll_times.append(time.monotonic())
        device = self.devices.get(form.get("device_code"))
        if device is None:
            raise Refusal("invalid_grant")
        if self.device_script:
            raise Refusal(self.device_script.pop(0))
        if device["state"] == "pending":
            raise Refusal("authorization_pending")
        if device["state"] == "no":
            raise Refusal("access_denied")
        return self.issue(secrets.token_hex(8))

    def by_refresh(self, form):
        held = self.refresh.get(form.get("refresh_token"))
        if held is None:
            raise Refusal("invalid_grant", more="Token has been expired or revoked."
                          + (" " + form["refresh_token"] if self.echo else ""))
        if held["used"]:
            for token, other in list(self.refresh.items()):
                if other["line"] == held["line"]:
                    del self.refresh[token]
            raise Refusal("invalid_grant", more="reuse of a refresh token")
        if self.rotate:
            held["used"] = True
        return self.issue(held["line"], again=not self.rotate)

    def issue(self, line, again=False):
        access = "planted-access-" + secrets.token_urlsafe(self.length)
        self.access[access] = {"user": self.user, "expires": time.time() + self.life}
        content = {"access_token": access, "token_type": "Bearer", "expires_in": self.life}
        self.issued.append(access)
        if not again:
            refresh = "planted-refresh-" + secrets.token_urlsafe(24)
            self.refresh[refresh] = {"line": line, "used": False}
            content["refresh_token"] = refresh
            if self.refresh_life:
                content["refresh_token_expires_in"] = self.refresh_life
        return content

    def count(self, grant):
        return sum(1 for _, asked in self.asked if asked == grant)

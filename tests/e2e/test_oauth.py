"""OAuth 2.0 from login to alert: an authorisation server written from the RFCs, a
real Dovecot that asks it of every token, appealctl, appeald, a webhook peer."""

import glob
import json
import os
import re
import stat
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

import samples
from dovecot import Dovecot
from harness import BUILD, SECRET, SLOW, Appeald, WebhookPeer, pause, wait_for, write_private
from oauth_server import CLIENT_SECRET, OAuthServer
from test_memory import children, find_in_memory, program

OAUTH = "plain xoauth2 oauthbearer"


class Login:
    """A running `appealctl login`, and what it printed."""

    def __init__(self, daemon, *arguments, **environment):
        self.process = subprocess.Popen(
            [os.path.join(BUILD, "appealctl"), "login", "--config", daemon.config, *arguments],
            env=daemon.environ(**environment), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)
        self.text = ""
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.text += line

    def find(self, pattern):
        return wait_for(lambda: re.search(pattern, self.text), what=lambda: f"{pattern} in {self.text}").group(1)

    def end(self, seconds=30):
        status = self.process.wait(seconds * (3 if SLOW else 1))
        pause(0.05)
        return status, self.text

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(20)
        self.process.stdin.close()


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-oauth-"))
        self.peer = self.enterContext(WebhookPeer())
        self.oauth = self.enterContext(OAuthServer())
        write_private(os.path.join(self.folder, "hook.url"), self.peer.url + "\n")
        write_private(os.path.join(self.folder, "hook.secret"), SECRET + "\n")
        write_private(os.path.join(self.folder, "client.secret"), CLIENT_SECRET + "\n")

    def serve(self, mechanisms=OAUTH, **more):
        server = Dovecot(users={"seller": "not-used"}, mechanisms=mechanisms, extra=self.oauth.dovecot, **more)
        self.addCleanup(server.close)
        return server

    def appeald(self, server=None, more="", keys=None, blind="1s", **flow):
        where = (f"host = localhost\nport = {server.tls_port}\nca-file = {server.ca}\n" if server
                 else "host = localhost\nport = 1\n")
        daemon = Appeald(
            f"[appeald]\nblind-limit = {blind}\n[imap office]\n{where}user = seller\n"
            f"authserv-id = {samples.AUTHSERV}\n{keys or self.oauth.keys(**flow)}{more}"
            "[channel hook]\ntype = webhook\nurl-file = hook.url\nsecret-file = hook.secret\n", self.folder)
        self.addCleanup(daemon.close)
        return daemon

    def login(self, daemon, *arguments, **environment):
        login = Login(daemon, "office", *arguments, **environment)
        self.addCleanup(login.kill)
        return login

    def log_in(self, daemon):
        """The whole device flow; the person says yes."""
        login = self.login(daemon, "--device")
        self.oauth.allow(login.find(r"Enter this code: +(\w+)"))
        status, text = login.end()
        self.assertEqual(status, 0, text)
        return text

    def token_path(self, daemon):
        return os.path.join(daemon.state, "tokens", "office.token")

    def token(self, daemon):
        with open(self.token_path(daemon)) as file:
            return json.load(file)

    def alerts(self, kind):
        return [r.data for r in self.peer.requests if r.data.get("alert") == kind]

    def wait_alert(self, kind, count=1, seconds=30):
        wait_for(lambda: len(self.alerts(kind)) >= count, seconds,
                 lambda: f"{count} alerts of {kind} (got {[r.data for r in self.peer.requests]})")
        return self.alerts(kind)[count - 1]

    def wait_well(self, daemon):
        wait_for(lambda: "BLIND" not in daemon.ctl("status")[1] and daemon.ctl("status")[0] == 0, 30,
                 lambda: "well: " + daemon.ctl("status")[1] + daemon.output())

    def refs(self):
        found = []
        for request in self.peer.requests:
            cases = [request.data["case"]] if request.data.get("case") else request.data.get("cases") or []
            found += [kase["case_ref"] for kase in cases]
        return found

    def wait_ref(self, ref):
        wait_for(lambda: ref in self.refs(), 30, lambda: f"{ref} in {self.refs()}")

    def notice(self, number):
        return samples.counterfeit(samples.ahead(days=2), case=f"IPR20261125{number:03}")


class LoginTest(Case):
    def test_by_device(self):
        daemon = self.appeald()
        self.oauth.device_script = ["slow_down"]
        login = self.login(daemon, "--device")
        code = login.find(r"Enter this code: +(\w+)")
        self.assertIn("https://example.com/device", login.text)
        wait_for(lambda: len(self.oauth.poll_times) >= 1, what="a poll")
        self.oauth.allow(code)
        status, text = login.end()
        self.assertEqual(status, 0, text)
        first, second = self.oauth.poll_times[:2]
        self.assertGreater(second - first, 5.9)  # RFC 8628 section 3.5: 1 s and 5 s more
        token = self.token(daemon)
        self.assertIn(token["access_token"], self.oauth.access)
        self.assertIn(token["refresh_token"], self.oauth.refresh)
        self.assertEqual(stat.S_IMODE(os.stat(self.token_path(daemon)).st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(os.stat(os.path.dirname(self.token_path(daemon))).st_mode), 0o700)
        for secret in ("planted", token["access_token"], token["refresh_token"]):
            self.assertNotIn(secret, text)

    def test_device_refusals(self):
        for script, word in ((["access_denied"], "declined"), (["expired_token"], "in time"),
                             (["invalid_client"], "client-id"), (["authorization_pending", "access_denied"], "declined")):
            with self.subTest(script=script):
                daemon = self.appeald()
                self.oauth.device_script = list(script)
                status, text = self.login(daemon, "--device").end()
                self.assertEqual(status, 1, text)
                self.assertIn(word, text)
                self.assertFalse(os.path.exists(self.token_path(daemon)))

    def test_by_browser(self):
        daemon = self.appeald()
        login = self.login(daemon, "--browser")
        url = login.find(r"(http://127\S+/authorize\S+)")
        back = self.oauth.browse(url)
        # Whoever finds the port has no say.
        port = re.search(r"127.0.0.1:(\d+)", back).group(1)
        for path in ("/", "/favicon.ico", "/?code=evil&state=guessed", "/?error=access_denied&state="):
            with self.assertRaises(urllib.error.HTTPError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10)
        with urllib.request.urlopen(back, timeout=10) as answer:
            self.assertIn(b"close this page", answer.read())
        status, text = login.end()
        self.assertEqual(status, 0, text)
        self.assertIn(self.token(daemon)["access_token"], self.oauth.access)
        self.assertEqual(self.oauth.count("authorization_code"), 1)

    def test_browser_elsewhere_the_address_is_typed(self):
        daemon = self.appeald(device=False)
        login = self.login(daemon)
        back = self.oauth.browse(login.find(r"(http://127\S+/authorize\S+)"))
        login.process.stdin.write("nonsense\n" + back + "\n")
        login.process.stdin.flush()
        status, text = login.end()
        self.assertEqual(status, 0, text)
        self.assertIn("not the address of this login", text)

    def test_a_browser_is_opened_where_there_is_a_screen(self):
        tools = os.path.join(self.folder, "bin")
        os.makedirs(tools)
        opened = os.path.join(self.folder, "opened")
        with open(os.path.join(tools, "xdg-open"), "w") as script:
            script.write(f'#!/bin/sh\nprintf %s "$1" > {opened}.new && mv {opened}.new {opened}\n')
        os.chmod(script.name, 0o755)
        daemon = self.appeald()
        login = self.login(daemon, DISPLAY=":99", PATH=tools + ":" + os.environ["PATH"])
        wait_for(lambda: os.path.exists(opened), what="a browser")
        with open(opened) as file:
            urllib.request.urlopen(self.oauth.browse(file.read()), timeout=10).close()
        self.assertEqual(login.end()[0], 0)

    def test_browser_declined(self):
        daemon = self.appeald(device=False)
        login = self.login(daemon)
        back = self.oauth.browse(login.find(r"(http://127\S+/authorize\S+)"), yes=False)
        urllib.request.urlopen(back, timeout=10).close()
        status, text = login.end()
        self.assertEqual(status, 1)
        self.assertIn("declined: access_denied", text)

    def test_usage(self):
        daemon = self.appeald(browser=False)
        for arguments, status, word in (((), 2, "office"), (("nobody",), 1, "office"),
                                        (("office", "--browser"), 2, "auth-url")):
            with self.subTest(arguments=arguments):
                got, text = daemon.ctl("login", *arguments)
                self.assertEqual(got, status, text)
                self.assertIn(word, text)

    def test_configuration(self):
        for keys, word in ((self.oauth.keys().replace("http:", "ftp:"), "https"),
                           (self.oauth.keys() + "password-file = x\n", "beside a password"),
                           ("auth = xoauth2\n", "client-id: is missing"),
                           ("client-id = x\n", "token-url: is missing"),
                           ("client-id = x\ntoken-url = https://x/y\n", "device-url"),
                           ("client-id = x\ntoken-url = http://example.com/y\nauth-url = https://x/\n", "https")):
            with self.subTest(keys=keys):
                status, text = self.appeald(keys=keys).ctl("check")
                self.assertEqual(status, 1)
                self.assertIn(word, text)
        status, text = self.appeald(keys="provider = gmail\nclient-id = x\n").ctl("check")
        self.assertNotIn("url", text)


class PathTest(Case):
    def test_login_then_mail_then_alert(self):
        for mechanisms, auth in ((OAUTH, "auto"), ("xoauth2", "auto"), (OAUTH, "xoauth2"), ("oauthbearer", "oauthbearer")):
            with self.subTest(mechanisms=mechanisms, auth=auth):
                server = self.serve(mechanisms)
                daemon = self.appeald(server, f"auth = {auth}\n")
                self.log_in(daemon)
                daemon.start()
                self.wait_well(daemon)
                number = len(self.refs())
                server.deliver("seller", self.notice(number))
                self.wait_ref(f"IPR20261125{number:03}")
                daemon.stop()
                used = {"xoauth2": "XOAUTH2"}.get(auth if auth != "auto" else mechanisms, "OAUTHBEARER")
                self.assertIn(f"method={used}", server.log())
                for name in glob.glob(os.path.join(daemon.state, "ledger*")):
                    os.unlink(name)

    def test_a_login_while_it_runs_is_taken_at_once(self):
        server = self.serve()
        daemon = self.appeald(server).start()
        blind = self.wait_alert("blind")
        self.assertIn("appealctl login office", blind["detail"])
        self.log_in(daemon)
        self.wait_alert("sight", seconds=10)
        server.deliver("seller", self.notice(1))
        self.wait_ref("IPR20261125001")

    def test_tokens_renewed_in_time_while_idle(self):
        server = self.serve()
        self.oauth.life = 8
        daemon = self.appeald(server)
        self.log_in(daemon)
        daemon.start()
        self.wait_well(daemon)
        wait_for(lambda: self.oauth.count("refresh_token") >= 2, 40, "two refreshes")
        wait_for(lambda: self.token(daemon)["access_token"] == self.oauth.issued[-1], what="it is on disk")
        # The server ends the session, as providers do when a token is over.
        server.kick("seller")
        before = len(self.oauth.bearers)
        server.deliver("seller", self.notice(1))
        self.wait_ref("IPR20261125001")
        self.assertEqual(self.alerts("blind"), [])
        self.assertNotIn(self.oauth.issued[0], self.oauth.bearers[before:])

    def test_tokens_as_long_as_microsoft_makes_them(self):
        server = self.serve()
        self.oauth.life, self.oauth.length = 8, 2000
        for auth in ("xoauth2", "oauthbearer"):
            with self.subTest(auth=auth):
                daemon = self.appeald(server, f"auth = {auth}\n")
                self.log_in(daemon)
                self.assertGreater(len(self.token(daemon)["access_token"]), 2600)
                daemon.start()
                self.wait_well(daemon)
                first = self.oauth.issued[-1]
                wait_for(lambda: self.oauth.issued[-1] != first, 40, "a renewal")
                server.kick("seller")
                server.deliver("seller", self.notice(len(auth)))
                self.wait_ref(f"IPR20261125{len(auth):03}")
                daemon.stop()

    def test_every_folder_gets_the_new_token(self):
        """And the old one is wiped from the memory of the child."""
        server = self.serve(junk="create")
        self.oauth.life = 8
        daemon = self.appeald(server, "folders = INBOX, \\Junk\n")
        self.log_in(daemon)
        daemon.start()
        self.wait_well(daemon)
        first = self.oauth.issued[0]
        wait_for(lambda: self.oauth.count("refresh_token") >= 2, 40, "two renewals")
        before = len(self.oauth.bearers)
        server.kick("seller")
        wait_for(lambda: len(self.oauth.bearers) >= before + 2, 40, "two logins")
        self.assertNotIn(first, self.oauth.bearers[before:])
        self.wait_well(daemon)
        mail, = [child for child in children(daemon.process.pid) if program(child) == "appeald-mail"]
        try:
            self.assertEqual(find_in_memory(mail, first.encode()), [])
            self.assertNotEqual(find_in_memory(mail, self.oauth.issued[-1].encode()), [])
        except PermissionError:
            self.assertNotEqual(os.geteuid(), 0)  # sealed even from its own user

    def test_expired_while_it_was_off(self):
        server = self.serve()
        self.oauth.life = 1
        daemon = self.appeald(server)
        self.log_in(daemon)
        self.oauth.life = 3600
        pause(1.2)
        daemon.start()
        server.deliver("seller", self.notice(1))
        self.wait_ref("IPR20261125001")
        self.assertEqual(self.alerts("blind"), [])
        status, text = daemon.stop(), daemon.output()
        self.assertNotIn("cannot be read", text)

    def test_once_renews_first(self):
        server = self.serve()
        self.oauth.life = 1
        daemon = self.appeald(server)
        self.log_in(daemon)
        self.oauth.life = 3600
        server.deliver("seller", self.notice(1))
        pause(1.2)
        status, text = daemon.run("--once")
        self.assertEqual(status, 0, text)
        self.assertIn("IPR20261125001", self.refs())

    def test_refused_token_is_renewed_though_it_had_time_left(self):
        server = self.serve()
        daemon = self.appeald(server)
        self.log_in(daemon)
        path = self.token_path(daemon)
        token = self.token(daemon)
        token["obtained"] -= 600
        write_private(path, json.dumps(token))
        self.oauth.expire_access()
        daemon.start()
        server.deliver("seller", self.notice(1))
        self.wait_ref("IPR20261125001")
        self.assertEqual(self.oauth.count("refresh_token"), 1)

    def test_revocation_is_told_and_its_mending_too(self):
        server = self.serve()
        self.oauth.life = 8
        daemon = self.appeald(server, "poll = 1s\n", blind="5s")
        self.log_in(daemon)
        daemon.start()
        self.wait_well(daemon)
        self.oauth.revoke()
        told = self.wait_alert("login")
        self.assertIn("appealctl login office", told["detail"])
        self.assertIn("expired or revoked", told["detail"])
        server.kick("seller")
        blind = self.wait_alert("blind")
        self.assertIn("appealctl login office", blind["detail"])
        asked = self.oauth.count("refresh_token")
        pause(1)
        self.assertEqual(self.oauth.count("refresh_token"), asked)  # it does not hammer
        self.log_in(daemon)
        self.wait_alert("sight")
        server.deliver("seller", self.notice(1))
        self.wait_ref("IPR20261125001")
        self.assertEqual(len(self.alerts("login")), 1)

    def test_known_end_of_the_login_is_told_days_ahead(self):
        self.oauth.refresh_life = 6 * 86400
        server = self.serve()
        daemon = self.appeald(server)
        self.log_in(daemon)
        daemon.start()
        self.wait_well(daemon)
        daemon.stop()
        self.assertEqual(self.alerts("login"), [])  # seven days are not to be had
        token = self.token(daemon)
        token["login"] -= 4 * 86400
        token["refresh_expires"] -= 4 * 86400
        write_private(self.token_path(daemon), json.dumps(token))
        daemon.start()
        told = self.wait_alert("login")
        self.assertIn("runs out on", told["detail"])
        self.assertIn("appealctl login office", told["detail"])
        daemon.wait_settled()
        daemon.stop()
        daemon.start()
        self.wait_well(daemon)
        self.assertEqual(len(self.alerts("login")), 1)

    def test_server_of_tokens_is_down(self):
        server = self.serve()
        self.oauth.life = 4
        daemon = self.appeald(server)
        self.log_in(daemon)
        self.oauth.down = True
        pause(4.1)
        daemon.start()
        blind = self.wait_alert("blind")
        self.assertIn("temporarily_unavailable", blind["detail"])
        self.oauth.down, self.oauth.life = False, 3600
        self.wait_alert("sight", seconds=40)


class RaceTest(Case):
    def test_killed_while_renewing_nothing_is_used_twice(self):
        """At every moment the file on disk holds a refresh token that is good, or the
        one whose answer was lost with the process that asked."""
        server = self.serve()
        self.oauth.life = 4
        daemon = self.appeald(server)
        self.log_in(daemon)
        for _ in range(5):
            asked = self.oauth.count("refresh_token")
            self.oauth.hold.clear()
            daemon.start()
            wait_for(lambda: time.time() > self.token(daemon)["expires"] - 1, what="the margin")
            daemon.kill()
            self.oauth.hold.set()
            json.dumps(self.token(daemon))  # whole
            self.assertEqual(sorted(os.listdir(os.path.join(daemon.state, "tokens"))),
                             ["office.token", "office.token.lock"])
            self.oauth.life = 4
            self.log_in(daemon)
        self.oauth.life = 3600
        self.log_in(daemon)
        daemon.start()
        self.wait_well(daemon)

    def test_stopped_while_renewing_the_new_token_is_kept(self):
        server = self.serve()
        for stop in ("stop", "reload"):
            with self.subTest(stop=stop):
                self.oauth.life = 8
                daemon = self.appeald(server)
                self.log_in(daemon)
                daemon.start()
                self.wait_well(daemon)
                waiting, self.oauth.life = self.oauth.waiting, 3600
                self.oauth.hold.clear()
                wait_for(lambda: self.oauth.waiting > waiting, what="a renewal under way")
                release = threading.Timer(1, self.oauth.hold.set)
                release.start()
                if stop == "stop":
                    self.assertEqual(daemon.stop()[0], 0)
                else:
                    daemon.reload()
                release.join()
                wait_for(lambda: self.token(daemon)["access_token"] == self.oauth.issued[-1], 10, "it is on disk")
                self.assertFalse(self.oauth.refresh[self.token(daemon)["refresh_token"]]["used"])
                if stop == "reload":
                    self.wait_well(daemon)
                    daemon.stop()

    def test_one_refresher_at_a_time(self):
        """Two daemons over one token: every refresh token is used once."""
        server = self.serve()
        self.oauth.life = 4
        daemon = self.appeald(server)
        self.log_in(daemon)
        other_folder = os.path.join(self.folder, "other")
        os.makedirs(other_folder)
        daemon.start()
        with open(daemon.config) as file:
            text = file.read()
        for name in ("hook.url", "hook.secret", "client.secret"):
            text = text.replace(f"= {name}", f"= {self.folder}/{name}")
        other = Appeald(text.split("\n", 2)[2], other_folder)
        self.addCleanup(other.close)
        os.makedirs(other.state)
        os.symlink(os.path.join(daemon.state, "tokens"), os.path.join(other.state, "tokens"))
        other.start()
        wait_for(lambda: self.oauth.count("refresh_token") >= 4, 40, "refreshes")
        for process in (daemon, other):
            process.stop()
        self.assertFalse(self.alerts("login"))
        with self.oauth.lock:
            self.assertEqual(sum(1 for held in self.oauth.refresh.values() if not held["used"]), 1)

    def test_secrets_stay_secret(self):
        server = self.serve()
        self.oauth.life, self.oauth.echo = 8, True
        daemon = self.appeald(server)
        text = self.log_in(daemon)
        daemon.start()
        self.wait_well(daemon)
        wait_for(lambda: self.oauth.count("refresh_token") >= 1, 40, "a refresh")
        self.oauth.revoke()
        self.wait_alert("login")
        server.kick("seller")
        self.wait_alert("blind")
        texts = [text, daemon.output(), daemon.ctl("status")[1], daemon.ctl("status", "--json")[1],
                 daemon.ctl("check")[1], "\n".join(daemon.status_lines())]
        texts += [json.dumps(r.data) for r in self.peer.requests]
        for name in glob.glob(os.path.join(daemon.state, "ledger*")):
            with open(name, "rb") as file:
                texts.append(file.read().decode("utf-8", "replace"))
        for text in texts:
            self.assertNotIn("planted-", text)


if __name__ == "__main__":
    unittest.main()

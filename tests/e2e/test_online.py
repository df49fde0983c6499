"""appealctl check --online: every step proved against real servers, every fault
named with its remedy, and nothing changed or sent."""

import http.server
import json
import os
import pty
import re
import socket
import subprocess
import tempfile
import threading
import time
import unittest

import samples
from dovecot import Dovecot, free_port
from faulty import NoNews, Spoken
from harness import BUILD, SECRET, Appeald, WebhookPeer, make_maildir, wait_for, write_private
from oauth_server import CLIENT_SECRET, OAuthServer
from test_oauth import Login

PASSWORD = "planted-password-of-the-mailbox"


class OnlineTest(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-online-"))
        self.peer = self.enterContext(WebhookPeer())
        write_private(os.path.join(self.folder, "hook.url"), self.peer.url + "\n")
        write_private(os.path.join(self.folder, "hook.secret"), SECRET + "\n")
        write_private(os.path.join(self.folder, "mail.password"), PASSWORD + "\n")
        write_private(os.path.join(self.folder, "client.secret"), CLIENT_SECRET + "\n")

    def serve(self, **more):
        server = Dovecot(users={"seller": PASSWORD}, **more)
        self.addCleanup(server.close)
        return server

    def check(self, source, channel=None, *arguments):
        """(exit status, what "of/what" -> step)"""
        channel = channel or "[channel hook]\ntype = webhook\nurl-file = hook.url\nsecret-file = hook.secret\n"
        self.daemon = Appeald(source + channel, self.folder)
        self.addCleanup(self.daemon.close)
        status, text = self.daemon.ctl("check", "--online", "--json", *arguments, limit=200)
        self.assertNotIn("planted", text)
        try:
            steps = json.loads(text)
        except ValueError:
            raise AssertionError(text) from None
        return status, {f"{step['of']}/{step['what']}": step for step in steps}

    def imap(self, server, tls="implicit", **keys):
        port = server.tls_port if tls == "implicit" else server.port
        keys = {"host": "localhost", "port": port, "tls": tls, "ca-file": server.ca, "user": "seller",
                "password-file": "mail.password"} | {key.replace("_", "-"): value for key, value in keys.items()}
        return "[imap office]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())

    def token(self):
        with open(os.path.join(self.daemon.state, "tokens", "office.token")) as file:
            return json.load(file)

    def verdicts(self, steps, of="imap office"):
        return {key.split("/", 1)[1]: step["verdict"] for key, step in steps.items() if step["of"] == of}

    def test_all_is_well(self):
        server = self.serve(junk="create")
        server.deliver("seller", samples.marketing())
        server.append("seller", samples.marketing(), flags="(\\Seen)")
        before = server.flags("seller")
        for tls in ("implicit", "starttls"):
            with self.subTest(tls=tls):
                status, steps = self.check(self.imap(server, tls, folders="INBOX, \\Junk"))
                self.assertEqual(self.verdicts(steps), {
                    "name": "good", "connection": "good", "TLS": "good", "login": "good", "ID": "good",
                    "folder INBOX": "good", "newest mail": "good", "folder \\Junk": "good", "IDLE": "good"})
                self.assertIn("issued by ca", steps["imap office/TLS"]["text"])
                self.assertIn("days left", steps["imap office/TLS"]["text"])
                self.assertIn("2 messages", steps["imap office/folder INBOX"]["text"])
                self.assertIn("not shown", steps["imap office/IDLE"]["text"])
                self.assertEqual(status, 0, steps)
        self.assertEqual(server.flags("seller"), before)
        self.assertEqual([r.path for r in self.peer.requests], [])  # only GET, which it does not count

    def test_for_people(self):
        server = self.serve()
        self.check(self.imap(server))
        status, text = self.daemon.ctl("check", "--online", limit=200)
        self.assertEqual(status, 0, text)
        self.assertIn("[imap office]\n  good   name", text)
        self.assertIn("-> appealctl test hook", text)
        self.assertIn("[clock]", text)
        self.assertNotIn("\033", text)  # colours are for terminals
        self.assertLess(text.index("[imap office]"), text.index("[channel hook]"))

    def test_colours_and_wrapping_on_a_terminal(self):
        self.check(f"[maildir synced]\npath = {make_maildir(os.path.join(self.folder, 'mail'))}\n")
        reader, writer = pty.openpty()
        with subprocess.Popen([os.path.join(BUILD, "appealctl"), "check", "--config", self.daemon.config, "--online"],
                              env=self.daemon.environ(COLUMNS="60", TERM="xterm"), stdin=subprocess.DEVNULL,
                              stdout=writer, stderr=writer) as process:
            os.close(writer)
            text = b""
            while True:
                try:
                    text += os.read(reader, 65536)
                except OSError:
                    break
        os.close(reader)
        self.assertEqual(process.returncode, 0)
        self.assertIn(b"\033[32mgood", text)
        for line in text.decode().splitlines():
            self.assertLessEqual(len(re.sub(r"\033\[[\d;]*m", "", line).rstrip()), 60, line)

    def test_faults_of_the_way(self):
        server = self.serve()
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            for keys, step, word in (({"host": "no-such-host.invalid"}, "name", "resolver"),
                                     ({"port": closed.getsockname()[1]}, "connection", "firewall"),
                                     ({"port": server.port}, "TLS", "tls")):
                with self.subTest(step=step):
                    status, steps = self.check(self.imap(server, **keys))
                    self.assertEqual(status, 1)
                    self.assertEqual(self.verdicts(steps)[step], "bad", steps)
                    self.assertIn(word, steps[f"imap office/{step}"]["remedy"])
                    self.assertNotIn("imap office/login", steps)

    def test_certificates(self):
        server = self.serve()
        for kind in ("wrong-ca", "wrong-host", "expired", "self-signed"):
            with self.subTest(kind=kind):
                server.restart(certificate=kind)
                status, steps = self.check(self.imap(server))
                self.assertEqual(status, 1)
                step = steps["imap office/TLS"]
                self.assertEqual(step["verdict"], "bad")
                self.assertIn("issued by", step["text"])
                self.assertEqual(server.logins(), 0)

    def test_wrong_password_and_unreadable_one(self):
        server = self.serve()
        write_private(os.path.join(self.folder, "mail.password"), "wrong\n")
        status, steps = self.check(self.imap(server))
        self.assertEqual((status, self.verdicts(steps)["login"]), (1, "bad"))
        os.chmod(os.path.join(self.folder, "mail.password"), 0o644)
        status, steps = self.check(self.imap(server))
        self.assertIn("chmod 600", steps["imap office/password"]["text"])

    def test_hint_of_the_provider(self):
        """In the check, and in what is told when sight is lost."""
        server = self.serve()
        write_private(os.path.join(self.folder, "mail.password"), "wrong\n")
        status, steps = self.check(self.imap(server, provider="163"))
        self.assertIn("授权码", steps["imap office/login"]["remedy"])
        self.daemon.start()
        wait_for(lambda: "授权码" in self.daemon.ctl("status")[1], what="the hint")
        self.assertNotIn("many providers", self.daemon.ctl("status")[1])

    def test_more_servers_than_are_looked_at_at_a_time(self):
        server = self.serve()
        one = self.imap(server)
        many = "".join(one.replace("office", f"office{n}") for n in range(11))
        status, steps = self.check(many)
        self.assertEqual(status, 0, steps)
        self.assertEqual([steps[f"imap office{n}/IDLE"]["verdict"] for n in range(11)], ["good"] * 11)

    def test_folder_that_is_not_there(self):
        server = self.serve()
        server.append("seller", samples.marketing(), folder="Archive")
        server.append("seller", samples.marketing(), folder="&V4NXPpCuTvY-")
        status, steps = self.check(self.imap(server, folders="INBOX, Achive"))
        step = steps["imap office/folder Achive"]
        self.assertEqual((status, step["verdict"]), (1, "bad"))
        self.assertIn("did you mean Archive?", step["remedy"])
        self.assertIn("垃圾邮件", step["remedy"])
        self.assertEqual(self.verdicts(steps)["IDLE"], "good")

    def test_server_that_cannot_push(self):
        server = self.serve(extra="imap_capability = IMAP4rev1 SASL-IR LOGIN-REFERRALS ID")
        status, steps = self.check(self.imap(server))
        self.assertEqual((status, self.verdicts(steps)["IDLE"]), (0, "warn"))

    def test_push_is_shown_on_request(self):
        """By a message in a folder of its own, of which nothing stays."""
        server = self.serve()
        server.deliver("seller", samples.marketing())
        line = Spoken(server)
        self.addCleanup(line.close)
        line.break_into(NoNews)
        folders = server.doveadm("mailbox", "list", "-u", "seller")
        server.append("seller", samples.marketing(), folder="appeald-push-check")  # a check was interrupted
        for port, verdict, text in ((server.tls_port, "good", "told of after"), (line.port, "warn", "did not tell")):
            with self.subTest(verdict):
                status, steps = self.check(self.imap(server, port=port), None, "--push")
                self.assertEqual((status, self.verdicts(steps)["push"], self.verdicts(steps)["IDLE"]), (0, verdict, "good"), steps)
                self.assertIn(text, steps["imap office/push"]["text"])
                self.assertEqual(server.doveadm("mailbox", "list", "-u", "seller"), folders)
        self.assertEqual(self.daemon.ctl("check", "--push")[0], 2)

    def test_mail_from_the_future_is_a_clock_that_is_late(self):
        server = self.serve()
        server.append("seller", samples.marketing(), date=time.time() + 3600)
        status, steps = self.check(self.imap(server))
        self.assertEqual((status, steps["imap office/clock"]["verdict"]), (1, "bad"))
        self.assertIn("timedatectl", steps["imap office/clock"]["remedy"])

    def test_silent_server_ends(self):
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            status, steps = self.check(
                f"[imap office]\nhost = localhost\nport = {silent.getsockname()[1]}\nuser = seller\n"
                "password-file = mail.password\n")
        self.assertEqual((status, self.verdicts(steps)["greeting"]), (1, "bad"), steps)

    def test_clocks_of_servers(self):
        status, steps = self.check(f"[maildir synced]\npath = {make_maildir(os.path.join(self.folder, 'mail'))}\n")
        self.assertEqual(steps["clock/servers"]["verdict"], "good")
        self.assertEqual(self.verdicts(steps, "maildir synced"), {"new": "good", "cur": "good"})
        self.assertIn("kernel", self.verdicts(steps, "clock"))

    def test_channels(self):
        port = free_port()
        write_private(os.path.join(self.folder, "dead.url"), f"http://127.0.0.1:{port}/planted-hook\n")
        write_private(os.path.join(self.folder, "odd.url"), "not an address planted\n")
        channels = ("[channel dead]\ntype = slack\nurl-file = dead.url\n"
                    "[channel odd]\ntype = slack\nurl-file = odd.url\n"
                    "[channel here]\ntype = terminal\n[channel popup]\ntype = desktop\n"
                    "[channel run]\ntype = command\ncommand = /bin/true\n")
        status, steps = self.check(
            f"[maildir synced]\npath = {make_maildir(os.path.join(self.folder, 'mail'))}\n", channels)
        self.assertEqual(status, 1)
        self.assertEqual(self.verdicts(steps, "channel dead")["server"], "bad")
        self.assertIn("bad", self.verdicts(steps, "channel odd").values())
        self.assertEqual(self.verdicts(steps, "channel here"), {"output": "good", "alert": "open"})
        self.assertEqual(self.verdicts(steps, "channel popup"), {"alert": "open"})
        self.assertEqual(self.verdicts(steps, "channel run")["command"], "good")

    def test_key_is_shown_where_a_question_sends_nothing(self):
        asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                good = "12:right" in self.path or self.path == "/"
                self.send_response(200 if good else 401)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def do_POST(self):
                asked.append("POST " + self.path)

            def log_message(self, *unused):
                pass

        service = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=service.serve_forever, args=(0.02,), daemon=True).start()
        self.addCleanup(service.server_close)
        self.addCleanup(service.shutdown)
        source = f"[maildir synced]\npath = {make_maildir(os.path.join(self.folder, 'mail'))}\n"
        for token, verdict in (("12:right", "good"), ("12:wrong", "bad")):
            write_private(os.path.join(self.folder, "bot.token"), token + "\n")
            status, steps = self.check(
                source, "[channel bot]\ntype = telegram\ntoken-file = bot.token\nchat = -1001\n"
                        f"server = http://127.0.0.1:{service.server_address[1]}\n")
            self.assertEqual(self.verdicts(steps, "channel bot")["key"], verdict, steps)
        self.assertIn("/bot12:right/getChat?chat_id=-1001", asked)
        self.assertFalse([path for path in asked if path.startswith("POST")])

    def test_oauth(self):
        oauth = self.enterContext(OAuthServer())
        server = Dovecot(users={"seller": PASSWORD}, mechanisms="plain xoauth2 oauthbearer", extra=oauth.dovecot)
        self.addCleanup(server.close)
        source = (f"[imap office]\nhost = localhost\nport = {server.tls_port}\nca-file = {server.ca}\n"
                  f"user = seller\n{oauth.keys()}")
        status, steps = self.check(source)
        self.assertEqual((status, steps["imap office/token"]["verdict"]), (1, "bad"))
        self.assertEqual(steps["imap office/token"]["remedy"], "appealctl login office")
        self.assertEqual(self.verdicts(steps)["TLS"], "good")

        def log_in(life, refresh_life=None):
            oauth.life, oauth.refresh_life = life, refresh_life
            login = Login(self.daemon, "office", "--device")
            self.addCleanup(login.kill)
            oauth.allow(login.find(r"Enter this code: +(\w+)"))
            self.assertEqual(login.end()[0], 0)
            oauth.life = 3600

        log_in(3600)
        status, steps = self.check(source)
        self.assertEqual((status, self.verdicts(steps)["token"], self.verdicts(steps)["login"]),
                         (0, "good", "good"), steps)
        self.assertIn("access token", steps["imap office/login"]["text"])
        self.assertEqual(self.verdicts(steps)["token server"], "good")
        log_in(1, 86400)  # expired by the time of the look: renewed on the way
        wait_for(lambda: all(held["expires"] < time.time() or token != oauth.issued[-1]
                             for token, held in oauth.access.items()), what="expiry")
        oauth.refresh_life = 86400
        status, steps = self.check(source)
        self.assertEqual((status, self.verdicts(steps)["token"], self.verdicts(steps)["login"]),
                         (0, "warn", "good"), steps)
        self.assertIn("ends in", steps["imap office/token"]["text"])
        log_in(1)
        oauth.revoke()
        wait_for(lambda: self.token()["expires"] < time.time() - 1, what="expiry")
        status, steps = self.check(source)
        self.assertEqual((status, self.verdicts(steps)["token"], self.verdicts(steps)["login"]), (1, "bad", "open"))

    def test_json_goes_with_online(self):
        server = self.serve()
        self.check(self.imap(server))
        self.assertEqual(self.daemon.ctl("check", "--json")[0], 2)


if __name__ == "__main__":
    unittest.main()

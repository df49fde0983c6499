"""IMAP as a source against a real Dovecot: appeald-mail and its parent's side,
driven by tests/fake/prog_sources."""
import base64
import hashlib
import json
import os
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

from dovecot import CERTIFICATES, Dovecot, wait_for

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("APPEALD_BUILD", "build"))
TRANSIENT, REFUSED, WELL = 0, 1, -1
PASSWORD = 'pl4nted"secret\\ 申'


def notice(subject="Appeal", body="hello", size=0):
    text = (f"From: Notice <notice@example.com>\r\nTo: seller@example.com\r\nSubject: {subject}\r\n"
            f"Date: Mon, 05 Jan 2026 12:00:00 +0000\r\nMessage-ID: <{subject}@example.com>\r\n\r\n"
            f"{body}\r\n").encode()
    return text + b"x" * 70 * 0 + b"".join(b"%070d\r\n" % n for n in range(size // 72))


class Watcher:
    """prog_sources over one configuration, and the events it printed."""

    def __init__(self, accounts, look_back="30d", folder=None):
        self.folder = folder or tempfile.mkdtemp(prefix="imap-")
        self.accounts, self.look_back = accounts, look_back
        self.events, self.lines = [], queue.Queue()
        self.process = None
        self.start()

    def write_config(self):
        path = os.path.join(self.folder, "appeald.conf")
        with open(path, "w") as file:
            file.write(f"[appeald]\nlook-back = {self.look_back}\nstate-dir = {self.folder}\n"
                       f"rules-dir = {ROOT}/conf\n[channel none]\ntype = terminal\n")
            for name, keys in self.accounts.items():
                file.write(f"[imap {name}]\n")
                password = keys.get("password", "secret")
                secret = os.path.join(self.folder, f"{name}.password")
                with open(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
                    out.write(password + "\n")
                file.write(f"password-file = {secret}\n")
                for key, value in keys.items():
                    if key != "password":
                        file.write(f"{key.replace('_', '-')} = {value}\n")
        return path

    def start(self):
        config = self.write_config()
        self.err = open(os.path.join(self.folder, "stderr"), "ab")
        self.process = subprocess.Popen((os.path.join(BUILD, "tests/fake/prog_sources"), config),
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.err)
        self.reader = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self.reader.start()

    def _read(self, stream):
        for line in stream:
            self.lines.put(json.loads(line))

    def poke(self):
        self.process.stdin.write(b"poke\n")
        self.process.stdin.flush()

    def wait(self, condition, seconds=8, what="event"):
        """The first event, old or new, that condition() likes."""
        for event in self.events:
            if condition(event):
                return event
        end = time.monotonic() + seconds
        while True:
            try:
                event = self.lines.get(timeout=max(end - time.monotonic(), 0.001))
            except queue.Empty:
                raise AssertionError(f"no {what} within {seconds} s; got {self.events}; "
                                     f"stderr: {self.errors()}") from None
            self.events.append(event)
            if condition(event):
                return event

    def wait_new(self, condition, seconds=20, what="event"):
        """As wait(), for events from now on."""
        while not self.lines.empty():
            self.lines.get()
        self.events = []
        return self.wait(condition, seconds, what)

    def message(self, data, **more):
        digest = hashlib.sha256(data).hexdigest()
        return self.wait(lambda e: e["event"] == "message" and e["sha256"] == digest
                         and all(e[k] == v for k, v in more.items()), what="message")

    def sight(self, code, folder="INBOX", **more):
        return self.wait(lambda e: e["event"] == "sight" and e["code"] == code
                         and e["folder"] == folder
                         and all(e[k] == v for k, v in more.items()), what=f"sight {code}")

    def messages(self):
        return [e for e in self.events if e["event"] == "message"]

    def children(self):
        pid = self.process.pid
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(child) for child in file.read().split()]

    def errors(self):
        with open(os.path.join(self.folder, "stderr"), errors="replace") as file:
            return file.read()

    def stop(self, number=None):
        if self.process is None:
            return
        if number is not None:
            self.process.send_signal(number)
        self.process.stdin.close()
        self.process.wait(20)
        self.reader.join(20)
        self.process.stdout.close()
        self.err.close()
        self.process = None

    def restart(self, number=None):
        self.stop(number)
        self.lines, self.events = queue.Queue(), []
        self.start()

    def close(self):
        self.stop()
        shutil.rmtree(self.folder)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def account(server, tls="implicit", user="seller", **more):
    return dict({"host": "localhost", "port": server.tls_port if tls == "implicit" else server.port,
                 "tls": tls, "user": user, "ca_file": server.ca}, **more)


class Reading(unittest.TestCase):
    """One server, good in every way."""

    def setUp(self):
        self.server = Dovecot(users={"seller": "secret", "odd": PASSWORD}, junk="create")
        self.addCleanup(self.server.close)

    def watch(self, look_back="30d", **keys):
        watcher = Watcher({"office": account(self.server, **keys)}, look_back)
        self.addCleanup(watcher.close)
        return watcher

    def test_first_look_then_push(self):
        old, late = notice("old"), notice("late")
        self.server.append("seller", notice("ancient"), date=time.time() - 90 * 86400)
        self.server.append("seller", old, date=time.time() - 5 * 86400)
        watcher = self.watch()
        self.assertEqual(watcher.message(old)["first_look"], 1)
        watcher.wait(lambda e: e["event"] == "looked_back")
        watcher.sight(WELL)
        self.server.append("seller", late)
        self.assertEqual(watcher.message(late)["first_look"], 0)
        self.assertEqual([m["uid"] for m in watcher.messages()], [2, 3])

    def test_every_way_in(self):
        self.server.append("seller", notice("way"))
        for tls in ("implicit", "starttls", "none"):
            for auth in ("login", "plain", "auto"):
                with self.subTest(tls=tls, auth=auth):
                    watcher = self.watch(tls=tls, auth=auth)
                    watcher.message(notice("way"))
                    watcher.stop()

    def test_odd_password(self):
        watcher = self.watch(user="odd", password=PASSWORD, send_id="yes")
        watcher.sight(WELL)
        self.assertNotIn("pl4nted", watcher.errors())

    def test_flags_stay(self):
        self.server.append("seller", notice("read on the phone"), flags="\\Seen")
        self.server.append("seller", notice("not read"))
        before = self.server.flags("seller")
        watcher = self.watch()
        watcher.message(notice("read on the phone"))
        watcher.message(notice("not read"))
        self.assertEqual(self.server.flags("seller"), before)

    def test_restart_rereads_nothing(self):
        self.server.append("seller", notice("one"))
        watcher = self.watch()
        watcher.wait(lambda e: e["event"] == "looked_back")
        watcher.restart(signal.SIGKILL)
        watcher.sight(WELL)
        self.server.append("seller", notice("two"))
        watcher.message(notice("two"))
        self.assertEqual(len(watcher.messages()), 1)

    def test_found_after_downtime(self):
        watcher = self.watch()
        watcher.wait(lambda e: e["event"] == "looked_back")
        watcher.stop()
        self.server.append("seller", notice("while down"))
        watcher.start()
        self.assertEqual(watcher.message(notice("while down"))["first_look"], 0)

    def test_folders(self):
        self.server.append("seller", notice("in odd spam"), folder="Odd Spam")
        self.server.append("seller", notice("chinese"), folder="&V4NXPpCuTvY-")
        watcher = self.watch(folders="INBOX, \\Junk, 垃圾邮件, Missing")
        watcher.message(notice("in odd spam"), folder="\\Junk")
        watcher.message(notice("chinese"), folder="垃圾邮件")
        self.assertIn("Missing", watcher.sight(REFUSED, "Missing")["text"])
        watcher.sight(WELL)

    def test_junk_that_the_server_does_not_mark(self):
        names = ("Junk Email", "Spamverdacht", "Courrier ind&AOk-sirable", "&ANY-nemsiz E-posta", "&V4NXPpD1TvY-")
        server = Dovecot(users={f"user{n}": "secret" for n in range(len(names))})
        self.addCleanup(server.close)
        for n, name in enumerate(names):
            server.append(f"user{n}", notice(f"junk{n}"), folder=name)
        watcher = self.enterContext(Watcher({f"user{n}": account(server, user=f"user{n}", folders="\\Junk")
                                             for n in range(len(names))}))
        for n, name in enumerate(names):
            with self.subTest(name):
                watcher.message(notice(f"junk{n}"), source=f"imap user{n}")

    def test_uidvalidity_change(self):
        self.server.append("seller", notice("kept"))
        watcher = self.watch()
        first = watcher.message(notice("kept"))
        watcher.wait(lambda e: e["event"] == "looked_back")
        self.server.change_uidvalidity("seller")
        self.server.kick("seller")
        again = watcher.wait(lambda e: e["event"] == "message"
                             and e["uidvalidity"] != first["uidvalidity"])
        self.assertEqual(again["sha256"], first["sha256"])
        self.server.append("seller", notice("after"))
        watcher.message(notice("after"))

    def test_large_and_many(self):
        large = notice("large", size=3 << 20)
        self.server.append("seller", large)
        for n in range(60):
            self.server.append("seller", notice(f"many{n}", size=200000 if n % 7 == 0 else 0))
        watcher = self.watch()
        self.assertEqual(watcher.message(large[:1 << 20])["truncated"], 1)
        watcher.message(notice("many59"))
        self.assertEqual([m["uid"] for m in watcher.messages()], list(range(1, 62)))

    def test_the_first_look_at_a_large_folder_fetches_what_can_matter(self):
        folder = os.path.join(self.server.root, "home", "seller", "Maildir", "new")
        self.server.append("seller", notice("first"))  # makes the folder
        wanted = []
        for n in range(1300):
            body = base64.encodebytes(f"see https://csp.ALIexpress.com/x{n}".encode()).decode().strip() if n % 130 == 7 else "hello"
            text = (f"From: a@b.example\r\nSubject: n{n}\r\nDate: Mon, 05 Jan 2026 12:00:00 +0000\r\n"
                    f"MIME-Version: 1.0\r\nContent-Transfer-Encoding: {'7bit' if body == 'hello' else 'base64'}\r\n\r\n{body}\r\n")
            path = os.path.join(folder, f"{int(time.time())}.{n}.host")
            with open(path, "w", newline="") as file:
                file.write(text)
            os.chown(path, self.server.uid, self.server.gid)
            if body != "hello":
                wanted.append(text.encode())
        watcher = self.watch()
        watcher.wait(lambda e: e["event"] == "looked_back", 60)
        for text in wanted:
            watcher.message(text)
        self.assertEqual(len(watcher.messages()), len(wanted))
        self.server.append("seller", notice("news of no platform"))
        watcher.message(notice("news of no platform"))

    def test_server_restarts(self):
        watcher = self.watch()
        watcher.sight(WELL)
        self.server.restart()
        self.server.append("seller", notice("after restart"))
        watcher.message(notice("after restart"))

    def test_poll_without_idle(self):
        self.server.extra = "imap_capability = IMAP4rev1 SASL-IR LOGIN-REFERRALS ID"
        self.server.restart()
        watcher = self.watch(poll="1s")
        watcher.wait(lambda e: e["event"] == "looked_back")
        self.server.append("seller", notice("polled"))
        watcher.message(notice("polled"))

    def test_a_poke_is_one_look(self):
        watcher = self.watch()
        watcher.wait(lambda e: e["event"] == "looked_back")
        watcher.sight(WELL)

        def ticks():
            with open(f"/proc/{watcher.children()[0]}/stat") as file:
                return sum(int(field) for field in file.read().rsplit(")", 1)[1].split()[11:13])

        watcher.poke()
        watcher.wait_new(lambda e: e["event"] == "sight", what="a look")
        before = ticks()
        self.server.append("seller", notice("after the poke"))
        watcher.message(notice("after the poke"))
        self.assertLess(ticks() - before, 20)  # of 10 ms: it does not look without end
        self.assertLess(len([e for e in watcher.events if e["event"] == "sight"]), 20)

    def test_a_poke_cuts_the_pause_after_an_outage_short(self):
        """As when the network is back, or the machine awake."""
        watcher = self.watch()
        watcher.sight(WELL)
        self.server.stop()
        watcher.wait(lambda _: len([e for e in watcher.events if e.get("code") == TRANSIENT]) >= 5, 40, "the fifth failure")
        self.server.start()  # the next try by itself is in 8 to 16 s
        watcher.poke()
        watcher.wait_new(lambda e: e["event"] == "sight" and e["code"] == WELL, 7, "sight")

    def test_child_killed(self):
        watcher = self.watch()
        watcher.sight(WELL)
        os.kill(watcher.children()[0], signal.SIGKILL)
        watcher.sight(TRANSIENT)
        self.server.append("seller", notice("after crash"))
        watcher.message(notice("after crash"))


class Refusing(unittest.TestCase):
    """What must be refused, before a password is sent."""

    def test_certificates(self):
        with Dovecot() as server:
            for kind in CERTIFICATES:
                server.restart(certificate=kind)
                for tls in ("implicit", "starttls"):
                    with self.subTest(kind=kind, tls=tls), \
                            Watcher({"office": account(server, tls)}) as watcher:
                        if kind == "good":
                            watcher.sight(WELL)
                            continue
                        before = server.logins()
                        text = watcher.sight(REFUSED)["text"]
                        self.assertIn("no password was sent", text)
                        self.assertEqual(server.logins(), before)

    def test_wrong_password_is_tried_once(self):
        with Dovecot() as server:
            keys = account(server, password="wr0ng-one", folders="INBOX, a, b, c")
            with Watcher({"office": keys}) as watcher:
                for folder in ("INBOX", "a", "b", "c"):
                    text = watcher.sight(REFUSED, folder)["text"]
                    self.assertIn("authorisation code", text)
                    self.assertNotIn("wr0ng-one", text)
                wait_for(lambda: "auth failed" in server.log())
                self.assertEqual(server.log().count("auth failed, 1 attempts"), 1)
                self.assertNotIn("wr0ng-one", watcher.errors())

    def test_a_password_that_changes_is_tried_once(self):
        """Whoever changes it ends all sessions; their folders do not try the old one each."""
        folders = [f"f{n}" for n in range(6)]
        with Dovecot() as server:
            for folder in folders:
                server.append("seller", notice(folder), folder=folder)
            with Watcher({"office": account(server, folders=", ".join(folders))}) as watcher:
                for folder in folders:
                    watcher.sight(WELL, folder)
                server.users["seller"] = "another"
                server.write_users()
                wait_for(lambda: "auth failed" in server.doveadm_tried("auth", "test", "seller", "secret"))
                server.kick("seller")
                for folder in folders:
                    watcher.wait(lambda e: e["event"] == "sight" and e["folder"] == folder and "authorisation code" in e["text"])
                self.assertEqual(server.log().count("auth failed, 1 attempts"), 1)

    def test_password_mended(self):
        with Dovecot(users={"seller": "new one"}) as server, \
                Watcher({"office": account(server, password="old one")}) as watcher:
            watcher.sight(REFUSED)
            watcher.accounts["office"]["password"] = "new one"
            watcher.write_config()
            watcher.poke()
            watcher.sight(WELL)

    def test_one_bad_account_delays_no_other(self):
        with Dovecot(users={"seller": "secret", "other": "secret"}) as server, \
                Watcher({"bad": account(server, password="no"), "dead": account(server, port=1),
                         "good": account(server, user="other")}) as watcher:
            watcher.sight(WELL, source="imap good")
            server.append("other", notice("other"))
            watcher.message(notice("other"), source="imap good")


if __name__ == "__main__":
    unittest.main()

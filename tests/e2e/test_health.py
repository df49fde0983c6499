"""Who watches the watcher: the heartbeat stops when sight is lost, the daily note
comes only when all is well, and a network that comes back is looked at at once."""

import datetime
import fcntl
import http.server
import os
import shutil
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import samples
from dovecot import Dovecot
from harness import BUILD, SECRET, Answer, Appeald, WebhookPeer, deliver, make_maildir, pause, wait_for, write_private

INSIDE = "APPEALD_TEST_INSIDE"  # we are in a network of our own


class Pinged:
    """A watch that counts who asks for it."""

    def __init__(self, status=200, late=0):
        self.status, self.late, self.paths = status, late, []
        peer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                peer.paths.append(self.path)
                self.send_response_only(peer.status)
                self.send_header("Date", self.date_time_string(time.time() + peer.late))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *unused):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self):
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/ping/planted-in-the-heart"
        return self

    def __exit__(self, *unused):
        self.server.shutdown()
        self.server.server_close()

    def beats_again(self, times=2):
        before = len(self.paths)
        wait_for(lambda: len(self.paths) >= before + times, what="heartbeats")


class HealthTest(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-health-"))
        self.maildir = make_maildir(os.path.join(self.folder, "mail"))
        self.hook = self.enterContext(WebhookPeer())
        write_private(os.path.join(self.folder, "hook.url"), self.hook.url)
        write_private(os.path.join(self.folder, "hook.secret"), SECRET)

    def appeald(self, extra):
        config = (f"{extra}[maildir shop]\npath = {self.maildir}\nauthserv-id = {samples.AUTHSERV}\n"
                  "[channel team]\ntype = webhook\nurl-file = hook.url\nsecret-file = hook.secret\n")
        return self.enterContext(Appeald(config, self.folder)).start()

    def with_heart(self, heart):
        write_private(os.path.join(self.folder, "heart.url"), heart.url)
        return self.appeald("[heartbeat]\nurl-file = heart.url\nevery = 1s\n")

    def stopped(self, heart):
        """No beat for longer than one is due."""
        def quiet():
            before = len(heart.paths)
            pause(2.5)
            return len(heart.paths) == before
        wait_for(quiet, what="the heart stops")

    def test_beats_while_all_is_well_and_stops_when_sight_is_lost(self):
        with Pinged() as heart:
            appeald = self.with_heart(heart)
            heart.beats_again()
            self.assertEqual(set(heart.paths), {"/ping/planted-in-the-heart"})
            os.rename(self.maildir, self.maildir + ".gone")
            self.stopped(heart)
            os.rename(self.maildir + ".gone", self.maildir)
            heart.beats_again(1)
            self.assertNotIn("planted-in-the-heart", appeald.output())

    def test_stops_with_the_daemon(self):
        with Pinged() as heart:
            appeald = self.with_heart(heart)
            heart.beats_again()
            appeald.kill()
            self.stopped(heart)

    def test_a_refusing_watch_is_told(self):
        with Pinged(status=404) as heart:
            appeald = self.with_heart(heart)
            wait_for(lambda: "no heartbeat: its server answered 404" in appeald.output(), what="404 told")

    def test_a_wrong_clock_is_told_and_stops_the_heart_until_it_is_right(self):
        """By the watch's own clock; only the time is asked for meanwhile, and after a restart it is still known."""
        with Pinged(late=3600) as heart:
            appeald = self.with_heart(heart)
            alert = wait_for(lambda: [r.data for r in self.hook.requests if r.data["alert"] == "clock"], what="told")[0]
            self.assertIn("1h behind that of the heartbeat's server", alert["detail"])
            self.assertIn("timedatectl", alert["text"])
            self.assertRegex(appeald.ctl("status")[1], "heartbeat.*1h behind")
            for start in (lambda: None, appeald.start):
                start()
                before = len(heart.paths)
                wait_for(lambda: len(heart.paths) >= before + 3, what="the time is asked for")
                self.assertEqual(set(heart.paths[before + 1:]), {"/"})
                if start != appeald.start:
                    appeald.kill()
            heart.late = 0
            wait_for(lambda: heart.paths[-1] == "/ping/planted-in-the-heart", what="the heart beats again")
            self.assertNotIn("heartbeat", appeald.ctl("status")[1])
            self.assertEqual([r.data["alert"] for r in self.hook.requests], ["clock"])

    def test_an_address_that_others_may_read_is_refused(self):
        with Pinged() as heart:
            path = write_private(os.path.join(self.folder, "heart.url"), heart.url)
            os.chmod(path, 0o644)
            status, text = Appeald(
                f"[heartbeat]\nurl-file = heart.url\n[maildir shop]\npath = {self.maildir}\n"
                "[channel here]\ntype = terminal\n", self.folder).run()
            self.assertNotEqual(status, 0)
            self.assertIn("[heartbeat] ", text)
            self.assertIn("chmod", text)
            self.assertEqual(heart.paths, [])

    def note_at(self, minutes):
        at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
        return f"[appeald]\ntimezone = UTC\n[reminders]\ndaily-note = {at:%H:%M}\n"

    def test_the_daily_note_comes_once(self):
        appeald = self.appeald(self.note_at(0))
        request, = self.hook.wait(1)
        self.assertEqual(request.data["alert"], "well")
        self.assertEqual(request.data["title"], "All is well")
        wait_for(lambda: rows(appeald, "SELECT state FROM deliveries") == ["done"], what="marked as told")
        appeald.kill()
        appeald.start()
        deliver(self.maildir, samples.counterfeit(samples.ahead(days=2)), "1.health")
        self.assertEqual([r.data["alert"] for r in self.hook.wait(2)], ["well", "case"])

    def test_no_note_while_anything_is_wrong(self):
        second = make_maildir(os.path.join(self.folder, "second"))
        write_private(os.path.join(self.folder, "slow.url"), self.hook.url)
        extra = self.note_at(0) + f"[maildir gone]\npath = {second}\n"
        appeald = Appeald(f"{extra}[maildir shop]\npath = {self.maildir}\n[channel team]\ntype = webhook\n"
                          "url-file = hook.url\nsecret-file = hook.secret\n", self.folder)
        self.enterContext(appeald)
        shutil.rmtree(os.path.join(second, "new"))
        os.chmod(second, 0)
        appeald.start()
        deliver(self.maildir, samples.counterfeit(samples.ahead(days=2)), "1.health")
        first, = self.hook.wait(1)
        self.assertIn(first.data["alert"], ("case", "summary"))
        pause(1)
        self.assertNotIn("well", [r.data["alert"] for r in self.hook.requests])
        os.chmod(second, 0o755)

    def test_a_changed_network_is_a_reason_to_look(self):
        unshare = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
        done = subprocess.run([*unshare, sys.executable, "-m", "unittest", "test_health.InsideTest"],
                              cwd=os.path.dirname(os.path.abspath(__file__)), env=os.environ | {INSIDE: "1"},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=180)
        self.assertEqual(done.returncode, 0, done.stdout.decode())


BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><listen>unix:path={path}</listen><policy context="default">
<allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/></policy></busconfig>"""


class NetworkManagerTest(unittest.TestCase):
    def test_its_word_is_a_reason_to_look_where_netlink_is_forbidden(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-manager-"))
        path = os.path.join(folder, "bus")
        with open(os.path.join(folder, "bus.conf"), "w") as file:
            file.write(BUS.format(path=path))
        bus = subprocess.Popen(["dbus-daemon", "--nofork", "--nopidfile", f"--config-file={folder}/bus.conf"])
        self.addCleanup(bus.wait, 10)
        self.addCleanup(bus.terminate)
        wait_for(lambda: os.path.exists(path), what="bus")
        server = self.enterContext(Dovecot(extra="imap_capability = IMAP4rev1"))
        appeald = quiet_mailbox(folder, server)
        appeald.wrapper = [os.path.join(BUILD, "tests/fake/prog_no_netlink")]
        address = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={path}"}
        self.enterContext(appeald.start(**address))
        deliver_unseen(self, appeald, server)
        name = "org.freedesktop.NetworkManager"
        subprocess.run([os.path.join(BUILD, "tests/fake/prog_signal"), name, "/org/freedesktop/NetworkManager", name,
                        "StateChanged", "70"], env=os.environ | address, check=True, timeout=20)
        wait_for(lambda: rows(appeald, "SELECT count(*) FROM cases") == [1], what="looked because of the network")


def rows(appeald, sql):
    db = sqlite3.connect(f"file:{appeald.ledger}?mode=ro", uri=True, timeout=5)
    try:
        return [row[0] for row in db.execute(sql)]
    finally:
        db.close()


def quiet_mailbox(folder, server):
    """An appeald over a mailbox that it looks into once an hour."""
    write_private(os.path.join(folder, "password"), "secret")
    return Appeald(f"[imap box]\nhost = 127.0.0.1\nport = {server.port}\ntls = none\nuser = seller\n"
                   "password-file = password\npoll = 1h\n[channel here]\ntype = terminal\n", folder)


def deliver_unseen(test, appeald, server):
    wait_for(lambda: rows(appeald, "SELECT well FROM sights") == [1], what="the mailbox is read")
    server.deliver("seller", samples.counterfeit(samples.ahead(days=2), "NET1"))
    pause(1)  # nothing tells of it
    test.assertEqual(rows(appeald, "SELECT count(*) FROM cases"), [0])


def set_flag_up(name):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = bytearray(struct.pack("16sh22x", name.encode(), 0))
        fcntl.ioctl(control, 0x8913, request)  # SIOCGIFFLAGS
        flags = struct.unpack_from("16sh", request)[1] | 1  # IFF_UP
        fcntl.ioctl(control, 0x8914, struct.pack("16sh22x", name.encode(), flags))


def add_address(name, address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        family = struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton(address))
        fcntl.ioctl(control, 0x8916, struct.pack("16s", name.encode()) + family)  # SIOCSIFADDR


class InsideTest(unittest.TestCase):
    """Run by HealthTest in a network of its own."""

    def test_an_address_that_comes(self):
        set_flag_up("lo")
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-network-"))
        with Dovecot(extra="imap_capability = IMAP4rev1") as server, quiet_mailbox(folder, server).start() as appeald:
            deliver_unseen(self, appeald, server)
            add_address("lo:1", "127.9.9.9")
            wait_for(lambda: rows(appeald, "SELECT count(*) FROM cases") == [1],
                     what="looked because of the network")


if INSIDE not in os.environ:
    del InsideTest

if __name__ == "__main__":
    unittest.main()

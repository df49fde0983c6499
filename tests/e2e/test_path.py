"""The whole path: a notice in a Maildir becomes a request at a webhook, on time,
once, whatever happens in between."""

import collections
import concurrent.futures
import glob
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import unittest

import harness
import samples
from harness import Answer, Appeald, SECRET, WebhookPeer, deliver, make_maildir, wait_for, write_private

CHANNEL = "[channel {name}]\ntype = {type}\nurl-file = {name}.url\n"


class PathTest(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-path-"))
        self.maildir = make_maildir(os.path.join(self.folder, "mail"))
        self.arrived = 0

    def put(self, message):
        self.arrived += 1
        deliver(self.maildir, message, f"{self.arrived}.test")

    def add_peer(self, kind="webhook", name="hook", **more):
        peer = WebhookPeer(kind, **more)
        self.addCleanup(peer.close)
        write_private(os.path.join(self.folder, f"{name}.url"), peer.url + "\n")
        write_private(os.path.join(self.folder, "hook.secret"), SECRET + "\n")
        return peer

    def config(self, *channels, steps="72h, 24h, 6h, 1h", more=""):
        text = more + f"[reminders]\nsteps = {steps}\n"
        text += f"[maildir synced]\npath = {self.maildir}\nauthserv-id = {samples.AUTHSERV}\n"
        for kind, name in channels or [("webhook", "hook")]:
            text += CHANNEL.format(name=name, type=kind)
            text += "secret-file = hook.secret\n" if kind == "webhook" else ""
        return text

    def appeald(self, *channels, **more):
        daemon = Appeald(self.config(*channels, **more), self.folder)
        self.addCleanup(daemon.close)
        return daemon

    def wait_first_look(self, daemon):
        """What arrives from now on is news, not history."""
        wait_for(lambda: os.path.exists(daemon.ledger) and self.rows(
            daemon, "SELECT 1 FROM cursors WHERE looked_back"), what="first look")

    def rows(self, daemon, sql):
        database = sqlite3.connect(daemon.ledger, timeout=10)
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()

    # --- from notice to request ---------------------------------------------

    def test_notice_becomes_signed_request(self):
        peer, daemon = self.add_peer(), self.appeald().start()
        self.wait_first_look(daemon)
        deadline = samples.ahead(days=2).replace(microsecond=0)
        self.put(samples.marketing())
        self.put(samples.counterfeit(deadline))

        request, = peer.wait(1)
        kase = request.data["case"]
        self.assertTrue(request.signed_by(SECRET))
        self.assertFalse(request.signed_by("whsec_" + "QUFB" * 10))
        self.assertEqual(request.json["type"], "appeald.alert")
        self.assertEqual(request.data["version"], 1)
        self.assertEqual(kase["category"], "ip.trademark")
        self.assertEqual(kase["points"], 2)
        self.assertEqual(kase["case_ref"], "IPR2026112500017")
        self.assertEqual(kase["authenticity"], "genuine")
        self.assertEqual((kase["basis"], kase["deadline"]),
                         ("stated", deadline.strftime("%Y-%m-%dT%H:%M:%SZ")))
        wait_for(lambda: "1 open case" in daemon.status_lines()[-1], what="status line")
        self.assertIn(deadline.strftime("%Y-%m-%dT%H:%M:%SZ"), daemon.status_lines()[-1])
        self.assertEqual(daemon.stop()[0], 0)
        self.assertEqual(len(peer.requests), 1)

    def test_countdown(self):
        peer, daemon = self.add_peer(), self.appeald(steps="6s, 3s, 1s")
        daemon.start()
        self.wait_first_look(daemon)
        deadline = samples.ahead(seconds=30 if harness.SLOW else 10).replace(microsecond=0)
        self.put(samples.counterfeit(deadline))

        requests = peer.wait(5, 40)
        self.assertEqual([r.data["key"] for r in requests],
                         ["case/1/0/new", "case/1/0/step/6s", "case/1/0/step/3s",
                          "case/1/0/step/1s", "case/1/0/expired"])
        late = [request.at - (deadline.timestamp() - left) for request, left in zip(requests[1:], (6, 3, 1, 0))]
        self.assertGreaterEqual(min(late), 0)
        # A disk that other tests use too may take a second for one commit, not for each.
        self.assertLess(sorted(late)[2], 3 if harness.SLOW else 1)
        self.assertLess(max(late), 3)
        self.assertEqual(len({r.id for r in requests}), 5)

    def test_history_is_one_summary(self):
        """First contact: what still runs is told in one alert, what is over in none."""
        week = samples.now() - samples.datetime.timedelta(days=6)
        self.put(samples.counterfeit(samples.ahead(days=3), "IPR2026110017", week))
        self.put(samples.counterfeit(samples.ahead(days=5), "IPR2026110027", week))
        self.put(samples.counterfeit(samples.ahead(days=-1), "IPR2026110037", week))
        peer, daemon = self.add_peer(), self.appeald().start()

        request, = peer.wait(1)
        self.assertEqual(request.data["alert"], "summary")
        self.assertEqual([k["case_ref"] for k in request.data["cases"]], ["IPR2026110017", "IPR2026110027"])
        daemon.wait_settled()
        daemon.stop()
        daemon.start()
        self.wait_first_look(daemon)
        self.put(samples.counterfeit(samples.ahead(days=4), "IPR2026110047"))
        peer.wait(2)
        self.assertEqual([r.data.get("case", {}).get("case_ref") for r in peer.requests], [None, "IPR2026110047"])

    def test_many_at_once(self):
        """More than may be on their way; the later ones wait for no sweep."""
        self.add_peer()
        daemon = self.appeald().start()
        self.wait_first_look(daemon)
        for number in range(50):
            self.put(samples.marketing())
            harness.pause(0.02)
        wait_for(lambda: self.rows(daemon, "SELECT count(*) FROM places") == [(50,)], 30, "all read")

    def test_reader_that_starts_slowly(self):
        """A small machine loads the rules for long."""
        programs = os.path.join(self.folder, "programs")
        os.mkdir(programs)
        shutil.copy(os.path.join(harness.BUILD, "appeald"), programs)
        reader = os.path.join(programs, "appeald-reader")
        with open(reader, "w") as file:
            file.write(f'#!/bin/sh\nsleep 12\nexec {harness.BUILD}/appeald-reader "$@"\n')
        os.chmod(reader, 0o755)
        peer, daemon = self.add_peer(), self.appeald(more=f"rules-dir = {harness.ROOT}/conf\n")
        daemon.programs = programs
        daemon.start()
        self.wait_first_look(daemon)
        self.put(samples.counterfeit(samples.ahead(days=2)))
        request, = peer.wait(1, 60)
        self.assertEqual(request.data["case"]["case_ref"], "IPR2026112500017")

    def test_slack(self):
        peer = self.add_peer("slack", "team", path="/services/T0/B0/planted")
        daemon = self.appeald(("slack", "team")).start()
        self.wait_first_look(daemon)
        self.put(samples.counterfeit(samples.ahead(days=2)))
        request, = peer.wait(1)
        self.assertIn("trademark", request.json["text"])
        self.assertEqual(request.json["blocks"][0]["type"], "header")

    # --- what the far side may do -------------------------------------------

    def test_error_in_a_200_is_tried_again(self):
        peer = self.add_peer("feishu", "team")
        peer.script.append(Answer(200, '{"code":11232,"msg":"frequency limited"}'))
        daemon = self.appeald(("feishu", "team")).start()
        self.wait_first_look(daemon)
        self.put(samples.counterfeit(samples.ahead(days=2)))
        first, second = peer.wait(2, 60)
        self.assertEqual(first.json["card"], second.json["card"])
        wait_for(lambda: self.rows(daemon, "SELECT 1 FROM deliveries WHERE state = 'done'"),
                 what="delivery done")
        self.assertEqual(len(peer.requests), 2)

    def test_errors_are_tried_again_with_the_same_id(self):
        peer = self.add_peer()
        peer.script += [Answer(500, "planted in the answer"), Answer(drop=True),
                        Answer(429, "", {"Retry-After": "2"})]
        daemon = self.appeald().start()
        self.wait_first_look(daemon)
        self.put(samples.counterfeit(samples.ahead(days=2)))
        requests = peer.wait(4, 90)
        self.assertEqual(len({r.id for r in requests}), 1)
        self.assertTrue(all(r.signed_by(SECRET) for r in requests))
        self.assertGreaterEqual(requests[3].at - requests[2].at, 1.9)

    def test_refusing_channel_does_not_hold_up_another(self):
        gone, good = self.add_peer("slack", "gone"), self.add_peer()
        gone.script.append(Answer(404, "no_service"))
        daemon = self.appeald(("slack", "gone"), ("webhook", "hook")).start()
        self.wait_first_look(daemon)
        self.put(samples.counterfeit(samples.ahead(days=2)))
        requests = good.wait(2)
        self.assertEqual({r.data["alert"] for r in requests}, {"case", "refused"})
        refused = next(r for r in requests if r.data["alert"] == "refused")
        self.assertIn("gone", refused.data["subject"])
        self.assertEqual(len(gone.requests), 1)

    # --- what a person may do -----------------------------------------------

    def test_acknowledged_is_quiet_but_for_the_last_two(self):
        peer, daemon = self.add_peer(), self.appeald(steps="14s, 12s, 10s, 4s, 2s")
        daemon.start()
        self.wait_first_look(daemon)
        self.put(samples.counterfeit(samples.ahead(seconds=60 if harness.SLOW else 20)))
        peer.wait(1)
        self.assertEqual(daemon.ctl("ack", "1")[0], 0)
        peer.wait(3, 90)
        self.assertEqual([r.data["key"] for r in peer.requests],
                         ["case/1/0/new", "case/1/0/step/4s", "case/1/0/step/2s"])

    def test_reload(self):
        peer, daemon = self.add_peer(), self.appeald()
        daemon.start()
        self.wait_first_look(daemon)
        other = make_maildir(os.path.join(self.folder, "other"))
        daemon.write_config(self.config() + f"[maildir second]\npath = {other}\n")
        daemon.reload()
        wait_for(lambda: "2 sources" in daemon.status_lines()[-1], what="two sources")
        wait_for(lambda: len(self.rows(daemon, "SELECT 1 FROM cursors WHERE looked_back")) == 2,
                 what="first look at the second")
        deliver(other, samples.false_shipment(7), "1.test")
        request, = peer.wait(1)
        self.assertEqual(request.data["case"]["source"], "maildir second")

        # A mistake changes nothing.
        daemon.write_config(self.config() + "[maildir second]\npaht = /nowhere\n")
        daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "not reloaded" in daemon.output(), what="'not reloaded'")
        deliver(other, samples.false_shipment(7, case="XJ777"), "2.test")
        self.assertEqual(peer.wait(2)[1].data["case"]["case_ref"], "XJ777")

    def test_once(self):
        peer, daemon = self.add_peer(), self.appeald()
        self.assertEqual(daemon.run("--once")[0], 0)
        self.put(samples.counterfeit(samples.ahead(days=2)))
        self.assertEqual(daemon.run("--once")[0], 0)
        self.assertEqual(len(peer.requests), 1)
        self.assertEqual(daemon.run("--once")[0], 0)
        self.assertEqual(len(peer.requests), 1)

    def test_once_with_nothing_new_starts_no_reader(self):
        """Run every few minutes, it would load the rules each time for nothing."""
        programs = os.path.join(self.folder, "programs")
        os.mkdir(programs)
        shutil.copy(os.path.join(harness.BUILD, "appeald"), programs)  # and there is no appeald-reader
        self.add_peer()
        daemon = self.appeald(more=f"rules-dir = {harness.ROOT}/conf\n")
        daemon.programs = programs
        self.assertEqual(daemon.run("--once"), (0, ""))

    def test_stop_is_quick_and_clean(self):
        """Also with a request on its way to a peer that does not answer."""
        peer = self.add_peer()
        peer.script.append(Answer(delay=20))
        daemon = self.appeald().start()
        self.wait_first_look(daemon)
        self.put(samples.counterfeit(samples.ahead(days=2)))
        peer.wait(1)
        status, seconds = daemon.stop()
        self.assertEqual(status, 0)
        self.assertLess(seconds, 2)
        self.assertIn("STOPPING=1", daemon.notify.read())
        daemon.start()
        first, second = peer.wait(2)
        self.assertEqual(first.id, second.id)

    def test_watchdog_is_fed(self):
        self.add_peer()
        daemon = self.appeald()
        daemon.start(WATCHDOG_USEC="400000")
        wait_for(lambda: daemon.notify.read().count("WATCHDOG=1") >= 3, what="WATCHDOG=1")

    # --- configuration and secrets ------------------------------------------

    def test_bad_configuration_tells_every_mistake(self):
        daemon = self.appeald(more="langage = en\nlook-back = soon\n")
        with open(daemon.config, "a") as file:
            file.write("[chanel team]\n[imap office]\nuser = x\npassword = planted-password\n"
                       "[channel other]\ntype = webhook\n")
        for arguments in ((), ("--check",)):
            status, output = daemon.run(*arguments)
            self.assertEqual(status, 78, output)
            for mistake in (r":3: \[appeald\] langage: .*did you mean language",
                            r":4: \[appeald\] look-back: ", r"\[chanel team\].*\[channel\]",
                            r"password: .*password-file", r"\[imap office\].* host",
                            r"\[channel other\].* url-file"):
                self.assertRegex(output, mistake)
            self.assertNotIn("planted-password", output)
        self.assertFalse(os.path.exists(daemon.ledger))

    def test_check(self):
        self.add_peer()
        status, output = self.appeald().run("--check")
        self.assertEqual(status, 0)
        self.assertIn("good: 1 source, 1 channel", output)

    def test_no_secret_is_told(self):
        """Passwords, addresses and keys, through refusals of every kind."""
        secrets = ["planted-in-the-url", "planted-password", SECRET, SECRET.removeprefix("whsec_"),
                   "planted-secret-of-the-e2e-tests"]
        peer = self.add_peer()
        peer.script += [Answer(500), Answer(302, "", {"Location": peer.url}), Answer(drop=True)]
        write_private(os.path.join(self.folder, "mail.password"), "planted-password\n")
        daemon = self.appeald()
        with open(daemon.config, "a") as file:
            file.write("[imap office]\nhost = 127.0.0.1\nport = 9\ntls = none\nuser = seller\n"
                       "password-file = mail.password\n")
        daemon.start(G_MESSAGES_DEBUG="all")
        self.wait_first_look(daemon)
        for number in range(3):
            self.put(samples.counterfeit(samples.ahead(days=2), f"IPR20261200{number}"))
        peer.wait(3, 60)
        peer.close()  # nobody listens there any more
        self.put(samples.counterfeit(samples.ahead(days=2), "IPR20261300"))
        wait_for(lambda: self.rows(daemon, "SELECT 1 FROM deliveries WHERE last_error IS NOT NULL"),
                 60, "an error")
        daemon.ctl("status")
        daemon.ctl("show", "1")
        told = daemon.output() + "\n".join(daemon.notify.read())
        daemon.kill()
        for path in glob.glob(f"{daemon.state}/**", recursive=True) + glob.glob("/core*"):
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    told += file.read().decode("latin-1")
        for secret in secrets:
            self.assertNotIn(secret, told)

    def test_secret_that_others_may_read_is_refused(self):
        self.add_peer()
        os.chmod(os.path.join(self.folder, "hook.secret"), 0o644)
        status, output = self.appeald().run("--check")
        if status == 0:  # read when needed, not before
            daemon = self.appeald().start()
            self.wait_first_look(daemon)
            self.put(samples.counterfeit(samples.ahead(days=2)))
            wait_for(lambda: "chmod" in daemon.output(), what="a refusal with its remedy")
        else:
            self.assertRegex(output, "hook.secret.*(chmod|others)")

    # --- killed at any moment -----------------------------------------------

    def test_killed_at_each_moment_seen_from_outside(self):
        """Between arrival, request, answer and record: nothing lost, at most one repeat each."""
        peer, daemon = self.add_peer(), self.appeald()
        daemon.start()
        self.wait_first_look(daemon)
        moments = {
            "on arrival": lambda: None,
            "after reading began": lambda: harness.pause(0.05),
            "when the message is recorded": lambda: wait_for(
                lambda: len(self.rows(daemon, "SELECT 1 FROM messages")) == self.arrived,
                what="message"),
            "while the peer thinks": lambda: peer.wait(self.wanted_requests),
        }
        for number, (moment, wait) in enumerate(moments.items()):
            with self.subTest(moment):
                before = len(peer.requests)
                self.wanted_requests = before + 1
                if moment == "while the peer thinks":
                    peer.script.append(Answer(delay=1))
                self.put(samples.counterfeit(samples.ahead(days=2), f"IPR2026140{number}"))
                wait()
                daemon.kill()
                daemon.start()
                wait_for(lambda: self.is_settled(daemon), 60, "all delivered")
                seen = [r.data["case"]["case_ref"] for r in peer.requests[before:]]
                self.assertLessEqual(set(seen), {f"IPR2026140{number}"})
                self.assertIn(len(seen), (1, 2))
        self.assertEqual(len({r.id for r in peer.requests}), len(moments))

    def is_settled(self, daemon):
        return (len(self.rows(daemon, "SELECT 1 FROM messages")) == self.arrived
                and not self.rows(daemon, "SELECT 1 FROM deliveries WHERE state <> 'done'"))

    def test_killed_before_every_write_and_every_packet(self):
        """--once, killed before its Nth call that leaves something behind, then run again."""
        preload = os.path.join(self.folder, "preload_crash.so")
        subprocess.run(["gcc", "-D_GNU_SOURCE", "-shared", "-fPIC", "-O1", "-o", preload,
                        os.path.join(harness.ROOT, "tests/fake/preload_crash.c"), "-ldl"], check=True)
        self.add_peer().close()
        self.assertEqual(self.appeald().run("--once")[0], 0)
        self.notice = samples.counterfeit(samples.ahead(days=2))

        self.assertTrue(self.crash_at(preload, 0))
        with open(os.path.join(self.folder, "count")) as file:
            steps = int(file.read())
        self.assertGreater(steps, 20)
        with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
            stride = 8 if harness.SLOW else 1
            ended = list(pool.map(lambda at: self.crash_at(preload, at), range(1, steps + 1, stride)))
        self.assertGreater(ended.count(False), len(ended) * 3 // 4)

    def crash_at(self, preload, at):
        """Returns whether the first run came to its end."""
        with tempfile.TemporaryDirectory(prefix="apd-crash-") as folder, WebhookPeer() as peer:
            shutil.copytree(os.path.join(self.folder, "state"), os.path.join(folder, "state"))
            write_private(os.path.join(folder, "hook.url"), peer.url)
            write_private(os.path.join(folder, "hook.secret"), SECRET)
            maildir = make_maildir(os.path.join(folder, "mail"))
            deliver(maildir, self.notice, "1.test")
            daemon = Appeald(self.config().replace(self.maildir, maildir), folder)
            first, output = daemon.run(
                "--once", LD_PRELOAD=preload, APPEALD_CRASH_AT=str(at),
                APPEALD_CRASH_COUNT=os.path.join(self.folder, "count" if at == 0 else "counts"),
                ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0")
            self.assertIn(first, (0, -signal.SIGKILL), output)
            second, output = daemon.run("--once")
            self.assertEqual(second, 0, output)
            where = f"killed before call {at}: {output}"
            self.assertIn(len(peer.requests), (1, 2), where)
            self.assertEqual(len({r.id for r in peer.requests}), 1, where)
            self.assertEqual(len({r.data["key"] for r in peer.requests}), 1, where)
            self.assertEqual(self.rows(daemon, "SELECT count(*) FROM cases"), [(1,)], where)
            self.assertEqual(self.rows(daemon, "SELECT DISTINCT state FROM deliveries"), [("done",)], where)
            return first == 0


if __name__ == "__main__":
    unittest.main()

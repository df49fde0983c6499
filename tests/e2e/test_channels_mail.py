"""Alerts by mail: to a server with TLS at once and by STARTTLS, through every
refusal, and never a password to whom is not proved."""

import json
import os
import socket
import tempfile
import threading
import unittest

from channels import APPEAL, Daemon
import samples
from harness import wait_for, write_private
from peers import mail
from test_channels import HOSTILE, Checks, notice


class MailTest(Daemon, Checks):
    @classmethod
    def add_channels(cls):
        cls.certificate = mail.make_certificate(cls.made("right"))
        cls.other = mail.make_certificate(cls.made("other"))
        cls.named = mail.make_certificate(cls.made("named"), "mail.somewhere-else.example")
        cls.told = cls.add_peer("webhook", "told")
        cls.add_mail("implicit")
        cls.add_mail("starttls", tls="starttls")
        for fault in mail.Mail.faults:
            cls.add_mail(fault.name, "critical").play(fault)
        cls.add_mail("stranger", "critical").context.load_cert_chain(*cls.other[1:])
        cls.add_mail("stranger-later", "critical", "starttls").context.load_cert_chain(*cls.other[1:])
        cls.add_mail("clear", "critical", "starttls", offer=False)
        cls.add_mail("wrong-name", "critical", certificate=cls.named)

    @classmethod
    def made(cls, name):
        os.mkdir(os.path.join(cls.folder, name))
        return os.path.join(cls.folder, name)

    @classmethod
    def add_mail(cls, name, severity="low", tls="implicit", offer=True, certificate=None):
        peer = mail.Mail(certificate or cls.certificate, tls, offer)
        cls.addClassCleanup(peer.close)
        cls.peers[name] = peer

        def write(what, text):
            return os.path.basename(write_private(os.path.join(cls.folder, f"{name}.{what}"), text + "\n"))

        cls.sections.append(f"[channel {name}]\ntype = email\nseverity = {severity}\n{peer.config(write)}")
        return peer

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deadline = samples.ahead(days=4, hours=1).replace(microsecond=0)
        cls.cases = {"good": "IPR2026112600001"} | {n: f"IPR20261126{i:05}" for i, n in enumerate(HOSTILE, 11)}
        for name, case in cls.cases.items():
            cls.put(notice(HOSTILE[name][0] if name in HOSTILE else "A notice", case, cls.deadline))
            try:
                wait_for(lambda: all(cls.find(peer, case) for peer in ("implicit", "starttls")), 12, case)
            except AssertionError:
                pass  # the test of it tells
        for name in cls.peers:
            if name not in ("told", "implicit", "starttls"):
                cls.owe(name, "--severity", "medium", "--url", APPEAL)

    @classmethod
    def find(cls, name, case):
        return [call for call in list(cls.peers[name].taken) if case in call.shown.text]

    def settle(self, name, wanted):
        wait_for(lambda: wanted(*self.delivery(name)), 40, lambda: f"{name}: {self.delivery(name)} {self.peers[name].violations}")
        return self.delivery(name)

    def check_notice(self, name):
        for kind in ("implicit", "starttls"):
            self.assertEqual(self.peers[kind].violations, [])
            calls = self.find(kind, self.cases[name])
            self.assertEqual(len(calls), 1, f"{kind}: {self.delivery(kind)}")
            self.assert_whole(calls[0].shown, self.cases[name], self.deadline, kind)
            self.assert_inert(calls[0].shown, HOSTILE[name][1] if name in HOSTILE else [], kind)

    def test_a_repeat_can_be_known(self):
        """The same Message-ID through all tries of one delivery."""
        self.settle("dropped-after-data", lambda state, *_: state == "done")
        first, second = self.peers["dropped-after-data"].calls
        self.assertEqual(first.message["Message-ID"], second.message["Message-ID"])

    def test_no_password_in_the_clear(self):
        for name in ("clear", "stranger-later"):
            state, _, _, said = self.settle(name, lambda state, attempts, *_: attempts >= 1)
            self.assertEqual(state, "owed", name)
            words = "\n".join(self.peers[name].clear_words)
            for secret in ["AUTH", *self.peers[name].secrets()]:
                self.assertNotIn(secret, words, name)
            self.assertEqual(self.peers[name].taken, [], name)

    def test_who_is_not_proved_is_told_nothing(self):
        for name in ("stranger", "stranger-later", "wrong-name"):
            state, _, _, said = self.settle(name, lambda state, attempts, *_: attempts >= 1)
            self.assertEqual(state, "owed", name)
            self.assertRegex(said, "^refused", name)
            self.assertEqual(self.peers[name].calls, [], name)

    def test_no_secret_is_told(self):
        self.settle("535-password", lambda state, attempts, *_: attempts >= 1)
        told = self.appeald.output() + json.dumps(self.rows("SELECT last_error FROM deliveries"))
        for secret in self.peers["implicit"].secrets():
            self.assertNotIn(secret, told)


class AddresseeTest(Daemon):
    """One of two addressees is refused: he is named to everybody else, and gets it when he can; nobody gets it twice."""

    @classmethod
    def add_channels(cls):
        cls.certificate = mail.make_certificate(cls.folder)
        cls.told = cls.add_peer("webhook", "told")
        cls.peer = MailTest.add_mail.__func__(cls, "office", "high")

    def setUp(self):
        self.peer.replies, self.peer.for_ever = {"RCPT boss": "550 5.1.1 no such user"}, True

    def recipients(self, case):
        return [call.recipients for call in list(self.peer.taken) if f"#{case}" in call.shown.text]

    def owe_and_refuse(self):
        case = self.owe("office", "--severity", "low")
        wait_for(lambda: self.recipients(case) == [["second@mail.example"]], 30, lambda: f"second is told: {self.peer.taken}")
        wait_for(lambda: self.row(case)[1], 20, "the refusal is noted")
        self.assertEqual(self.row(case)[0], "owed")
        self.assertEqual(self.row(case)[2], "second@mail.example")
        return case

    def row(self, case):
        return self.rows("SELECT state, last_error, told FROM deliveries JOIN alerts ON alerts.id = alert_id"
                         " WHERE case_id = ? AND channel = 'office'", case)[0]

    def write(self, config):
        with open(self.appeald.config, "w") as file:
            file.write(config)
        self.appeald.reload()

    def reconfigure(self, old, new):
        with open(self.appeald.config) as file:
            config = file.read()
        self.addCleanup(self.write, config)
        self.write(config.replace(old, new))

    def told_of(self, words):
        return [call for call in list(self.told.taken) if words in json.dumps(call.json)]

    def test_he_is_named_to_the_others(self):
        self.owe_and_refuse()
        wait_for(lambda: self.told_of("office (boss@mail.example)"), 20, "told on another channel")
        status, words = self.appeald.ctl("status")
        self.assertEqual(status, 1)
        self.assertRegex(words, r"office +email +REFUSES")
        self.assertIn("not to boss@mail.example: 550 5.1.1 no such user", " ".join(words.split()))
        # The colleague hears of it too; this alert does not wait for the one it is about.
        wait_for(lambda: [call for call in self.peer.taken if "boss@mail.example" in call.shown.text], 30, "told to the colleague")
        wait_for(lambda: not self.rows("SELECT 1 FROM deliveries JOIN alerts ON alerts.id = alert_id"
                                       " WHERE type = 'refused' AND state = 'owed'"), 20, "nobody is owed it any more")

    def test_new_alerts_go_on(self):
        first = self.owe_and_refuse()
        second = self.owe_and_refuse()
        self.assertEqual(self.recipients(first), [["second@mail.example"]])
        self.assertNotEqual(first, second)

    def test_mended_on_the_other_side(self):
        case = self.owe_and_refuse()
        self.peer.replies = {}
        self.appeald.reload()
        wait_for(lambda: self.row(case)[0] == "done", 30, lambda: self.row(case))
        self.assertEqual(self.recipients(case), [["second@mail.example"], ["boss@mail.example"]])
        first, second = [call.message["Message-ID"] for call in self.peer.taken if f"#{case}" in call.shown.text]
        self.assertEqual(first, second)

    def test_mended_after_a_kill(self):
        case = self.owe_and_refuse()
        self.appeald.kill()
        self.peer.replies = {}
        self.appeald.start()
        self.appeald.reload()
        wait_for(lambda: self.row(case)[0] == "done", 30, lambda: self.row(case))
        self.assertEqual(self.recipients(case), [["second@mail.example"], ["boss@mail.example"]])

    def test_killed_while_some_are_told(self):
        """With the mail there, and with the answer sent but perhaps not read: at most one repeat, nobody left out."""
        for when in ("on_call", "on_answered"):
            killed = threading.Event()

            def kill(call, killed=killed):
                if not killed.is_set():
                    killed.set()
                    self.appeald.process.kill()

            setattr(self.peer, when, kill)
            case = self.owe("office", "--severity", "low")
            self.assertTrue(killed.wait(30), when)
            self.appeald.process.wait(30)
            setattr(self.peer, when, None)
            self.appeald.start()
            wait_for(lambda: self.row(case)[2] == "second@mail.example", 40, lambda: f"{when}: {self.row(case)}")
            self.peer.replies = {}
            self.appeald.reload()
            wait_for(lambda: self.row(case)[0] == "done", 40, lambda: f"{when}: {self.row(case)}")
            got = [one for recipients in self.recipients(case) for one in recipients]
            self.assertEqual(got.count("boss@mail.example"), 1, when)
            self.assertIn(got.count("second@mail.example"), (1, 2), when)
            self.peer.replies = {"RCPT boss": "550 5.1.1 no such user"}

    def test_the_address_is_mended(self):
        """What was owed to a misspelt address goes to the right one."""
        case = self.owe_and_refuse()
        self.peer.recipients = ["chief@mail.example", "second@mail.example"]
        self.addCleanup(delattr, self.peer, "recipients")
        self.reconfigure("boss@mail.example", "chief@mail.example")
        wait_for(lambda: self.row(case)[0] == "done", 30, lambda: self.row(case))
        self.assertEqual(self.recipients(case), [["second@mail.example"], ["chief@mail.example"]])

    def test_the_address_is_taken_out(self):
        case = self.owe_and_refuse()
        self.peer.recipients = ["second@mail.example"]
        self.addCleanup(delattr, self.peer, "recipients")
        self.reconfigure("boss@mail.example, ", "")
        wait_for(lambda: self.row(case)[0] == "done", 30, lambda: self.row(case))
        self.assertEqual(self.recipients(case), [["second@mail.example"]])

    def test_a_burst_is_settled_for_each(self):
        """Some told to both, some to one: never gathered into one mail that repeats."""
        first = self.owe_and_refuse()
        self.peer.replies = {}
        self.appeald.kill()
        cases = [self.owe("office", "--severity", "low") for _ in range(8)]
        self.appeald.start()
        self.appeald.reload()
        wait_for(lambda: all(self.row(case)[0] == "done" for case in [first, *cases]), 60, "all told")
        for case in [first, *cases]:
            got = [one for recipients in self.recipients(case) for one in recipients]
            self.assertEqual(sorted(got), ["boss@mail.example", "second@mail.example"], f"#{case}")


def add_tests():
    for name in ["good", *HOSTILE]:
        def test(self, name=name):
            self.check_notice(name)
        setattr(MailTest, "test_notice_" + name.replace("-", "_"), test)
    for fault in mail.Mail.faults:
        def test(self, fault=fault):
            peer = self.peers[fault.name]
            if fault.verdict == "refused":
                state, _, _, said = self.settle(fault.name, lambda state, attempts, *_: attempts >= 1)
                self.assertRegex(said, "^refused", fault.name)
                self.assertEqual(peer.taken, [])
            elif fault.verdict == "partly":
                # Who is not refused is told at once, and once; the other as soon as he can be.
                if fault.for_ever:
                    state, _, ahead, said = self.settle(fault.name, lambda state, attempts, *_: attempts >= 1)
                    self.assertEqual(state, "owed")
                    self.assertRegex(said, "^refused: not to boss@mail.example: 550 5.1.1 no such user")
                    self.assertGreater(ahead, 1800)
                    self.assertEqual([call.recipients for call in peer.taken], [["second@mail.example"]])
                else:
                    self.settle(fault.name, lambda state, *_: state == "done")
                    self.assertEqual([call.recipients for call in peer.taken], [["second@mail.example"], ["boss@mail.example"]])
                self.assertRegex(self.appeald.output(), f"{fault.name} told only some addressees of .*not to boss@mail.example: [45]50")
            elif fault.verdict == "partly-later":
                self.settle(fault.name, lambda state, *_: state == "done")
                self.assertEqual({one for call in peer.taken for one in call.recipients}, set(peer.recipients))
                self.assertEqual(sum(len(call.recipients) for call in peer.taken), 2)
            else:
                self.settle(fault.name, lambda state, *_: state == "done")
                self.assertEqual({one for call in peer.taken for one in call.recipients}, set(peer.recipients))
            self.assertEqual(peer.violations, [])
        setattr(MailTest, "test_" + fault.name.replace("-", "_"), test)


add_tests()

if __name__ == "__main__":
    unittest.main()

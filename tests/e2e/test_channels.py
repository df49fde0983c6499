"""Every kind of channel against a peer of its service, written from the
service's rules: what is right is taken, what is hostile stays inert, and each
error of the service leads to the verdict it means."""

import json
import re
import sqlite3
import time
import unittest

import samples
from channels import APPEAL, Daemon
from harness import wait_for
from peers import KINDS, PEERS
from peers.base import Say

EVIL = "evil.example"
FAMILY = "\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466"

# Subjects of hostile notices, and words of them that nothing may set apart.
HOSTILE = {
    "mentions": ('@everyone @here @channel @all @room <!channel> <!here|x> <@U012AB3CD> <@123> <@&42> <#C01> <users/all> '
                 '@sales_team <at id=all></at> <at user_id="all">all</at>', []),
    "markdown": (f'**stars** __lines__ *star* _line_ ~~tilde~~ ~wave~ `tick` ||spoil|| [click](https://{EVIL}/a) '
                 f'![pic](https://{EVIL}/p.png) <https://{EVIL}/b|here>',
                 ["stars", "lines", "star", "line", "tilde", "wave", "tick", "spoil"]),
    "html": (f'<b>bold</b> <a href="https://{EVIL}/c">x</a> <script>alert(1)</script> <font color="warning">warn</font> '
             f'&lt;i&gt; & < > &amp; <img src="https://{EVIL}/i.png">', ["bold", "warn", "alert(1)"]),
    "lines": (f"one\n# heading\n- item\n> quote\n| cell |\n```\nfence\n```\r\n\u2028sep\u2029\x0b\x07\x1b[31m",
              ["heading", "item", "quote", "cell", "fence"]),
    "right-to-left": ("\u202egnp.exe\u202c \u2066\u0639\u0631\u0628\u064a \u05e2\u05d1\u05e8\u05d9\u05ea \u200f\u200e", []),
    "long": (FAMILY * 400, []),
    "bare-link": (f"Look at https://{EVIL}/bare now, www.{EVIL}, {EVIL}/short or aliexpress.{EVIL}.", []),
    "escapes": ("\\*a\\* back\\\\slash \\[x\\] {curly} %s %n $HOME ${HOME} {title} \\u0040everyone &#64;everyone &#x3c;b&#x3e;", []),
}


# Alerts about appeald itself: key and subject.
OTHERS = {"blind": ("blind/imap planted-office/INBOX/1", "imap planted-office"), "sight": ("sight/imap planted-office/INBOX/1", "imap planted-office"),
          "unreadable": ("unreadable/maildir synced/" + "0123456789abcdef" * 12, "maildir synced, message 1732541234.M1P2.host")}


def of_others():
    """The kinds that are told of it here: not those that take few a day."""
    return [kind for kind in KINDS if kind != "serverchan"]


def notice(subject, case, deadline, sent=None):
    stated = deadline.strftime("%Y-%m-%d %H:%M:%S") + " UTC"
    return samples.message(
        subject,
        f"<html><body><p>Dear seller,</p><p>your product 1005006123456789 was found to be counterfeit: trademark "
        f"infringement. 2 points were deducted from your account. Case number: {case}.</p>"
        f'<p>You may appeal no later than {stated}.</p><p><a href="{APPEAL}">Appeal</a></p></body></html>', sent)


def forms(deadline):
    """How a deadline may stand in a message."""
    months = ("January February March April May June July August September October November December").split()
    return [deadline.strftime("%Y-%m-%dT%H:%M:%SZ"),
            f"{deadline.day} {months[deadline.month - 1]} {deadline.year}, {deadline:%H:%M}"]


class Checks:
    def assert_whole(self, shown, case, deadline, what, link=True):
        """The deadline, the case and the link are there."""
        told = f"{what}: {shown.text!r} {shown.links!r}"
        self.assertIn(case, shown.text, told)
        self.assertTrue(any(form in shown.text for form in forms(deadline)), f"no deadline {forms(deadline)} in {told}")
        if link:
            self.assertIn(APPEAL, [target for _, target in shown.links] + shown.text.split(), told)

    def assert_inert(self, shown, words, what):
        told = f"{what}: {shown.text!r}"
        self.assertEqual(shown.mentions, [], told)
        self.assertEqual([link for link in shown.links if EVIL in (link[1] or "")], [], told)
        self.assertEqual([(mark, inner) for mark, inner in shown.styled if inner.strip() in words], [], told)
        for character in "\u202a\u202b\u202d\u202e\u0000\u0007\u000b\u001b\u2028\u2029":
            self.assertNotIn(character, shown.text, told)
        opened = sum(shown.text.count(c) for c in "\u2066\u2067\u2068")
        self.assertEqual(opened, shown.text.count("\u2069"), f"isolates are closed: {told}")
        rest = shown.text.replace(FAMILY, "")
        self.assertNotIn("\u200d", rest, f"a family is torn apart: {told[-300:]}")


class AlertTest(Daemon, Checks):
    """One of each kind; notices arrive in the Maildir."""

    @classmethod
    def add_channels(cls):
        for kind in KINDS:
            cls.add_peer(kind, kind)
        cls.add_peer("webhook", "gone", "critical").always = Say(410)

    @classmethod
    def before_start(cls):
        """History: one summary at the first look."""
        week = samples.ahead(days=-6)
        for number in range(14):
            cls.put(notice("An older notice", f"IPR2026110000{number:02}", samples.ahead(days=3, hours=number), week))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owe("gone", "--severity", "low")
        for number, (what, (key, words)) in enumerate(OTHERS.items(), 1):
            cls.owe_other(f"planted-{number}", what, key, words)
        cls.tested = cls.appeald.ctl("test", "--all")
        cls.deadline = samples.ahead(days=4, hours=1).replace(microsecond=0)
        cls.cases = {"good": "IPR2026112600001"}
        cls.cases |= {name: f"IPR20261126{number:05}" for number, name in enumerate(HOSTILE, 11)}
        for name, case in cls.cases.items():
            subject = HOSTILE[name][0] if name in HOSTILE else f"Your product was found to infringe a trademark [{case}]"
            cls.put(notice(subject, case, cls.deadline))
            try:  # one after the other, so that nothing is gathered into one message
                wait_for(lambda: all(cls.find(kind, case) for kind in KINDS), 12, case)
            except AssertionError:
                pass  # the test of that kind tells

    @classmethod
    def find(cls, kind, case):
        return [call for call in list(cls.peers[kind].taken) if case in call.shown.text]

    def check(self, kind, name):
        peer, case = self.peers[kind], self.cases[name]
        calls = self.find(kind, case)
        self.assertEqual(peer.violations, [], f"{kind}: rules of the service are broken")
        self.assertEqual(len(calls), 1, f"{kind} {name}: told once; {self.delivery(kind)} {self.appeald.output()[-3000:]}")
        shown = calls[0].shown
        self.assert_whole(shown, case, self.deadline, f"{kind} {name}")
        if peer.calls_people:
            self.assert_inert(shown, HOSTILE[name][1] if name in HOSTILE else [], f"{kind} {name}")


    @classmethod
    def owe_other(cls, mark, what, key, subject):
        """An alert about appeald itself, to all kinds."""
        database = sqlite3.connect(cls.appeald.ledger, timeout=20)
        with database:
            now = int(time.time() * 1e6)
            row = database.execute("INSERT INTO alerts (key, type, reason, severity, subject, text, created) VALUES (?, ?, 'new', 'low', ?, ?, ?)",
                                   (key, what, subject, "connection refused", now)).lastrowid
            database.executemany("INSERT INTO deliveries (alert_id, channel, state, rank, attempts, next_try, done_at, idempotency)"
                                 " VALUES (?, ?, 'owed', ?, 0, 0, 0, ?)",
                                 [(row, kind, now, f"msg_{mark}-{kind}") for kind in KINDS if kind in of_others()])
        database.close()

    def check_other(self, kind, what):
        """Alerts that are about no case, or about many."""
        peer = self.peers[kind]
        words = {"summary": "14 open cases", "refused": "Channel gone refuses", "test": "Test alert of appeald",
                 "blind": "Out of sight", "sight": "In sight again", "unreadable": "A message could not be read"}[what]
        if kind == "webhook":
            found = [call for call in peer.taken if call.json["data"]["alert"] == what
                     and (what != "refused" or call.json["data"]["subject"] == "gone")]
        elif kind == "serverchan" or kind == "alertmanager":
            found = [call for call in peer.taken if words.split(" of ")[0] in call.shown.text]
        else:
            found = [call for call in peer.taken if words in call.shown.text]
        self.assertEqual(peer.violations, [], f"{kind}: rules of the service are broken")
        self.assertEqual(len(found), 1, f"{kind} {what}: {[call.shown.text[:200] for call in peer.taken][:4]} {self.tested}")
        if what == "summary" and kind not in ("pushover", "pagerduty"):
            self.assertIn("#14", found[0].shown.text.replace("and 4 more", "#14"), kind)
        if what == "test":
            self.assertRegex(self.tested[1], f"(?m)^{kind}: taken")


def add(case, name, test):
    setattr(case, "test_" + re.sub("[^0-9a-z]", "_", name.lower()), test)


def add_alert_tests():
    for kind in KINDS:
        for name in ["good", *HOSTILE]:
            def test(self, kind=kind, name=name):
                self.check(kind, name)
            add(AlertTest, f"{kind}-{name}", test)
        for what in ("summary", "refused", "test", *OTHERS):
            if what in OTHERS and kind not in of_others():
                continue

            def test(self, kind=kind, what=what):
                self.check_other(kind, what)
            add(AlertTest, f"{kind}-alert-{what}", test)


class FaultTest(Daemon, Checks):
    """A channel for each error of each kind, all at once; alerts are owed directly."""

    said = None

    @classmethod
    def add_channels(cls):
        cls.told = cls.add_peer("webhook", "told")
        for kind in KINDS:
            for fault in PEERS[kind].faults:
                peer = cls.add_peer(kind, f"{kind}-{fault.name}", "critical")
                if fault.for_ever:
                    peer.always = fault
                else:
                    peer.script.append(fault)
            if getattr(PEERS[kind], "rich_refusal", None):
                cls.add_peer(kind, f"{kind}-plain", "critical").rich_refused = PEERS[kind].rich_refusal

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in cls.peers:
            if name != "told":
                cls.owe(name, "--severity", "medium", "--url", APPEAL)

    def settle(self, name, wanted, seconds=40):
        """Waits until wanted(state, attempts, ...) of the delivery to @name is true."""
        try:
            wait_for(lambda: wanted(*self.delivery(name)), seconds, name)
        except AssertionError:
            lines = [line for line in self.appeald.output().splitlines() if f"channel {name} " in line]
            self.fail(f"{name}: {self.delivery(name)}, {len(self.peers[name].calls)} requests; {lines[-5:]}")
        return self.delivery(name)

    def check(self, kind, fault):
        name = f"{kind}-{fault.name}"
        peer = self.peers[name]
        if fault.verdict == "plain":
            self.check_plain_form(name, peer)
        else:
            getattr(self, "check_" + fault.verdict.replace("-", "_"))(name, peer, fault)
        self.assertEqual(peer.violations, [], f"{name}: rules of the service are broken")

    def test_zz_no_secret_is_told(self):
        said = self.appeald.output() + json.dumps(self.rows("SELECT last_error FROM deliveries")) + json.dumps(self.status(fresh=True))
        for name, peer in self.peers.items():
            for secret in peer.secrets():
                self.assertNotIn(secret, said, f"{name}: a secret is told")

    def check_taken(self, name, peer, fault):
        _, attempts, _, _ = self.settle(name, lambda state, *_: state == "done")
        self.assertEqual((attempts, len(peer.calls)), (1, 1), name)

    def check_again(self, name, peer, fault):
        state, attempts, seconds, said = self.settle(name, lambda state, attempts, *_: attempts >= 1)
        if state == "owed" and (seconds > 15 or fault.wait > 10 or fault.latest):
            wait = seconds + self.now_since(peer.calls[-1])  # longer than a test may take
            self.assertFalse((said or "").startswith("refused"), f"{name}: {said}")
            self.assertTrue(attempts > 1 or wait >= fault.wait - 1, f"{name}: in {wait} s; {said}")
            self.assertLessEqual(wait, fault.latest or (86400 if fault.wait else 900), f"{name}: {said}")
            return
        self.settle(name, lambda state, *_: state == "done")
        first, second = peer.calls[0], peer.calls[1]
        self.assertEqual(len(peer.calls), 2, name)
        self.assertGreaterEqual(second.at - first.at, fault.wait - 0.05, f"{name}: earlier than it was told")
        if peer.idempotent and peer.kind not in ("pagerduty", "alertmanager"):
            self.assertEqual(peer.key(first), peer.key(second), f"{name}: another key is another message")

    def now_since(self, call):
        return samples.now().timestamp() - call.at

    def check_refused(self, name, peer, fault):
        _, _, _, said = self.settle(name, lambda state, attempts, _, said: attempts >= 1)
        self.assertRegex(said or "", "^refused", f"{name}: {said}")
        # Perhaps once more in plain text, where it is not clear what was refused.
        self.assertEqual(len([call for call in peer.calls[1:] if call.rich or len(peer.calls) > 2]), 0, f"{name}: is not tried again at once")
        owed = [one for one in self.status() if one["channel"] == name and one["last_error"]] or self.status(fresh=True)
        owed = [one for one in owed if one["channel"] == name]
        self.assertTrue(owed and owed[0]["last_error"].startswith("refused"), f"{name}: {owed}")
        wait_for(lambda: name in self.refusals(), 40, f"{name}: the refusal is told elsewhere")

    def status(self, fresh=False):
        """What `appealctl status --json` says is owed; asked anew when it matters."""
        cls = type(self)
        if fresh or cls.said is None:
            status, output = self.appeald.ctl("status", "--json")
            self.assertEqual(status, 1)
            cls.said = json.loads(output)["owed"]
        return cls.said

    def refusals(self):
        data = [call.json["data"] for call in list(self.told.taken)]
        return [d["subject"] for d in data if d["alert"] == "refused"]

    def check_plain_form(self, name, peer):
        """Once rich, then plain, at once."""
        self.settle(name, lambda state, *_: state == "done")
        self.assertEqual([call.rich for call in peer.calls], [True, False] if peer.kind != "bark" else [False] * 2, name)

    def check_not_taken(self, name, peer, fault):
        state, _, _, said = self.settle(name, lambda state, attempts, *_: attempts >= 1)
        self.assertEqual(state, "owed", f"{name}: {said}")
        self.assertTrue(said, name)
        self.assertEqual([call.path for call in peer.calls if "elsewhere" in call.path], [], f"{name}: a redirect was followed")

    def check_plain(self, kind):
        name = f"{kind}-plain"
        peer = self.peers[name]
        self.settle(name, lambda state, *_: state == "done")
        self.assertEqual(peer.violations, [], f"{name}: rules of the service are broken")
        self.assertTrue(peer.calls[0].rich, f"{name}: the first is in the service's own richness")
        self.assertFalse(peer.calls[-1].rich, name)
        self.assertEqual(len(peer.calls), 2, f"{name}: one rich, then plain")
        self.assertLess(peer.calls[1].at - peer.calls[0].at, 8, name)
        shown = peer.calls[1].shown
        self.assertIn("IPR-20260105-7781", shown.text)
        self.assertIn(APPEAL, [target for _, target in shown.links] + shown.text.split(), shown.text)
        self.assertRegex(shown.text, r"\d{4}, \d\d:\d\d|\d{4}-\d\d-\d\d")


def add_fault_tests():
    for kind in KINDS:
        for fault in PEERS[kind].faults:
            def test(self, kind=kind, fault=fault):
                self.check(kind, fault)
            add(FaultTest, f"{kind}-{fault.name}", test)
        if getattr(PEERS[kind], "rich_refusal", None):
            def test(self, kind=kind):
                self.check_plain(kind)
            add(FaultTest, f"{kind}-plain", test)


add_alert_tests()
add_fault_tests()

if __name__ == "__main__":
    unittest.main()

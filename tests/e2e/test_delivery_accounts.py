"""Services that keep an account of each case: one alert of it from its first step to its end,
whatever becomes of its severity and category, and none that outlives what it tells of."""

import sqlite3
import time
import unittest

from alertmanager import Alertmanager
from channels import Daemon
from harness import wait_for

# Of one spell, as appeald names them: a reminder on the next day, and the end.
SPELL = "imap office/1732541234000000"
FIRST, SECOND = (f"blind/{SPELL}/0", "imap office: INBOX, Junk"), (f"blind/{SPELL}/1", "imap office: INBOX")
END = (f"sight/{SPELL}", "imap office")


class AccountsTest(Alertmanager, Daemon):
    """The real Alertmanager, and a peer of PagerDuty."""

    @classmethod
    def add_channels(cls):
        cls.pager = cls.add_peer("pagerduty", "pager", "critical")
        cls.add_peer("slack", "chat", "critical")
        cls.start_alertmanager("severity = critical\n")

    def firing(self, name, value):
        return [alert for alert in self.alerts() if alert["labels"].get(name) == value]

    def write(self, sql, *values):
        database = sqlite3.connect(self.appeald.ledger, timeout=20)
        try:
            with database:
                return database.execute(sql, values).lastrowid
        finally:
            database.close()

    def owe_spell(self, kind, key, subject):
        now = int(time.time() * 1e6)
        row = self.write("INSERT INTO alerts (key, type, reason, severity, subject, text, created) VALUES (?, ?, 'new', 'high', ?, ?, ?)",
                         key, kind, subject, "connection refused", now)
        for channel in ("ops", "pager"):
            self.write("INSERT INTO deliveries (alert_id, channel, state, rank, attempts, next_try, done_at, idempotency)"
                       " VALUES (?, ?, 'owed', ?, 0, 0, 0, ?)", row, channel, now, f"msg_{channel}-{row}")
        self.settled()

    def settled(self):
        wait_for(lambda: not self.rows("SELECT 1 FROM deliveries WHERE state = 'owed'"), 30,
                 lambda: f"all told: {self.rows('SELECT * FROM deliveries')}")

    def events(self):
        """What PagerDuty has open."""
        opened = {}
        for call in self.pager.calls:
            opened[call.json["dedup_key"]] = call.json["event_action"]
        return [key for key, action in opened.items() if action == "trigger"]

    def test_a_case_from_first_to_last(self):
        case = self.owe("ops", "--severity", "medium")
        self.owe("pager", "--case", str(case))
        self.settled()
        for severity, category in (("high", "ip.trademark"), ("critical", "ip.patent"), ("low", "unknown")):
            self.write("UPDATE cases SET severity = ?, category = ? WHERE id = ?", severity, category, case)
            for channel in ("ops", "pager"):
                self.owe(channel, "--case", str(case), "--reason", "step")
            self.settled()
            fires, = self.firing("case", str(case))
            self.assertEqual((fires["annotations"]["severity"], fires["annotations"]["category"]), (severity, category))
        self.assertEqual(len([key for key in self.events() if key.endswith(f"-{case}")]), 1)
        self.write("UPDATE cases SET state = 'won' WHERE id = ?", case)
        for channel in ("ops", "pager"):
            self.owe(channel, "--case", str(case), "--reason", "decision")
        self.settled()
        self.assertEqual(self.firing("case", str(case)), [])
        self.assertEqual([key for key in self.events() if key.endswith(f"-{case}")], [])

    def told_of_a_case(self):
        case = self.owe("ops", "--severity", "medium")
        self.owe("pager", "--case", str(case))
        self.settled()
        self.assertEqual(len(self.firing("case", str(case))), 1)
        return case

    def incidents(self, case):
        return [key for key in self.events() if key.endswith(f"-{case}")]

    def test_what_a_person_answers_fires_no_more(self):
        for act in ("appealed", "close"):
            case = self.told_of_a_case()
            calls = len(self.pager.calls)
            self.assertEqual(self.appeald.ctl(act, str(case))[0], 0)
            wait_for(lambda: not self.firing("case", str(case)) and not self.incidents(case), 20, act)
            self.assertEqual(len(self.pager.calls), calls + 1)
            self.assertEqual(self.appeald.ctl("note", str(case), "sent by post")[0], 0)
            self.appeald.reload()
            self.settled()
            self.assertEqual(len(self.pager.calls), calls + 1, "said once")
        # Opened again, it is news.
        self.assertEqual(self.appeald.ctl("reopen", str(case))[0], 0)
        self.owe("ops", "--case", str(case), "--reason", "changed")
        self.owe("pager", "--case", str(case), "--reason", "changed")
        wait_for(lambda: self.firing("case", str(case)) and self.incidents(case), 20, "opened again")
        self.assertEqual(self.appeald.ctl("appealed", str(case))[0], 0)
        wait_for(lambda: not self.firing("case", str(case)) and not self.incidents(case), 20, "appealed after all")

    def test_what_was_taken_over_is_still_open(self):
        case = self.told_of_a_case()
        self.assertEqual(self.appeald.ctl("ack", str(case))[0], 0)
        self.appeald.reload()
        self.settled()
        self.assertEqual((len(self.firing("case", str(case))), len(self.incidents(case))), (1, 1))

    def test_others_are_told_nothing_of_it(self):
        case = self.told_of_a_case()
        self.owe("chat", "--case", str(case))
        self.settled()
        told = len(self.peers["chat"].calls)
        self.assertEqual(self.appeald.ctl("appealed", str(case))[0], 0)
        wait_for(lambda: not self.incidents(case), 20, "appealed")
        self.settled()
        self.assertEqual(len(self.peers["chat"].calls), told)

    def test_a_blindness_and_its_end(self):
        self.owe_spell("blind", *FIRST)
        self.owe_spell("blind", *SECOND)
        self.assertEqual(len(self.firing("source", "imap office")), 1)
        self.assertEqual(len([key for key in self.events() if "imap office" in key]), 1)
        self.owe_spell("sight", *END)
        self.assertEqual(self.firing("source", "imap office"), [])
        self.assertEqual([key for key in self.events() if "imap office" in key], [], "an incident that nobody would end")


if __name__ == "__main__":
    unittest.main()

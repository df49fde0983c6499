"""Who is told when: quiet hours, fallback, escalation, repetition, and the page
that explains it."""

import datetime
import os
import tempfile
import unittest

import samples
from harness import SECRET, Answer, Appeald, WebhookPeer, deliver, make_maildir, pause, wait_for, write_private

CHANNEL = "[channel {name}]\ntype = webhook\nurl-file = {name}.url\nsecret-file = hook.secret\n"


class PolicyTest(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-policy-"))
        self.maildir = make_maildir(os.path.join(self.folder, "mail"))
        write_private(os.path.join(self.folder, "hook.secret"), SECRET)
        self.peers, self.appeald = {}, None

    def start(self, reminders="", **channels):
        config = f"[appeald]\ntimezone = UTC\n[reminders]\n{reminders}" if reminders else "[appeald]\ntimezone = UTC\n"
        for name, keys in channels.items():
            self.peers[name] = self.enterContext(WebhookPeer())
            write_private(os.path.join(self.folder, f"{name}.url"), self.peers[name].url)
            config += CHANNEL.format(name=name) + keys
        config += f"[maildir shop]\npath = {self.maildir}\nauthserv-id = {samples.AUTHSERV}\n"
        self.appeald = self.enterContext(Appeald(config, self.folder)).start()
        wait_for(lambda: any("watching 1 source" in line for line in self.appeald.status_lines()), what="watching")

    def put(self, case, **left):
        deliver(self.maildir, samples.counterfeit(samples.ahead(**left), case), f"{case}.policy")

    def told(self, name):
        return [r.data["case"]["case_ref"] for r in self.peers[name].requests if "case" in r.data]

    def why(self):
        status, page = self.appeald.ctl("show", "--why", "1")
        self.assertEqual(status, 0, page)
        return " ".join(page.split())

    @staticmethod
    def around_now():
        """Hours that hold for some hours before and after now."""
        now = datetime.datetime.now(datetime.timezone.utc)
        first, last = now - datetime.timedelta(hours=2), now + datetime.timedelta(hours=4)
        return f"{first:%H:%M}-{last:%H:%M}"

    def test_quiet_hours_keep_back_what_can_wait_alone(self):
        self.start(sleeper=f"quiet-hours = {self.around_now()}\n", awake="")
        self.put("LATER1001", days=5)
        wait_for(lambda: "LATER1001" in self.told("awake"), what="the other channel")
        self.put("SOON1001", hours=5)
        wait_for(lambda: "SOON1001" in self.told("sleeper"), what="what is due soon")
        self.assertEqual(self.told("sleeper"), ["SOON1001"])
        self.assertRegex(self.why(), r"sleeper told; an alert now would wait for the end of its quiet hours")

    def test_a_refusing_channel_hands_over_at_once(self):
        self.start(first="fallback = second\n", second="reserve = yes\n")
        self.peers["first"].script.extend([Answer(410, "gone")] * 50)
        self.put("FALLS1001", days=5)
        wait_for(lambda: "FALLS1001" in self.told("second"), what="fallback")
        self.assertEqual(self.told("second"), ["FALLS1001"])
        page = self.why()
        self.assertIn("second not told: it is in reserve: told only of what is escalated or falls back to it", page)
        self.assertIn("first told; refused or not taken in 15m: second", page)

    def test_a_late_channel_hands_over_in_time(self):
        self.start(first="fallback = second\nfallback-after = 2s\n", second="reserve = yes\n")
        self.peers["first"].script.extend([Answer(503)] * 50)
        self.put("LATE1001", days=5)
        wait_for(lambda: "LATE1001" in self.told("second"), what="fallback")

    def test_escalates_what_nobody_acknowledged(self):
        self.start("escalate = 2s to boss\n", team="", boss="reserve = yes\n")
        self.put("OPEN1001", days=5)
        wait_for(lambda: self.told("boss") == ["OPEN1001"], what="escalation")
        self.assertTrue(self.peers["boss"].requests[0].data["title"].startswith("Nobody has answered yet, "))
        self.assertEqual(self.peers["boss"].requests[0].data["reason"], "escalated")
        self.assertEqual(self.told("team"), ["OPEN1001"])

    def test_an_acknowledged_case_is_not_escalated(self):
        self.start("escalate = 4s to boss\n", team="", boss="reserve = yes\n")
        self.put("TAKEN1001", days=5)
        wait_for(lambda: self.told("team") == ["TAKEN1001"], what="alert")
        page = self.why()
        self.assertLess(page.index("to boss "), page.rindex("deadline "), "what comes, in its order")
        self.assertEqual(self.appeald.ctl("ack", "1")[0], 0)
        pause(4.5)
        self.assertEqual(self.told("boss"), [])

    def test_what_comes_is_what_will_be_told(self):
        self.start("steps = 72h, 24h, 6h, 1h\nrepeat = 15m\nrepeat-last = 2h\n", team="")
        self.put("COMES1001", days=5)
        wait_for(lambda: self.told("team") == ["COMES1001"], what="alert")
        page = self.why().split("What comes, if nobody does anything")[1]
        self.assertEqual([word for word in ("3d before", "1d before", "6h before", "every 15m", "1h before", "deadline")
                          if word not in page], [], page)
        self.assertEqual(self.appeald.ctl("ack", "1")[0], 0)
        page = self.why().split("What comes, if nobody does anything")[1]
        self.assertEqual([word for word in ("3d before", "1d before", "every 15m") if word in page], [], page)
        self.assertIn("6h before", page)
        self.assertEqual(self.appeald.ctl("snooze", "1", "2d")[0], 0)
        page = self.why().split("What comes, if nobody does anything")[1]
        self.assertLess(page.index("snooze ends"), page.index("6h before"))

    def test_opened_again_it_is_escalated_again(self):
        self.start("escalate = 2s to boss\n", team="", boss="reserve = yes\n")
        self.put("AGAIN2001", days=5)
        wait_for(lambda: self.told("boss") == ["AGAIN2001"], what="escalation")
        self.assertEqual(self.appeald.ctl("appealed", "1")[0], 0)
        self.assertEqual(self.appeald.ctl("reopen", "1")[0], 0)
        self.assertIn("to boss", self.why())
        wait_for(lambda: self.told("boss") == ["AGAIN2001"] * 2, what="escalation of the case that was opened again")

    def test_fallbacks_that_are_down_are_passed_by(self):
        self.start(first="fallback = second, third, fourth\nfallback-after = 2s\n", second="reserve = yes\n", third="reserve = yes\n",
                   fourth="reserve = yes\n")
        for name, answer in (("first", Answer(410, "gone")), ("second", Answer(503)), ("third", Answer(410, "gone"))):
            self.peers[name].script.extend([answer] * 50)
        for number in range(3):
            self.put(f"DOWN100{number}", days=5 + number)
        wait_for(lambda: sorted(self.told("fourth")) == ["DOWN1000", "DOWN1001", "DOWN1002"], what="the last of the fallbacks")

    def test_repeats_until_somebody_answers(self):
        self.start("repeat = 1s\nrepeat-last = 10h\n", team="")
        self.put("AGAIN1001", hours=9)
        wait_for(lambda: self.told("team").count("AGAIN1001") >= 4, what="repetitions")
        self.assertEqual(self.appeald.ctl("ack", "1")[0], 0)
        pause(0.5)
        before = len(self.told("team"))
        pause(2.5)
        self.assertEqual(len(self.told("team")), before)

    def test_names_that_do_not_exist_are_told(self):
        status, text = Appeald("[reminders]\nescalate = 6h to bos\n[channel a]\ntype = terminal\nfallback = b, a\n"
                               f"[maildir m]\npath = {self.maildir}\n", self.folder).run()
        self.assertEqual(status, 78)
        for line in (":4: [reminders] escalate: there is no [channel bos]", "[channel a] fallback: there is no [channel b]",
                     "[channel a] fallback: names the channel itself"):
            self.assertIn(line, text)


if __name__ == "__main__":
    unittest.main()

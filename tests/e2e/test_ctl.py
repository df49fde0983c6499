"""appealctl as a person and as a script use it: over a ledger with a case in
every state, and over one that appeald made."""

import csv
import datetime
import fcntl
import io
import json
import os
import pty
import re
import struct
import subprocess
import tempfile
import termios
import unicodedata
import unittest

import samples
from harness import BUILD, ROOT, Answer, Appeald, WebhookPeer, deliver, make_maildir, write_private

CONFIG = """[appeald]
timezone = Asia/Shanghai
[store lanterns]
channel-id = 2286000
[maildir synced]
path = {folder}/mail
store = lanterns
[channel team]
type = slack
url-file = team.url
[channel popup]
type = desktop
"""
NOTICE = os.path.join(ROOT, "tests/notices/east/ru-off-platform-72h.eml")
PLANTED = "planted-in-the-url"


def columns(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class CtlTest(unittest.TestCase):
    how = "well"

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-ctl-"))
        self.maildir = make_maildir(os.path.join(self.folder, "mail"))
        self.peer = self.enterContext(WebhookPeer("slack"))
        write_private(os.path.join(self.folder, "team.url"), self.peer.url)
        self.appeald = self.enterContext(Appeald(CONFIG.format(folder=self.folder), self.folder))
        if self.how:
            os.makedirs(self.appeald.state)
            subprocess.run([os.path.join(BUILD, "tests/fake/prog_ledger"), self.appeald.ledger, self.how],
                           check=True, timeout=60)

    def ctl(self, *arguments, status=0, **more):
        """Standard output; both outputs hold no secret, the status is as wanted."""
        command = [os.path.join(BUILD, "appealctl"), arguments[0], "--config", self.appeald.config, *arguments[1:]]
        done = subprocess.run(command, env=self.appeald.environ(), timeout=120, capture_output=True,
                              **({"stdin": subprocess.DEVNULL} | more))
        self.stderr = done.stderr.decode()
        self.assertEqual(done.returncode, status, (arguments, done.stdout, self.stderr))
        self.assertNotIn(PLANTED.encode(), done.stdout + done.stderr)
        return done.stdout.decode()

    def json(self, *arguments, **more):
        return json.loads(self.ctl(*arguments, "--json", **more))

    def terminal(self, width, *arguments, answer="", bare=False, **environment):
        """What it shows on a terminal of @width columns to one who types @answer."""
        options = [] if bare else ["--config", self.appeald.config]
        command = [os.path.join(BUILD, "appealctl"), arguments[0], *options, *arguments[1:]]
        own, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
        environ = self.appeald.environ(TERM="xterm") | environment
        process = subprocess.Popen(command, env=environ, stdin=its, stdout=its, stderr=its)
        os.close(its)
        os.write(own, answer.encode())
        shown = b""
        try:
            while block := os.read(own, 65536):
                shown += block
        except OSError:
            pass  # Linux says so at the end
        os.close(own)
        self.status = process.wait(60)
        return shown.decode().replace("\r\n", "\n")


class CasesTest(CtlTest):
    def test_soonest_first_and_whole(self):
        cases = self.json("cases")
        self.assertEqual([case["id"] for case in cases], [2, 1, 4, 3])
        self.assertEqual([case["state"] for case in cases], ["acknowledged", "open", "appealed", "open"])
        self.assertEqual(cases[0]["points"], 11.5)
        self.assertTrue(5 * 3600 < cases[0]["seconds_left"] < 6 * 3600)
        self.assertIsNone(cases[3]["deadline"])
        self.assertEqual(len(self.json("cases", "--all")), 6)

    def test_table_for_a_person(self):
        lines = self.ctl("cases").splitlines()
        self.assertEqual(len(lines), 5)
        self.assertRegex(lines[1], r"^ +#2 +5 h \d+ min left .* false shipment +11.5 +acknowledged +灯笼旗舰店 +unverified$")
        self.assertRegex(lines[2], r"#1 +2 d 5 h left")
        self.assertRegex(lines[3], r"#4 +about 4 d 4 h left")
        self.assertRegex(lines[4], r"#3 +none .*FORGED\? store frozen .*forged$")

    def test_fits_the_terminal(self):
        for command in (["cases", "--all"], ["points"], ["status"], ["show", "2", "--why"], ["show", "3"]):
            for width in (200, 120, 80, 60, 40):
                shown = self.terminal(width, *command, NO_COLOR="1")
                self.assertNotIn("\033", shown)
                for line in shown.splitlines():
                    with self.subTest(command=command, width=width, line=line):
                        self.assertLessEqual(columns(line), width)
        for width in (80, 40):  # what matters is still there
            shown = self.terminal(width, "cases", NO_COLOR="1")
            self.assertRegex(shown, r"#2 +5 h \d+ min left +false shipment")
            self.assertIn("FORGED?", shown)

    def test_colours_only_where_wanted(self):
        shown = self.terminal(100, "cases")
        self.assertRegex(shown, r"\033\[1;31m +#2 ")  # urgent: less than a day
        self.assertRegex(shown, r"\033\[1m +#1 ")
        self.assertNotIn("\033", self.terminal(100, "cases", TERM="dumb"))
        self.assertNotIn("\033", self.ctl("cases"))

    def test_nothing_there(self):
        for path in (self.appeald.ledger, self.appeald.ledger + "-wal", self.appeald.ledger + "-shm"):
            if os.path.exists(path):
                os.unlink(path)
        subprocess.run([os.path.join(BUILD, "tests/fake/prog_ledger"), self.appeald.ledger, "empty"], check=True)
        self.assertIn("No case is running", self.ctl("cases"))
        self.assertEqual(self.json("cases"), [])
        self.assertIn("gave points", self.ctl("points"))


class ShowTest(CtlTest):
    def test_everything(self):
        shown = self.ctl("show", "1", "--why")
        for text in ("#1 penalty: trademark infringement, open", "Beijing time", "2 d 5 h left", "stated in the notice",
                     "IPR2026112500017", "https://csp.aliexpress.com/", "the text names an instant", "mail: opened",
                     "step 72h to team: taken", "step 72h to popup: owed", "next  "):
            self.assertIn(text, shown)
        self.assertNotIn("the text names an instant", self.ctl("show", "#1"))

    def test_json(self):
        shown = self.json("show", "2")
        self.assertEqual(shown["case"]["id"], 2)
        self.assertEqual(shown["note"], "ask the forwarder")
        self.assertEqual(len(shown["derivation"]), 2)
        self.assertEqual([entry["by"] for entry in shown["history"]], ["mail", "person"])
        deliveries = self.json("show", "1")["deliveries"]
        self.assertEqual({(d["channel"], d["state"]) for d in deliveries}, {("team", "done"), ("popup", "owed")})

    def test_forged_has_no_links(self):
        shown = self.ctl("show", "3")
        self.assertIn("FORGED?", shown)
        self.assertNotIn("http", shown)
        self.assertNotIn("\033", shown)
        self.assertNotIn("\u202e", shown)
        self.assertIsNone(self.json("show", "3")["case"]["appeal_url"])
        self.assertNotIn("csp.aliexpress", self.ctl("show", "2"))  # unverified

    def test_no_such_case(self):
        self.ctl("show", "99", status=1)
        self.assertIn("there is no case #99; `appealctl cases --all` lists them", self.stderr)
        self.ctl("show", "x", status=2)
        self.ctl("show", status=2)


class ActsTest(CtlTest):
    def state(self, case):
        return self.json("show", str(case))["case"]["state"]

    def test_from_open_to_closed_and_back(self):
        self.assertIn("#1 trademark infringement: acknowledged, only the last two steps", self.ctl("ack", "1"))
        self.assertEqual(self.state(1), "acknowledged")
        self.ctl("ack", "#1")  # twice is no error
        self.ctl("appealed", "1")
        self.assertEqual(self.state(1), "appealed")
        self.ctl("close", "1", "2")
        self.assertEqual((self.state(1), self.state(2)), ("closed", "closed"))
        self.assertEqual(self.json("reopen", "1")["state"], "open")

    def test_snooze(self):
        self.assertIn("quiet until", self.ctl("snooze", "1", "3h"))
        self.assertIn("snoozed", self.ctl("cases"))
        self.assertIn("only until the last step", self.ctl("snooze", "2", "30d") and self.stderr)
        until = datetime.datetime.fromisoformat(self.json("show", "2")["snoozed_until"].replace("Z", "+00:00"))
        self.assertLess(until, samples.ahead(hours=5))
        self.ctl("snooze", "1", "soon", status=2)
        self.assertIn("write for example 3h", self.stderr)
        self.ctl("snooze", "1", status=2)
        self.ctl("snooze", "5", "3h", status=1)  # won: nothing to snooze

    def test_note(self):
        self.ctl("note", "1", "call", "the", "律师")
        self.assertEqual(self.json("show", "1")["note"], "call the 律师")
        self.ctl("note", "1")
        self.assertIsNone(self.json("show", "1")["note"])

    def test_wrong_use(self):
        self.ctl("ack", "99", status=1)
        self.assertIn("appealctl cases --all", self.stderr)
        self.ctl("ack", status=2)
        self.ctl("ack", "1", "x", status=2)
        self.assertEqual(self.state(1), "open")  # nothing was done by half
        self.ctl("ack", "--all", "1", status=2)  # not an option of this command
        self.ctl("cases", "1", status=2)
        self.ctl("show", "--what", status=2)
        self.ctl("aks", status=2)
        self.assertIn("there is no command 'aks'", self.stderr)


class StatusTest(CtlTest):
    def test_well(self):
        shown = self.ctl("status")
        self.assertRegex(shown, r"maildir synced +well +2 h ago +20 s ago")
        self.assertIn("Next deadline: #2", shown)
        self.assertIn("Next alert: #", shown)
        self.assertTrue(self.json("status")["well"])


class IllStatusTest(CtlTest):
    how = "ill"

    def test_ill(self):
        shown = self.ctl("status", status=1)
        self.assertRegex(shown, r"maildir synced +BLIND")
        self.assertIn("mount it", shown)
        self.assertRegex(shown, r"team +slack +REFUSES +1")
        self.assertIn("HTTP 404", shown)
        status = self.json("status", status=1)
        self.assertFalse(status["well"])
        self.assertFalse(status["sources"][0]["well"])
        self.assertIn("HTTP 404", [owed for owed in status["owed"] if owed["channel"] == "team"][0]["last_error"])


class NumbersTest(CtlTest):
    def test_points(self):
        rows = {(row["store"], row["ledger"]): row for row in self.json("points")}
        # 2 + 2.5 + 4 count; the 6 that were lifted do not.
        self.assertEqual(rows["lanterns", "ip-prohibited"]["points"], 8.5)
        self.assertEqual(rows["lanterns", "ip-prohibited"]["next_at"], 12)
        self.assertEqual(rows["灯笼旗舰店", "trade"]["next"], "freeze-7-days")
        self.assertRegex(self.ctl("points"), r"trade +11\.5 .* 12 +frozen for 7 days")

    def test_report(self):
        report = self.json("report", "--since", "30d")
        self.assertEqual({key: report[key] for key in ("opened", "forged", "won", "missed", "waiting")},
                         {"opened": 6, "forged": 1, "won": 1, "missed": 1, "waiting": 1})
        self.assertEqual(report["median_seconds_to_answer"], 3600)
        self.assertEqual(self.json("report", "--since", "1m")["opened"], 0)
        self.ctl("report", "--since", "often", status=2)

    def test_csv(self):
        text = self.ctl("export", "--all")
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual(len(rows), 6)
        self.assertEqual({row["id"] for row in rows}, set("123456"))
        self.assertTrue(all(line.endswith("\r") for line in text.split("\n")[:-1]))
        formula = [row for row in rows if row["id"] == "4"][0]["subject"]
        self.assertEqual(formula[0], "'")  # no spreadsheet runs it
        self.assertEqual(len(self.json("export")), 4)

    def test_calendar(self):
        path = os.path.join(self.folder, "deadlines.ics")
        self.ctl("calendar", path)
        with open(path, "rb") as file:
            text = file.read()
        self.assertEqual(text.decode(), re.sub(r"DTSTAMP:\w+", re.search(r"DTSTAMP:\w+", text.decode())[0],
                                               self.ctl("calendar")))
        for line in text.split(b"\r\n"):
            self.assertLessEqual(len(line), 75)
            line.decode()  # never folded within a character
        self.assertNotIn(b"\n", text.replace(b"\r\n", b""))
        whole = text.decode().replace("\r\n ", "")
        self.assertEqual(whole.count("BEGIN:VEVENT"), 3)  # not the forged, not those without a deadline
        self.assertEqual(whole.count("BEGIN:VALARM"), 8)  # four steps each; the appealed case waits in peace
        self.assertIn("TRIGGER:-PT3600S", whole)
        self.assertIn("SUMMARY:Appeal deadline\\, estimated: copyright infringement", whole)


class CheckTest(CtlTest):
    how = ""

    def test_good(self):
        shown = self.ctl("check")
        self.assertIn("[maildir synced]", shown)
        self.assertIn("no authserv-id: every notice from it will be shown as unverified", shown)
        self.assertIn("[channel team] slack", shown)

    def test_every_mistake_at_once(self):
        self.appeald.write_config("[maildir synced]\npaht = /x\n[channel team]\ntype = slak\n[imaap x]\n")
        self.ctl("check", status=1)
        for text in (":4: ", "did you mean path?", ":6: ", "slak", ":7: ", "did you mean [imap]?"):
            self.assertIn(text, self.stderr)
        self.ctl("cases", status=3)

    def test_no_ledger_yet(self):
        self.ctl("cases", status=3)
        self.assertIn("start appeald first", self.stderr)

    def test_test_alert(self):
        self.assertIn("taken", self.ctl("test", "team"))
        self.assertIn("test", json.dumps(self.peer.wait(1)[0].json).lower())
        self.peer.script.append(Answer(404, "no_service"))
        self.assertIn("refused", self.ctl("test", "team", status=1))
        self.ctl("test", "tema", status=1)
        self.assertIn("team, popup", self.stderr)
        self.ctl("test", status=2)


class SeenTest(CtlTest):
    how = ""

    def test_a_person_is_asked_where_nobody_else_can_tell(self):
        with open(self.appeald.config, "a") as file:
            file.write("[channel mine]\ntype = command\ncommand = /bin/true\n")
        self.assertIn("Can you see it there?", self.terminal(80, "test", "mine", answer="y\n"))
        self.assertEqual(self.status, 0)
        self.assertIn("takes alerts and shows none", self.terminal(80, "test", "mine", answer="n\n"))
        self.assertEqual(self.status, 1)
        self.assertIn("does not prove that it can be seen", self.ctl("test", "mine"))


class RealTest(CtlTest):
    how = ""

    def test_what_appeald_wrote(self):
        deliver(self.maildir, samples.counterfeit(samples.ahead(days=3, hours=1)), "1.a")
        deliver(self.maildir, samples.false_shipment(5), "2.b")
        self.assertEqual(self.appeald.run("--once")[0], 0)
        cases = self.json("cases")
        self.assertEqual({case["category"] for case in cases}, {"ip.trademark", "trade.false-shipment"})
        shown = self.json("show", str(cases[0]["id"]))
        self.assertEqual(shown["messages"][0]["places"], ["maildir synced"])
        self.assertTrue(shown["derivation"])
        self.assertIn("well", self.ctl("status"))
        self.assertEqual(sum(row["points"] for row in self.json("points")), 4)


class ExplainTest(CtlTest):
    how = ""

    def explain(self, *arguments, status=0, **more):
        done = subprocess.run([os.path.join(BUILD, "appealctl"), "explain", *arguments], capture_output=True,
                              timeout=120, env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C"}
                              | {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}, **more)
        self.stderr = done.stderr.decode()
        self.assertEqual(done.returncode, status, (done.stdout, self.stderr))
        return done.stdout.decode()

    def test_page(self):
        page = self.explain(NOTICE)
        for text in ("trade.off-platform", "2026-04-10T05:22:00Z (relative)", "Сделки вне площадки", "72 hours"):
            self.assertIn(text, page)

    def test_page_fits_the_terminal(self):
        page = self.terminal(72, "explain", NOTICE, bare=True)
        self.assertTrue(all(len(line) <= 72 for line in page.splitlines()[1:]), page)
        plain = self.explain(NOTICE)
        self.assertEqual("".join(page.split()), "".join(plain.split()))

    def test_json_of_standard_input(self):
        with open(NOTICE, "rb") as file:
            verdict = json.loads(self.explain("--json", "-", stdin=file))
        self.assertEqual((verdict["file"], verdict["category"], verdict["points"]), ("-", "trade.off-platform", 12))
        self.assertEqual(list(verdict), ["file", "kind", "category", "outcome", "points", "case_ref", "orders",
                                         "products", "deadline", "basis", "authenticity", "severity", "language",
                                         "evidence"])

    def test_missing_file_is_told_and_passed_over(self):
        lines = self.explain("--json", "/no/such", NOTICE, self.folder, status=3).splitlines()
        self.assertEqual([json.loads(line)["file"] for line in lines], [NOTICE])
        self.assertIn("/no/such: No such file or directory", self.stderr)
        self.assertIn(f"{self.folder}: Is a directory", self.stderr)
        self.explain(status=2)

    def test_many_files_keep_their_order(self):
        paths = []
        for i in range(100):
            paths.append(os.path.join(self.folder, f"{i}.eml"))
            if i % 9 != 4:
                with open(paths[-1], "wb") as file:
                    file.write(samples.counterfeit(samples.ahead(days=3), case=f"CASE{1000 + i}"))
        lines = self.explain("--json", *paths, status=3).splitlines()
        wanted = [path for i, path in enumerate(paths) if i % 9 != 4]
        self.assertEqual([json.loads(line)["file"] for line in lines], wanted)
        self.assertEqual(self.stderr.count("No such file"), 11)


class RulesTest(unittest.TestCase):
    def rules(self, text, *arguments, status=0):
        with tempfile.TemporaryDirectory(prefix="apd-rules-") as folder:
            with open(os.path.join(folder, "mine.conf"), "w", encoding="utf-8") as file:
                file.write(text)
            done = subprocess.run([os.path.join(BUILD, "appealctl"), "rules", *arguments, folder],
                                  capture_output=True, timeout=120)
        self.assertEqual(done.returncode, status, (done.stdout, done.stderr))
        return (done.stdout + done.stderr).decode().replace(folder, "")

    def test_lint_finds_what_is_surely_not_meant(self):
        said = self.rules("[act findng xx]\nphrase = bad business\n"
                          "[category trade.review en]\nphrase = odd   stars\nphrase = odd stars\n"
                          "[category info.price en]\nphrase = odd stars\n"
                          "[category info.price]\nseverity = enormous\nledger = none\n", "lint", status=1)
        for line in ("/mine.conf:2: [act findng xx] no other language knows 'findng'",
                     "/mine.conf:5: [category trade.review en] 'odd stars' stands in /mine.conf:4 already (remove one)",
                     "/mine.conf:7: [category info.price en] 'odd stars' stands for trade.review too, in /mine.conf:4",
                     "/mine.conf:9: [category info.price] severity: 'enormous' is not known (low, medium, high, critical)",
                     "/mine.conf:10: [category info.price] ledger: 'none' is not known", "5 findings"):
            self.assertIn(line, said)

    def test_lint_of_what_repeats_a_shipped_phrase(self):
        said = self.rules("[act finding en]\nphrase = violat*\n", "lint", status=1)
        self.assertRegex(said, r"/mine.conf:2: .* stands in \S*/conf/rules/en.conf:\d+ already")

    def test_lint_of_a_weight_of_nothing(self):
        said = self.rules("[weights kind]\nact/findin +subject = penalty 200\n", "lint", status=1)
        self.assertIn("act/findin: no section gives this sign", said)

    def test_lint_of_a_choice_that_was_meant_to_be_missing(self):
        said = self.rules("[category trade.review en]\nphrase = paid (for the )*odd stars\n", "lint", status=1)
        self.assertIn("( )* asks for one of its words; write [ ] for what may be missing", said)

    def test_lint_is_content_with_good_rules(self):
        self.assertEqual(self.rules("[category trade.review en]\nphrase = five odd stars\n", "lint"), "0 findings\n")

    def test_a_mistake_is_told_before_anything_else(self):
        self.assertIn("/mine.conf:2: ", self.rules("[act finding en]\nphrase = (a|\n", "lint", status=1))

    def test_what(self):
        self.assertIn("rules test [FOLDER", self.rules("", "weigh", status=2))


del CtlTest
if __name__ == "__main__":
    unittest.main()

"""Cards as a person would see them: what appeald sends to Microsoft Teams, shown by Microsoft's own renderer in a real
browser, on a desktop's width and on a telephone's.  The pictures are kept in build/pictures; popups stand in
test_desktop.py and test_desktop_servers.py."""

import html
import json
import os
import re
import sqlite3
import subprocess
import tempfile
import time
import unittest

import samples
from channels import APPEAL, Daemon
from harness import BUILD, ROOT, wait_for
from test_channels_validators import PACKAGES

LANGUAGES = ["en", "zh", "zh-Hant", "ru", "es", "pt", "fr", "tr", "it", "de", "pl", "ko"]
WIDTHS = {"desktop": 432, "phone": 300}
CASE = "IPR2026112577001"
LONG = ("Verstoß gegen Markenrechte: Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz-"
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft <b>&amp;</b> *Stern* [Text](x)")
MARK = re.compile(r"\\([!-/:-@[-`{-~])|\*\*")  # escapes, and what sets bold

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><style>
body {{ margin: 0; background: #f5f5f5; font-family: "Segoe UI", "DejaVu Sans", "Droid Sans Fallback", NanumGothic, sans-serif }}
#cards {{ display: flex; flex-wrap: wrap; align-items: flex-start; gap: 16px; padding: 16px }}
.frame {{ background: #fff; border: 1px solid #d1d1d1; border-radius: 4px; overflow: hidden }}
.ac-pushButton {{ font: 14px "DejaVu Sans", sans-serif; padding: 6px 12px; border: 1px solid #d1d1d1; border-radius: 4px; background: #fff }}
p {{ margin: 0 0 8px 0 }} p:last-child {{ margin-bottom: 0 }}
</style></head><body><div id="cards"></div><script type="application/json" id="report"></script>
<script src="file://{packages}/node_modules/adaptivecards/dist/adaptivecards.js"></script>
<script src="file://{packages}/node_modules/markdown-it/dist/markdown-it.min.js"></script>
<script>const CARDS = {cards}, WIDTH = {width};</script>
<script src="file://{root}/tests/validators/cards.js"></script></body></html>"""


class Browser:
    """Debian's chromium, without a window."""

    def __init__(self, folder):
        self.folder = folder
        self.pages = 0

    def run(self, *arguments):
        return subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                               "--no-first-run", "--disable-background-networking", "--allow-file-access-from-files",
                               f"--user-data-dir={self.folder}/browser", *arguments],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True, timeout=120,
                              env=os.environ | {"HOME": self.folder, "TZ": "UTC"}).stdout

    def show(self, name, cards, width, columns=4):
        """Keeps a picture of @cards; returns what the page measured of each."""
        self.pages += 1
        path = os.path.join(self.folder, f"{self.pages}.html")
        with open(path, "w") as file:
            file.write(PAGE.format(packages=PACKAGES, root=ROOT, width=width,
                                   cards=json.dumps([{"name": name, "card": card} for name, card in cards]).replace("</", "<\\/")))
        across = min(columns, len(cards)) * (width + 20) + 32
        dom = self.run("--dump-dom", f"--window-size={across},2000", f"file://{path}")
        report = json.loads(html.unescape(re.search(r'id="report">(.*?)</script>', dom, re.S)[1]))
        rows = [report[at:at + columns] for at in range(0, len(report), columns)]
        down = sum(max(card["height"] for card in row) + 18 for row in rows) + 32
        os.makedirs(f"{BUILD}/pictures", exist_ok=True)
        picture = f"{BUILD}/pictures/{name}.png"
        self.run(f"--screenshot={os.path.abspath(picture)}", f"--window-size={across},{down}", f"file://{path}")
        return report, picture


class CardsTest(Daemon):
    @classmethod
    def add_channels(cls):
        cls.made = 0
        for language in LANGUAGES:
            cls.add_peer("teams", language)
            cls.sections.append(f"language = {language}\n")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.browser = Browser(cls.folder)
        cls.deadline = samples.ahead(hours=30)
        cls.put(samples.counterfeit(cls.deadline, CASE))
        for language in LANGUAGES:
            wait_for(lambda: cls.card_of(language, CASE), 60, f"the card in {language}")

    @classmethod
    def card_of(cls, language, words):
        for call in list(cls.peers[language].taken):
            if words in call.shown.text:
                return json.loads(call.body)["attachments"][0]["content"]
        return None

    def check(self, report, card):
        """All that stands in the card is there to be read, and nothing is cut off."""
        self.assertEqual(report["unread"], [], report["name"])
        text = " ".join(report["text"].split())
        for line in "\n".join(block["text"] for block in card["body"]).split("\n"):
            plain = " ".join(html.unescape(MARK.sub(lambda mark: mark[1] or "", line)).split())
            self.assertIn(plain, text, report["name"])
        self.assertEqual(report["buttons"], [action["title"] for action in card.get("actions", [])], report["name"])

    def test_a_notice_in_each_language(self):
        cards = [(language, self.card_of(language, CASE)) for language in LANGUAGES]
        for device, width in WIDTHS.items():
            reports, picture = self.browser.show(f"teams-languages-{device}", cards, width)
            for report, (language, card) in zip(reports, cards):
                with self.subTest(f"{language} on a {device}"):
                    self.check(report, card)
                    self.assertIn(CASE, report["text"])
                    self.assertIn(f"{self.deadline:%H:%M}", report["text"])
                    self.assertIn(str(self.deadline.year), report["text"])
                    self.assertEqual([action["url"] for action in card["actions"]], [APPEAL])
                    self.assertEqual(len(report["buttons"]), 1)
            self.assertGreater(os.path.getsize(picture), 20000)

    def plant(self, what, severity, subject, text):
        """An alert that is not about a case, as appeald would raise it."""
        database = sqlite3.connect(self.appeald.ledger, timeout=20)
        with database:
            type(self).made += 1
            row = database.execute("INSERT INTO alerts (key, type, reason, severity, subject, text, created) VALUES (?, ?, 'new', ?, ?, ?, ?)",
                                   (f"picture/{self.made}", what, severity, subject, text, int(time.time() * 1e6))).lastrowid
            database.execute("INSERT INTO deliveries (alert_id, channel, state, rank, attempts, next_try, done_at, idempotency)"
                             " VALUES (?, 'en', 'owed', ?, 0, 0, 0, ?)", (row, int(time.time() * 1e6), f"msg_picture-{self.made}"))
        database.close()

    def test_alerts_of_each_kind(self):
        cards = []

        def take(name, words):
            wait_for(lambda: self.card_of("en", words), 60, name)
            cards.append((name, self.card_of("en", words)))

        case = self.owe("en", "--seconds", "3000", "--reason", "step", "--url", APPEAL)
        take("in its last hour", "Only 4")
        self.owe("en", "--case", str(case), "--reason", "escalated")
        take("escalated", "Nobody has answered yet")
        self.owe("en", "--subject", LONG, "--seconds", "600000", "--severity", "low")
        take("a long subject", "Donaudampf")
        self.owe("en", "--seconds", "0")
        take("without a deadline", "no deadline stated")
        self.put(samples.counterfeit(samples.ahead(days=6), "IPR2026112577002", authenticated=False))
        take("forged", "IPR2026112577002")
        for name, title, severity, subject, text in (
                ("blind", "Out of sight", "high", "imap office: INBOX", "the server refuses the password: put the new one into /etc/appeald/office.password"),
                ("refused", "refuses alerts", "high", "boss", "HTTP 410: make a new workflow in Teams, and put its address into the url file"),
                ("login", "Log in again", "high", "imap office", "the consent ends on 2026-12-09: appealctl login imap office"), ("well", "All is well", "low", None, None)):
            self.plant(name, severity, subject, text)
            take(name, title)
        self.appeald.ctl("test", "en")
        take("test", "Test alert of appeald")
        for device, width in WIDTHS.items():
            reports, _ = self.browser.show(f"teams-alerts-{device}", cards, width)
            for report, (name, card) in zip(reports, cards):
                with self.subTest(f"{name} on a {device}"):
                    self.check(report, card)


class JudgeTest(unittest.TestCase):
    """The page itself: it sees what is cut off."""

    def test_a_text_that_hangs_over_is_seen(self):
        with tempfile.TemporaryDirectory() as folder:
            card = {"type": "AdaptiveCard", "version": "1.4", "body": [{"type": "TextBlock", "text": "words " * 30, "wrap": False}]}
            good = {"type": "AdaptiveCard", "version": "1.4", "body": [{"type": "TextBlock", "text": "words " * 30, "wrap": True}]}
            (cut, whole), picture = Browser(folder).show("judge", [("cut", card), ("whole", good)], 300)
            os.remove(picture)
        self.assertNotEqual(cut["unread"], [])
        self.assertEqual(whole["unread"], [])


if __name__ == "__main__":
    unittest.main()

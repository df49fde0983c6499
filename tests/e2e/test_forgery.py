"""Never fooled: whatever a forger writes, in whatever encoding, is not called genuine; what the platform writes is."""

import base64
import json
import os
import quopri
import subprocess
import tempfile
import unittest

import samples

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("APPEALD_BUILD", "build"))

PASS = (f"Authentication-Results: {samples.AUTHSERV}; dkim=pass header.d=notice.aliexpress.com; "
        "dmarc=pass header.from=notice.aliexpress.com\r\n")
FROM = "From: AliExpress <notice@notice.aliexpress.com>\r\n"

# A notice in several languages, and the words of its button.
TEXTS = {
    "en": ("<p>Dear seller, your product 1005006123456789 was removed for false shipment: 2 points were deducted.</p>", "Appeal now"),
    "zh": ("<p>尊敬的卖家：您的商品 1005006123456789 因虚假发货违规被下架，扣2分。</p>", "立即申诉"),
    "ru": ("<p>Уважаемый продавец, товар 1005006123456789 удалён за ложную отправку: списано 2 балла.</p>", "Подать апелляцию"),
    "de": ("<p>Ihr Artikel 1005006123456789 wurde wegen Scheinversands entfernt: 2 Punkte wurden abgezogen.</p>", "Einspruch einlegen"),
}
HOME = '<p><a href="https://csp.aliexpress.com/appeal?channelId=1">{words}</a></p>'
LINKS = "<p><a href='https://csp.aliexpress.com/rules'>AliExpress</a> <a href='{href}'>{words}</a></p>"

# Bodies around {text}; each leads elsewhere in its own way.
TRICKS = {
    "call in a line of links": "{text}" + LINKS.replace("{href}", "https://desk.example/a"),
    "suffix": "{text}" + LINKS.replace("{href}", "https://csp.aliexpress.com.desk.example/a"),
    "user information": "{text}" + LINKS.replace("{href}", "https://csp.aliexpress.com@desk.example/a"),
    "full width dot": "{text}" + LINKS.replace("{href}", "https://csp.aliexpress.com\u3002desk.example/a"),
    "redirector": "{text}" + LINKS.replace("{href}", "https://www.aliexpress.com/go?to=https%3A%2F%2Fdesk.example"),
    "no slashes": "{text}" + LINKS.replace("{href}", "https:desk.example/a"),
    "machine": "{text}" + LINKS.replace("{href}", "http://3221225985/a"),
    "shortener": "{text}" + LINKS.replace("{href}", "https://bit.ly/3xAe"),
    "script": "{text}" + LINKS.replace("{href}", "javascript:location=1"),
    "base": "<base href='https://desk.example/'>{text}" + LINKS.replace("{href}", "/appeal"),
    "form": "{text}" + HOME + "<form action='https://desk.example/'><input name=password><input type=submit></form>",
    "map": "{text}" + HOME + "<img usemap='#m' src='cid:1'><map name=m><area href='https://desk.example/'></map>",
    "VML": "{text}" + HOME + "<!--[if mso]><v:roundrect href='https://desk.example/'>{words}</v:roundrect><![endif]-->",
    "words that lie": "{text}<p><a href='https://desk.example/a'>https://csp.aliexpress.com/appeal</a></p>",
    "unclosed mark": "{text}" + HOME + "<p><a href=\"https://desk.example/a>{words}</a></p>",
    "hidden for one program": "{text}" + HOME + "<p><a style='mso-hide:all' href='https://desk.example/a'>{words}</a></p>",
    "mail to another": "{text}<p><a href='mailto:desk@free.example'>{words}</a></p>",
}

# Headers of senders who are not the platform.
SENDERS = {
    "no proof": FROM,
    "proof of another": f"Authentication-Results: mx.other.example; dmarc=pass header.from=notice.aliexpress.com\r\n{FROM}",
    "proof below": f"Authentication-Results: mx.other.example; none\r\n{PASS}{FROM}",
    "failure": f"Authentication-Results: {samples.AUTHSERV}; dkim=none; dmarc=fail header.from=notice.aliexpress.com\r\n{FROM}",
    "two senders": f"{PASS}{FROM}From: desk@desk.example\r\n",
    "two senders, ours last": f"{PASS}From: desk@desk.example\r\n{FROM}",
    "group": f"{PASS}From: AliExpress: notice@notice.aliexpress.com, desk@desk.example;\r\n",
    "brand alone": f"Authentication-Results: {samples.AUTHSERV}; dmarc=pass header.from=desk.example\r\nFrom: AliExpress <a@desk.example>\r\n",
    "look-alike": f"Authentication-Results: {samples.AUTHSERV}; dmarc=pass header.from=aliexpresse.eu\r\nFrom: Desk <a@aliexpresse.eu>\r\n",
    "answers to another": f"{PASS}{FROM}Reply-To: desk@desk.example\r\n",
    "sent by another": f"{PASS}{FROM}Sender: desk@desk.example\r\n",
}


def encoded(body, charset, encoding):
    data = body.encode(charset, "xmlcharrefreplace")
    if encoding == "base64":
        data = base64.encodebytes(data)
    elif encoding == "quoted-printable":
        data = quopri.encodestring(data)
    return (f'Content-Type: text/html; charset="{charset}"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n').encode() + data


class Forgery(unittest.TestCase):
    def explain(self, messages):
        """{name: bytes} -> {name: authenticity}"""
        with tempfile.TemporaryDirectory() as folder:
            paths = {}
            for number, (name, data) in enumerate(messages.items()):
                paths[name] = os.path.join(folder, f"{number}.eml")
                with open(paths[name], "wb") as file:
                    file.write(data)
            done = subprocess.run([f"{BUILD}/appealctl", "explain", "--json", "--authserv-id", samples.AUTHSERV, *paths.values()],
                                  cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False)
        answers = {answer["file"]: answer["authenticity"] for answer in map(json.loads, done.stdout.splitlines())}
        self.assertEqual(len(answers), len(messages), done.stderr.decode())
        return {name: answers[path] for name, path in paths.items()}

    @staticmethod
    def message(headers, body, charset="utf-8", encoding="quoted-printable"):
        rest = ("To: store@seller.example\r\nSubject: Notice\r\nDate: Tue, 18 Mar 2025 10:00:00 -0700\r\n"
                "Message-ID: <x@notice.aliexpress.com>\r\nMIME-Version: 1.0\r\n")
        return (headers + rest).encode() + encoded(body, charset, encoding)

    def each_form(self):
        for language, (text, words) in TEXTS.items():
            local = {"zh": "gb18030", "ru": "koi8-r"}.get(language, "utf-8")
            for charset, encoding in (("utf-8", "base64"), ("utf-8", "8bit"), (local, "quoted-printable")):
                yield f"{language}, {charset}, {encoding}", text, words, charset, encoding

    def test_tricks_are_forged(self):
        messages = {}
        for form, text, words, charset, encoding in self.each_form():
            for name, body in TRICKS.items():
                full = body.format(text=text, words=words)
                messages[f"{name}: {form}"] = self.message(PASS + FROM, full, charset, encoding)
        wrong = {name: said for name, said in self.explain(messages).items() if said != "forged"}
        self.assertEqual(wrong, {})

    def test_senders_are_not_genuine(self):
        messages = {}
        for form, text, words, charset, encoding in self.each_form():
            for name, headers in SENDERS.items():
                messages[f"{name}: {form}"] = self.message(headers, (text + HOME).format(words=words), charset, encoding)
        wrong = {name: said for name, said in self.explain(messages).items() if said == "genuine"}
        self.assertEqual(wrong, {})

    def test_the_platform_is_genuine(self):
        messages = {form: self.message(PASS + FROM, (text + HOME).format(words=words), charset, encoding)
                    for form, text, words, charset, encoding in self.each_form()}
        wrong = {name: said for name, said in self.explain(messages).items() if said != "genuine"}
        self.assertEqual(wrong, {})


if __name__ == "__main__":
    unittest.main()

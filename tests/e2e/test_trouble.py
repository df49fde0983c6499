"""Why a source is out of sight, as each person reads it: real servers that are wrong in one way each, told to channels of
different languages. Each sight is told once, with its remedy; what the server said is quoted."""

import configparser
import os
import socket
import tempfile
import unittest

from dovecot import Dovecot
from harness import ROOT, SECRET, Appeald, WebhookPeer, free_port, make_maildir, wait_for, write_private
from test_imap_hostile import ABLE, GREETING, Hostile

LANGUAGES = ("en", "zh", "ru", "de")


def texts(language):
    conf = configparser.RawConfigParser(delimiters=("=",), comment_prefixes=("#",), strict=False)
    conf.optionxform = str
    conf.read(f"{ROOT}/conf/alerts/{language}.conf", encoding="utf-8")
    return conf


class TroubleTest(unittest.TestCase):
    def test_each_in_each_language(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-trouble-"))
        for name, text in (("hook.secret", SECRET), ("good", "secret"), ("bad", "wrong")):
            write_private(os.path.join(folder, name), text)
        server = self.enterContext(Dovecot(users={"seller": "secret", "other": "secret"}))
        expired = self.enterContext(Dovecot(certificate="expired"))
        silent = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(silent.close)
        web = Hostile(b"HTTP/1.1 400 Bad Request\r\n\r\n", [])
        bare = Hostile(GREETING, [ABLE + b"%t OK done\r\n"])
        busy = Hostile(GREETING, [ABLE + b"%t OK done\r\n", b"%t NO [UNAVAILABLE] login refused: too many connections\r\n"])
        for peer in (web, bare, busy):
            self.addCleanup(peer.close)
        at = "host = localhost\nuser = seller\npassword-file = {}\nport = {}\nca-file = " + server.ca + "\n"
        plain = "host = 127.0.0.1\nuser = seller\npassword-file = good\nport = {}\ntls = {}\n"
        sources = {
            "password": ("password", at.format("bad", server.tls_port), "AUTHENTICATIONFAILED"),
            "certificate": ("certificate", at.format("good", expired.tls_port).replace(server.ca, expired.ca), "expired"),
            "folder": ("folder", at.format("good", server.tls_port).replace("seller", "other") + "folders = INBOX, Old\n", "Old"),
            "unreachable": ("unreachable", plain.format(free_port(), "none"), "Connection refused"),
            "tls": ("tls", plain.format(bare.port, "starttls"), "STARTTLS"),
            "nonsense": ("nonsense", plain.format(web.port, "none"), "no IMAP"),
            "busy": ("busy", plain.format(busy.port, "none"), "too many connections"),
            "file": ("file", plain.format(server.port, "none").replace("= good", "= missing"), "missing"),
        }
        config = "[appeald]\nblind-limit = 1s\n"
        config += "".join(f"[imap {name}]\n{keys}" for name, (_, keys, _) in sources.items())
        os.rmdir(os.path.join(make_maildir(os.path.join(folder, "gone")), "new"))
        config += "[maildir gone]\npath = gone\n"
        sources["gone"] = ("file", "", "gone")
        peers = {}
        for language in LANGUAGES:
            peers[language] = self.enterContext(WebhookPeer())
            write_private(os.path.join(folder, f"{language}.url"), peers[language].url)
            config += (f"[channel {language}]\ntype = webhook\nurl-file = {language}.url\nsecret-file = hook.secret\n"
                       f"language = {language}\n")
        daemon = Appeald(config, folder)
        self.addCleanup(daemon.close)
        daemon.start()

        def told(language, name):
            return [r.data for r in peers[language].requests if r.data["alert"] == "blind"
                    and r.data["title"].find(f" {name}") >= 0 and r.data["subject"].split(":")[0].endswith(f" {name}")]

        for name, (cause, _, quoted) in sources.items():
            for language in LANGUAGES:
                with self.subTest(name, language=language):
                    alert = wait_for(lambda: told(language, name), 40, f"{name} in {language}")[0]
                    words = texts(language)
                    self.assertIn(words["causes"][cause], alert["text"])
                    self.assertIn(words["bodies"]["blind"], alert["text"])
                    detail = words["causes"]["detail"].split("{")[0]
                    line, = [line for line in alert["text"].split("\n") if line.startswith(detail)]
                    self.assertIn(quoted, line)
                    self.assertNotIn("check user", line)
        self.assertEqual({name: len(told("en", name)) for name in sources}, dict.fromkeys(sources, 1))


if __name__ == "__main__":
    unittest.main()

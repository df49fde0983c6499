"""Secrets are planted in every key, token, code, header and address that there is, servers
repeat them in every shape, and everything that is said or kept is searched for them."""

import glob
import json
import os
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

from harness import SECRET, Appeald, WebhookPeer, free_port, wait_for, write_private
from peers.base import Say
from peers.endpoint import Endpoint
from peers.gateway import Gateway
from platform_part import config_of
from test_oauth import Login

LIST, HEALTH, DAY = "aliexpress.issue.issuelist.get", "aliexpress.merchant.diagnosis.query", 86400
JSON = """[json erp]
url-file = erp.url
headers-file = erp.headers
poll = 1s
error = /error
error-text = /message
items = /data/list
id = /id
title = /subject
body = /text
"""


class SecretsTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-secrets-"))
        # Short, so that it is not left out for its length.
        self.gateway = self.enterContext(Gateway(secret="planted-app-key"))
        self.hook, self.erp = self.enterContext(WebhookPeer()), self.enterContext(Endpoint())
        self.erp.key = None
        port = free_port()
        os.mkdir(os.path.join(self.folder, "apd"))
        write_private(os.path.join(self.folder, "apd", "erp.url"), self.erp.base + "/planted-path-of-erp/inbox?key=planted-url-key-1\n")
        write_private(os.path.join(self.folder, "apd", "erp.headers"), "Authorization: Bearer planted-bearer\nX-Key: planted;planted-x\n")
        self.appeald = Appeald(config_of(self.gateway, self.folder, self.hook, JSON, redirect=f"http://127.0.0.1:{port}/back"),
                               os.path.join(self.folder, "apd"))
        self.addCleanup(self.appeald.close)

    def ways(self):
        """Ways in which a server repeats what it was sent."""
        for call in reversed(self.gateway.calls):
            if call.body:
                body = call.body.decode()
                break
        known = self.gateway.secrets()[-5:] + [self.gateway.secret]
        yield " ".join(known)
        yield ",".join(known)
        yield "session=" + ";token=".join(known)
        yield json.dumps(dict(enumerate(known)))
        yield urllib.parse.quote(body)
        yield body

    def echo(self, pattern, shapes):
        """Each shape, with each way, is met once at least."""
        for shape in shapes:
            for text in self.ways():
                self.gateway.heal()
                before = len(self.gateway.of(pattern))
                self.gateway.fail(pattern, Say(200, shape(text)))
                wait_for(lambda: len(self.gateway.of(pattern)) > before, 30, what=lambda: f"{pattern} asked after {text[:60]}")
        self.gateway.heal()

    def log_in(self, code=None):
        login = Login(self.appeald, "api")
        self.addCleanup(login.kill)
        url = login.find(r"(http://127\S+/oauth/authorize\S+)")
        if code is not None:
            login.process.stdin.write(code + "\n")
            login.process.stdin.flush()
        else:
            with urllib.request.urlopen(self.gateway.tokens.browse(url), timeout=20) as page:
                self.texts["page"] = page.read().decode()
        return login

    def search(self):
        """Everything that was said, sent or written."""
        texts = self.texts
        texts["log"] = self.appeald.output()
        for number, request in enumerate(list(self.hook.requests)):
            texts[f"webhook {number}"] = request.body.decode() + str(request.headers)
        for command in (("status",), ("status", "--json"), ("cases", "--all"), ("cases", "--all", "--json"), ("show", "1"), ("show", "1", "--json"),
                        ("show", "--why", "1"), ("check",), ("check", "--online"), ("check", "--online", "--json"), ("export", "--all"),
                        ("export", "--all", "--json"), ("report",), ("report", "--json"), ("calendar",), ("points",)):
            texts[" ".join(command)] = self.appeald.ctl(*command)[1]
        for path in glob.glob(os.path.join(self.appeald.state, "**"), recursive=True):
            if os.path.isfile(path) and "/tokens/" not in path:
                with open(path, "rb") as file:
                    texts[path] = file.read().decode("latin-1")
        for name in ("cmdline", "environ"):
            with open(f"/proc/{self.appeald.process.pid}/{name}", "rb") as file:
                texts[name] = file.read().decode("latin-1")
        found = [(where, text[max(text.find("planted") - 60, 0):][:160]) for where, text in texts.items()
                 if "planted" in text.replace(SECRET, "")]
        self.assertEqual(found, [])
        self.assertGreater(len(texts), 25)

    def test_everywhere(self):
        self.texts = {}
        self.appeald.start()
        # A code that is wrong, one that is declined in the words of the code, and one that is good.
        login = self.log_in("3_500102_planted-not-a-code")
        self.texts["wrong code"] = login.end()[1]
        code = "3_500102_planted-short"
        self.gateway.fail("/auth/token/create", Say(400, {"code": "InvalidCode", "type": "ISV", "message": f"code {code} is of {self.gateway.secret}"}))
        self.texts["repeated code"] = self.log_in(code).end()[1]
        self.gateway.heal()
        login = self.log_in()
        status, self.texts["login"] = login.end()
        self.assertEqual(status, 0, self.texts["login"])
        self.gateway.store.add_issue(int(time.time()) + 3 * DAY)
        wait_for(lambda: self.hook.requests, what="the dispute")

        self.echo(LIST, [lambda t: {"error_response": {"code": 15, "msg": t}},
                         lambda t: {"error_response": {"code": 50, "msg": "x", "sub_code": "isp." + t, "sub_msg": t}},
                         lambda t: {"code": t, "message": t, "type": "SYSTEM"},
                         lambda t: {"result": {"success": False, "error_code": t, "error_message": t}}])
        self.gateway.fail(HEALTH, Say(200, {"error_response": {"code": "isv.x", "type": "ISV", "msg": " ".join(self.ways())}}))
        self.erp.always = Say(200, {"error": "planted-bearer", "message": "no planted;planted-x Bearer planted-bearer for planted-url-key-1"})
        wait_for(lambda: len(self.erp.asked) > 4, 30, what="the ERP asked")
        self.erp.always = Say(302, "", {"Location": self.erp.base + "/planted-url-key-1"})
        before = len(self.erp.asked)
        wait_for(lambda: len(self.erp.asked) > before + 2, 30, what="the ERP asked")
        # A renewal that fails in the words of what was sent.
        self.gateway.tokens.expire_access()
        self.gateway.fail("/auth/token/refresh", Say(200, {"code": "isv.402", "type": "ISV", "message": " ".join(self.ways())}))
        wait_for(lambda: self.gateway.of("/auth/token/refresh"), 90, what="a renewal")
        wait_for(lambda: "no access token" in self.appeald.output(), 30, what="its failure")
        self.search()

    def test_of_saved_answers(self):
        """What a person saved of the calls that make tokens is not printed."""
        saved = os.path.join(self.folder, "saved.json")
        for answer in (self.gateway.tokens.issue(time.time() + 60 * DAY),
                       {"code": "IllegalAccessToken", "type": "ISV", "message": "session=planted-access-0123456789abcdef0123456789"}):
            with open(saved, "w") as file:
                json.dump(answer, file)
            for more in ((), ("--json",)):
                status, text = self.appeald.ctl("explain", "--api", *more, saved)
                self.assertEqual(status, 3, text)
                self.assertNotIn("planted", text)


if __name__ == "__main__":
    unittest.main()

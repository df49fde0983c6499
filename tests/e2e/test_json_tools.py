"""What a person does with a JSON endpoint: its keys and their mistakes, check, check
--online, explain --api, and the examples that are shipped."""

import hashlib
import hmac
import http.server
import json
import os
import re
import shutil
import sqlite3
import tempfile
import time
import unittest
import urllib.parse

from harness import ROOT, SECRET, Appeald, WebhookPeer, wait_for, write_private
from peers.base import HUB, Say, Server
from peers.endpoint import KEY, Endpoint
from peers.gateway import write

EXAMPLES = os.path.join(ROOT, "conf/examples")
REST = "[channel screen]\ntype = terminal\n"


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-json-tools-"))
        write_private(os.path.join(self.folder, "erp.headers"), f"Authorization: Bearer {KEY}\n")

    def appeald(self, config):
        daemon = Appeald(config, self.folder)
        self.addCleanup(daemon.close)
        return daemon


class KeysTest(Case):
    def test_mistakes(self):
        """Each with its line and a remedy."""
        good = "url = https://erp.example.com/l\nbody = /text\n"
        for keys, line, words in (
                ("body = /text\n", 3, "url: is missing"),
                ("url = ftp://erp.example.com/l\nbody = /text\n", 4, "must begin with https://"),
                ("url = http://erp.example.com/l\nbody = /text\n", 4, "must begin with https://"),
                ("url = https://user:word@erp.example.com/l\nbody = /text\n", 4, "no user"),
                ("url = https://erp.example.com/l\nurl-file = x\nbody = /text\n", 4, "more than one"),
                ("url = https://erp.example.com/l\n", 3, "body: is missing (or title, or category)"),
                (good + "items = data/list\n", 6, "no JSON pointer"),
                (good + "items = /a~2\n", 6, "~ is written ~0"),
                (good + "title = Order {/id\n", 6, "no JSON pointer"),
                (good + "categories = 5: trade.privacy\n", 6, "needs category"),
                (good + "category = /c\ncategories = 5 = trade.privacy\n", 7, "no pair"),
                (good + "kind = fine\n", 6, "one of: penalty"),
                (good + "timezone = GMT+8\n", 6, "write for example Asia/Shanghai"),
                (good + "more = /m\n", 6, "needs pages"),
                (good + "error-text = /message\n", 6, "needs error"),
                ("url = https://erp.example.com/l?c={cursor}\nbody = /text\n", 3, "next: is missing"),
                ("url = https://erp.example.com/l?p={page}\nbody = /text\nnext = /n\n", 6, "exclude each other"),
                (good + "header = x\n", 6, "did you mean headers-file?"),
                (good + "max-pages = 0\n", 6, "no number from 1 to 1000"),
                (good + "poll = 0s\n", 6, "out of bounds"),
                (good + "store = nowhere\n", 6, "there is no [store nowhere]")):
            with self.subTest(words, keys=keys):
                status, output = self.appeald("[json erp]\n" + keys + REST).ctl("check")
                self.assertEqual(status, 1, output)
                self.assertRegex(output, rf"appeald.conf:{line}: \[json erp\].*{re.escape(words)}")
                self.assertEqual(output.count("[json erp]"), 1, output)

    def test_check(self):
        daemon = self.appeald("[json erp]\nurl = https://erp.example.com/l?key=planted\nheaders-file = erp.headers\nbody = /text\n" + REST)
        status, output = daemon.ctl("check")
        self.assertEqual(status, 0, output)
        self.assertIn("[json erp] erp.example.com\n", output)
        self.assertIn("vouched", output)
        self.assertNotIn("planted", output)
        os.chmod(os.path.join(self.folder, "erp.headers"), 0o644)
        status, output = daemon.ctl("check")
        self.assertEqual(status, 1, output)
        self.assertIn("can be read by others", output)


class OnlineTest(Case):
    CONFIG = "[json erp]\nurl = {url}\nheaders-file = erp.headers\nitems = /data/list\nbody = /text\ndeadline = /due\n" + REST

    def online(self, endpoint):
        return self.appeald(self.CONFIG.format(url=endpoint.url)).ctl("check", "--online")

    def test_good_and_bad(self):
        with Endpoint() as endpoint:
            endpoint.add(id=1, text="x", due=int(time.time()) + 1000)
            endpoint.add(id=2, text="y")
            status, output = self.online(endpoint)
            self.assertEqual(status, 0, output)
            self.assertIn("understood all 2 records of the first page; 1 state a deadline", output)
            endpoint.add(id=3, text="z", due="soon")
            status, output = self.online(endpoint)
            self.assertEqual(status, 1, output)
            self.assertIn("1 records state a deadline that cannot be read", output)
            endpoint.add(text="no id")
            status, output = self.online(endpoint)
            self.assertEqual(status, 1, output)
            self.assertIn("understood 3 of 4 records: nothing stands at id = /id", output)
            for say, words in ((Say(401, ""), "HTTP 401"), ("portal", "no JSON"), (Say(200, {"list": []}), "nothing stands at items"),
                               ("dropped", "127.0.0.1"), ("redirect", "HTTP 302")):
                endpoint.always = say
                status, output = self.online(endpoint)
                self.assertEqual(status, 1, output)
                self.assertIn(words, output)
                self.assertNotIn("planted", output)


class ExplainTest(Case):
    def explain(self, answer, keys, *options):
        path = os.path.join(self.folder, "answer.json")
        with open(path, "w") as file:
            json.dump(answer, file)
        daemon = self.appeald("[json erp]\nurl = https://erp.example.com/l\n" + keys + REST)
        return daemon.ctl("explain", "--api", "--source", "erp", *options, path)

    def test_what_a_record_would_become(self):
        keys = "items = /list\ntitle = /t\nbody = /b\ndeadline = /d\npoints = /p\ncategory = /c\ncategories = 5: trade.late-shipment\n"
        answer = {"list": [{"id": 1, "t": "Late", "b": "Too late.", "d": "2026-12-01 18:00", "p": 2, "c": 5},
                           {"id": 2, "t": "Your order", "b": "It is on its way.", "c": 9}, {"t": "no id"}]}
        status, output = self.explain(answer, keys)
        self.assertEqual(status, 1)
        self.assertIn("understood 2 of 3 records", output)
        self.assertIn("record 3 is not understood", output)
        self.assertIn("json erp states the deadline as a field: \"2026-12-01 18:00\": no time zone is named, read as Asia/Shanghai", output)
        status, output = self.explain(answer, keys, "--json")
        read = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
        self.assertEqual([one["kind"] for one in read], ["penalty", "none"])
        self.assertEqual((read[0]["category"], read[0]["points"], read[0]["deadline"], read[0]["basis"]),
                         ("trade.late-shipment", 2, "2026-12-01T10:00:00Z", "stated"))

    def test_what_cannot_be_read(self):
        for answer, keys, words in (({"data": []}, "body = /b\nitems = /list\n", "nothing stands at items = /list"),
                                    ({"list": 7}, "body = /b\nitems = /list\n", "is no list"),
                                    ({"error": "no", "list": []}, "body = /b\nitems = /list\nerror = /error\n", "the service says: no")):
            status, output = self.explain(answer, keys)
            self.assertEqual(status, 1, output)
            self.assertIn(words, output)
        status, output = self.appeald("[json erp]\nurl = https://erp.example.com/l\nbody = /b\n" + REST).ctl("explain", "--api", "--source", "oms", "x")
        self.assertEqual(status, 2, output)
        self.assertIn("there is no [json oms]", output)


class Shopee:
    """The two calls that the example makes, as Shopee's documents have them."""

    PARTNER, KEY, SHOP = 1000001, "planted-partner-key", 200002
    POINTS, RENEW = "/api/v2/account_health/get_penalty_point_history", "/api/v2/auth/access_token/get"

    def __init__(self):
        self.points, self.wrong, self.tokens, self.refresh = [], [], {}, "planted-refresh-0"
        shopee = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def serve(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                write(self, shopee.answer(self.command, self.path, body))

            do_GET = do_POST = serve

            def log_message(self, *unused):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"
        HUB.add(self.server)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        HUB.remove(self.server)
        self.server.server_close()

    def refuse(self, error):
        self.wrong.append(error)
        return Say(200, {"error": error, "message": "refused", "request_id": "r"})

    def answer(self, verb, target, body):
        path, _, query = target.partition("?")
        given = dict(urllib.parse.parse_qsl(query))
        now = int(time.time())
        if abs(now - int(given["timestamp"])) > 300 or given["partner_id"] != str(self.PARTNER):
            return self.refuse("error_param")
        more = (given["access_token"], given["shop_id"]) if path == self.POINTS else ()
        text = "".join((given["partner_id"], path, given["timestamp"], *more))
        if given["sign"] != hmac.new(self.KEY.encode(), text.encode(), hashlib.sha256).hexdigest():
            return self.refuse("error_sign")
        return self.renew(json.loads(body)) if verb == "POST" else self.page(given, now)

    def renew(self, asked):
        if asked != {"refresh_token": self.refresh, "partner_id": self.PARTNER, "shop_id": self.SHOP}:
            return self.refuse("error_auth")
        self.refresh, access = f"planted-refresh-{len(self.tokens) + 1}", f"planted-access-{len(self.tokens)}"
        self.tokens[access] = time.time() + 14400
        return Say(200, {"access_token": access, "refresh_token": self.refresh, "expire_in": 14400, "error": "", "message": "", "request_id": "r"})

    def page(self, given, now):
        if self.tokens.get(given["access_token"], 0) < now:
            return self.refuse("error_auth")
        size, number = int(given["page_size"]), int(given["page_no"])
        return Say(200, {"error": "", "message": "", "request_id": "r", "response": {
            "penalty_point_list": self.points[(number - 1) * size:number * size], "total_count": len(self.points)}})

    def add(self, points, kind, issued=None):
        self.points.insert(0, {"issue_time": issued or int(time.time()), "latest_point_num": points, "original_point_num": points,
                               "reference_id": 700000000000000 + len(self.points), "violation_type": kind})


class ExamplesTest(Case):
    def example(self, name):
        with open(os.path.join(EXAMPLES, name)) as file:
            return file.read()

    def test_they_are_good(self):
        for name in ("shopee.conf", "erp-inbox.conf"):
            with self.subTest(name):
                daemon = self.appeald(self.example(name).replace("~/.config/appeald/shopee-address", "echo https://example.com/") + REST)
                status, output = daemon.ctl("check")
                self.assertEqual(status, 0, output)

    def test_the_answer_in_the_erp_example(self):
        text = self.example("erp-inbox.conf")
        answer = json.loads(re.sub(r"(?m)^#", "", re.search(r"#   (\{ \"data\".*?\n#.*\n)", text).group(1)))
        path = os.path.join(self.folder, "answer.json")
        with open(path, "w") as file:
            json.dump(answer, file)
        status, output = self.appeald(text + REST).ctl("explain", "--api", "--source", "erp", path)
        self.assertEqual(status, 0, output)
        self.assertIn("understood 1 of 1 records", output)

    def looked_back(self, daemon):
        database = sqlite3.connect(daemon.ledger, timeout=10)
        try:
            return database.execute("SELECT 1 FROM cursors WHERE looked_back").fetchall()
        finally:
            database.close()

    def test_shopee(self):
        shopee = self.enterContext(Shopee())
        hook = self.enterContext(WebhookPeer())
        write_private(os.path.join(self.folder, "hook.url"), hook.url + "\n")
        write_private(os.path.join(self.folder, "hook.secret"), SECRET + "\n")
        shutil.copy(os.path.join(EXAMPLES, "shopee-address"), self.folder)
        shop = {"partner_id": shopee.PARTNER, "partner_key": shopee.KEY, "shop_id": shopee.SHOP, "refresh_token": shopee.refresh, "access_token": "", "expires": 0}
        write_private(os.path.join(self.folder, "shopee.json"), json.dumps(shop))
        for number in range(130):  # two pages of old ones
            shopee.add(1, 5, int(time.time()) - (200 - number) * 86400)
        config = self.example("shopee.conf").replace("~/.config/appeald/", self.folder + "/").replace("poll = 30m", "poll = 1s")
        daemon = Appeald(config + "[channel hook]\ntype = webhook\nurl-file = hook.url\nsecret-file = hook.secret\n", self.folder,
                         {"SHOPEE_HOST": shopee.base})
        self.addCleanup(daemon.close)
        daemon.start()
        wait_for(lambda: os.path.exists(daemon.ledger) and self.looked_back(daemon), 30, lambda: daemon.output()[-2000:])
        before = len(hook.requests)
        shopee.add(2, 10)
        wait_for(lambda: len(hook.requests) > before, 30, lambda: daemon.output()[-2000:])
        kase = hook.requests[-1].data["case"]
        self.assertEqual((kase["category"], kase["kind"], kase["points"], kase["authenticity"], kase["basis"]),
                         ("ip.other", "penalty", 2, "genuine", "estimated"))
        self.assertEqual(kase["case_ref"], "700000000000130")
        with open(os.path.join(self.folder, "shopee.json")) as file:
            kept = json.load(file)
        self.assertEqual(kept["refresh_token"], shopee.refresh)
        self.assertEqual(os.stat(file.name).st_mode & 0o777, 0o600)
        self.assertEqual(shopee.wrong, [])
        self.assertNotIn("planted", daemon.output())


if __name__ == "__main__":
    unittest.main()

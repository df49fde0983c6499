"""A JSON endpoint as a source: from a record to a webhook, page by page, nothing
lost and nothing twice, and told when it cannot be read."""

import json
import os
import re
import sqlite3
import tempfile
import time
import unittest

import samples
from harness import SECRET, SLOW, Appeald, WebhookPeer, pause, wait_for, write_private
from peers.base import Say
from peers.endpoint import KEY, Endpoint

KEYS = """items = /data/list
id = /id
time = /created
title = /subject
body = /text
sender = /from
deadline = /due
points = /points
category = /type
categories = late: trade.late-shipment, fake: ip.trademark, ad: none
reference = /case
order = /order
"""


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-json-"))
        self.hook = self.enterContext(WebhookPeer())
        write_private(os.path.join(self.folder, "hook.url"), self.hook.url + "\n")
        write_private(os.path.join(self.folder, "hook.secret"), SECRET + "\n")
        write_private(os.path.join(self.folder, "erp.headers"), f"Authorization: Bearer {KEY}\nX-Tenant: 7\n")
        self.number = 0

    def endpoint(self, **more):
        return self.enterContext(Endpoint(**more))

    def appeald(self, endpoint, more="", keys=KEYS, poll="1s", blind="1s"):
        daemon = Appeald(f"[appeald]\nblind-limit = {blind}\n[json erp]\nurl = {endpoint.url}\nheaders-file = erp.headers\n"
                         f"poll = {poll}\n{keys}{more}[channel hook]\ntype = webhook\nurl-file = hook.url\nsecret-file = hook.secret\n", self.folder)
        self.addCleanup(daemon.close)
        return daemon

    def record(self, **more):
        self.number += 1
        return {"id": 9007199254740993 + self.number, "created": int(time.time()) - 60 + self.number, "subject": "Penalty",
                "text": "Late shipment.", "type": "late", "points": 2, "due": int(time.time()) + 2 * 86400,
                "case": f"LS-{self.number:06}"} | more

    def rows(self, daemon, sql):
        database = sqlite3.connect(daemon.ledger, timeout=10)
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()

    def wait_first_look(self, daemon):
        wait_for(lambda: os.path.exists(daemon.ledger) and self.rows(daemon, "SELECT 1 FROM cursors WHERE looked_back"),
                 30, lambda: "first look: " + daemon.output()[-3000:])

    def refs(self, reason=None):
        found = []
        for request in list(self.hook.requests):
            data = request.data
            cases = [data["case"]] if data.get("case") else data.get("cases") or []
            found += [kase["case_ref"] for kase in cases if reason in (None, data.get("reason"))]
        return found

    def wait_refs(self, *refs):
        wait_for(lambda: set(refs) <= set(self.refs()), 40, lambda: f"{refs} in {self.refs()}")

    def alerts(self, kind):
        return [r.data for r in list(self.hook.requests) if r.data.get("alert") == kind]

    def wait_alert(self, kind, count=1, seconds=40):
        wait_for(lambda: len(self.alerts(kind)) >= count, seconds,
                 lambda: f"{count} alerts of {kind} (got {[r.data for r in self.hook.requests]})")
        return self.alerts(kind)[count - 1]


class PathTest(Case):
    def test_record_becomes_alert(self):
        endpoint = self.endpoint()
        daemon = self.appeald(endpoint, "vouched = yes\n").start()
        self.wait_first_look(daemon)
        due = int(time.time()) + 2 * 86400
        endpoint.add(**self.record(due=due, order="8190000000000017"))
        request, = self.hook.wait(1)
        kase = request.data["case"]
        self.assertEqual((kase["category"], kase["kind"], kase["points"]), ("trade.late-shipment", "penalty", 2))
        self.assertEqual(kase["case_ref"], "LS-000001")
        self.assertEqual(kase["orders"], ["8190000000000017"])
        self.assertEqual(kase["deadline"], time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(due)))
        self.assertEqual((kase["basis"], kase["authenticity"]), ("stated", "genuine"))
        status, text = daemon.ctl("show", "1", "--why")
        self.assertEqual(status, 0)
        self.assertIn("json erp states the deadline as a field", text)
        self.assertEqual(endpoint.asked[0].headers["x-tenant"], "7")
        for text in (daemon.output(), daemon.ctl("status", "--json")[1], daemon.ctl("export", "--json")[1]):
            self.assertNotIn("planted", text)

    def test_a_text_is_read_like_mail(self):
        endpoint = self.endpoint()
        daemon = self.appeald(endpoint).start()
        self.wait_first_look(daemon)
        text = samples.counterfeit(samples.ahead(days=2).replace(microsecond=0), case="IPR2026112500099")
        body = __import__("email").message_from_bytes(text).get_payload(decode=True).decode()
        endpoint.add(id="m-1", created=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), subject="Intellectual property complaint", text=body)
        endpoint.add(id="m-2", created=int(time.time()), subject="Your order has shipped", text="Order 8190000000000017 is on its way.")
        endpoint.add(id="m-3", created=int(time.time()), subject="Store penalty", text=body, type="ad")
        kase = self.hook.wait(1)[0].data["case"]
        self.assertEqual((kase["case_ref"], kase["category"]), ("IPR2026112500099", "ip.trademark"))
        self.assertEqual((kase["authenticity"], kase["basis"]), ("unverified", "stated"))
        wait_for(lambda: len(self.rows(daemon, "SELECT 1 FROM places")) == 3, what="three messages")
        self.assertEqual(len(self.hook.requests), 1)

    def test_first_contact(self):
        """What is over is passed by; what runs is told of in one summary."""
        endpoint = self.endpoint()
        now = int(time.time())
        for number in range(30):
            endpoint.add(**self.record(created=now - (40 - number) * 86400, due=now + (number - 27) * 86400))
        daemon = self.appeald(endpoint).start()
        self.wait_first_look(daemon)
        first = self.hook.wait(1)[0].data
        self.assertEqual(first["alert"], "summary")
        self.assertEqual(sorted(k["case_ref"] for k in first["cases"]), ["LS-000029", "LS-000030"])
        endpoint.add(**self.record())
        self.wait_refs("LS-000031")
        self.assertEqual(len(self.hook.requests), 2)

    def test_buyers_do_not_speak_for_the_platform(self):
        endpoint = self.endpoint()
        daemon = self.appeald(endpoint, "vouched = yes\n").start()
        self.wait_first_look(daemon)
        endpoint.add(id="b", created=int(time.time()), subject="Your store is frozen", **{"from": "Buyer 12"},
                     text="AliExpress: your store is frozen. Appeal within 3 days at https://evil.example/appeal")
        endpoint.add(**self.record())
        self.wait_refs("LS-000001")
        for request in self.hook.requests:
            if request.data["case"]["case_ref"] != "LS-000001":
                self.assertNotEqual(request.data["case"]["authenticity"], "genuine")
                self.assertIsNone(request.data["case"].get("appeal_url"))


class ChangeTest(Case):
    def change(self, endpoint, **more):
        with endpoint.lock:
            endpoint.records[0] = endpoint.records[0] | more

    def test_a_field_that_changes(self):
        """Another deadline of the same record moves its case; other words, or minutes, do not."""
        endpoint = self.endpoint()
        daemon = self.appeald(endpoint, "vouched = yes\n").start()
        self.wait_first_look(daemon)
        record = self.record()
        endpoint.add(**record)
        self.hook.wait(1)
        for more in ({"text": "Late shipment, seen by 3."}, {"due": record["due"] + 300}, {"due": record["due"] - 300}):
            self.change(endpoint, **more)
            count = len(endpoint.asked)
            wait_for(lambda: len(endpoint.asked) >= count + 3, what="looks")
        self.assertEqual(len(self.hook.requests), 1)
        daemon.kill()
        self.change(endpoint, due=record["due"] - 86400)
        daemon.start()
        kase = self.hook.wait(2)[1].data["case"]
        self.assertEqual(kase["deadline"], time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record["due"] - 86400)))
        self.assertEqual(kase["id"], self.hook.requests[0].data["case"]["id"])
        self.change(endpoint, due=record["due"] + 86400, points=6)
        kase = self.hook.wait(3)[2].data["case"]
        self.assertEqual((kase["deadline"], kase["points"]), (time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record["due"] + 86400)), 6))
        self.change(endpoint, due=record["due"] - 86400, points=2)  # back to what it was once
        kase = self.hook.wait(4)[3].data["case"]
        self.assertEqual(kase["points"], 2)
        self.assertEqual(self.rows(daemon, "SELECT count(*) FROM cases"), [(1,)])


class PagesTest(Case):
    KEYS = {None: "", "page": "more = /data/has_more\ntotal = /data/total\n", "offset": "total = /data/total\n", "cursor": "next = /data/next\n",
            "link": "next = /data/next\n", "header": "next = link-header\n"}

    def test_all_pages_are_read(self):
        for paging, keys in self.KEYS.items():
            with self.subTest(paging):
                self.hook.requests.clear()
                self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-json-"))
                for name, text in (("hook.url", self.hook.url), ("hook.secret", SECRET), ("erp.headers", f"Authorization: Bearer {KEY}")):
                    write_private(os.path.join(self.folder, name), text + "\n")
                endpoint = self.endpoint(paging=paging)
                made = [self.record() for _ in range(23)]
                for record in made:
                    endpoint.add(**record)
                daemon = self.appeald(endpoint, keys).start()
                self.wait_first_look(daemon)
                self.wait_refs(*(record["case"] for record in made))
                later = [self.record() for _ in range(7)]
                for record in later:  # pages move on while they are turned
                    endpoint.add(**record)
                    pause(0.05)
                self.wait_refs(*(record["case"] for record in later))
                self.assertEqual(sorted(self.refs()), sorted(record["case"] for record in made + later))
                self.assertEqual(daemon.ctl("status")[0], 0)
                daemon.stop()

    def test_circles_are_told(self):
        for paging in ("page", "cursor"):
            with self.subTest(paging):
                before = len(self.alerts("blind"))
                endpoint = self.endpoint(paging=paging)
                endpoint.stuck = True
                for _ in range(12):
                    endpoint.add(**self.record())
                keys = self.KEYS[paging].replace("total = /data/total\n", "")
                if paging == "cursor":
                    endpoint.wrap = lambda rows, more: {"data": {"list": rows, "next": "5"}}
                daemon = self.appeald(endpoint, keys).start()
                alert = self.wait_alert("blind", before + 1)
                self.assertIn("go in a circle", alert["text"])
                self.assertLess(len(endpoint.asked), 60)
                daemon.stop()
                os.rename(daemon.state, daemon.state + paging)

    def test_fewer_than_promised(self):
        endpoint = self.endpoint(paging="page")
        endpoint.wrap = lambda rows, more: {"data": {"list": rows, "total": 99}}
        endpoint.add(**self.record())
        self.appeald(endpoint, "total = /data/total\n").start()
        self.assertIn("after 1 of 99 records", self.wait_alert("blind")["text"])

    def test_another_server(self):
        endpoint, other = self.endpoint(paging="link"), self.endpoint()
        endpoint.wrap = lambda rows, more: {"data": {"list": rows, "next": other.base + "/inbox"}}
        endpoint.add(**self.record())
        self.appeald(endpoint, "next = /data/next\n").start()
        self.assertIn("another server", self.wait_alert("blind")["text"])
        self.assertEqual(other.asked, [])

    def test_unchanged_is_not_sent_again(self):
        endpoint = self.endpoint()
        endpoint.add(**self.record())
        daemon = self.appeald(endpoint).start()
        wait_for(lambda: sum(ask.status == 304 for ask in endpoint.asked) >= 2, what="304")
        self.assertEqual(len(endpoint.good()), 1)
        endpoint.validators, endpoint.modified = False, int(time.time()) - 100
        wait_for(lambda: any(ask.headers.get("if-modified-since") and ask.status == 304 for ask in endpoint.asked), what="Last-Modified")
        endpoint.modified += 50
        endpoint.add(**self.record())
        self.wait_refs("LS-000001", "LS-000002")
        self.assertEqual(daemon.ctl("status")[0], 0)


class SightTest(Case):
    def expect_blind(self, say, words, more=""):
        endpoint = self.endpoint()
        endpoint.add(**self.record())
        endpoint.always = say
        daemon = self.appeald(endpoint, more).start()
        alert = self.wait_alert("blind", 1)
        self.assertIn(words, alert["text"])
        self.assertEqual(daemon.ctl("status")[0], 1)
        endpoint.always = None
        self.wait_alert("sight")
        self.wait_refs("LS-000001")
        self.assertNotIn("planted", daemon.output() + json.dumps([r.data for r in self.hook.requests]))
        daemon.stop()

    def test_401(self):
        self.expect_blind(Say(401, {"error": "expired"}), "HTTP 401")

    def test_403(self):
        self.expect_blind(Say(403, ""), "HTTP 403")

    def test_404(self):
        self.expect_blind(Say(404, "not found"), "nothing at this address")

    def test_redirect(self):
        self.expect_blind("redirect", "HTTP 302")

    def test_500(self):
        self.expect_blind("500", "HTTP 500")

    def test_portal(self):
        self.expect_blind("portal", "no JSON")

    def test_giant(self):
        self.expect_blind("giant", "file size")

    def test_dropped(self):
        self.expect_blind("dropped", "127.0.0.1")

    def test_moved_list(self):
        self.expect_blind(Say(200, {"result": {"list": []}}), "nothing stands at items = /data/list")

    def test_error_in_a_200(self):
        self.expect_blind(Say(200, {"error": "error_auth", "message": "Invalid access_token"}), "error_auth: Invalid access_token",
                          "error = /error\nerror-text = /message\n")

    def test_changed_shape(self):
        self.expect_blind(Say(200, {"data": {"list": [{"uid": n, "txt": "x"} for n in range(12)]}}), "understood 0 of 12 records")

    def test_one_that_is_not_understood(self):
        endpoint = self.endpoint()
        daemon = self.appeald(endpoint).start()
        self.wait_first_look(daemon)
        endpoint.add(subject="no id", text="x")
        endpoint.add(**self.record())
        self.wait_refs("LS-000001")
        self.assertIn("understood 1 of 2 records", self.wait_alert("blind")["text"])

    def test_odd_and_right(self):
        for name in ("gzip", "drip", "chunked", "as-text", "slow"):
            with self.subTest(name):
                endpoint = self.endpoint()
                endpoint.add(**self.record())
                endpoint.always, endpoint.validators = name, False
                daemon = self.appeald(endpoint, blind="30s").start()
                self.wait_refs(f"LS-{self.number:06}")
                self.assertEqual(self.alerts("blind"), [])
                daemon.stop()
                os.rename(daemon.state, daemon.state + name)

    def test_one_failure_is_no_news(self):
        endpoint = self.endpoint()
        daemon = self.appeald(endpoint).start()
        self.wait_first_look(daemon)
        for name in ("500", "dropped", "cut-body", "half-a-text"):
            endpoint.script.append(name)
            before = len(endpoint.asked)
            wait_for(lambda: len(endpoint.asked) >= before + 3, 60, "looks again")
        endpoint.add(**self.record())
        self.wait_refs("LS-000001")
        self.assertEqual(self.alerts("blind"), [])


class CrashTest(Case):
    def test_killed_again_and_again(self):
        endpoint = self.endpoint(paging="page", size=4)
        daemon = self.appeald(endpoint, "more = /data/has_more\n").start()
        self.wait_first_look(daemon)
        made = []
        for round in range(6 if SLOW else 12):
            for _ in range(3):
                record = self.record()
                made.append(record["case"])
                endpoint.add(**record)
            count = len(endpoint.asked) + 1 + round % 3
            wait_for(lambda: len(endpoint.asked) >= count, 30, "a page is asked for")
            pause(0.03 * (round % 4))
            daemon.kill()
            daemon.start()
        self.wait_refs(*made)
        opened = self.rows(daemon, "SELECT case_ref, count(*) FROM cases GROUP BY case_ref")
        self.assertEqual(sorted(opened), sorted((ref, 1) for ref in made))
        ids = {request.id for request in self.hook.requests}
        told = [r.data["case"]["case_ref"] for r in {r.id: r for r in self.hook.requests}.values() if r.data.get("case")]
        self.assertEqual(len(told), len(set(told)), "an alert of one case twice, under two ids")
        self.assertGreaterEqual(len(ids), len(made))


if __name__ == "__main__":
    unittest.main()

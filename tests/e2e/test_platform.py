"""The platform's own endpoints: from the answers of a gateway that was written from
its documents to cases, a webhook, and what is told when it cannot be seen."""

import concurrent.futures
import json
import os
import re
import tempfile
import time
import unittest
import urllib.request

import samples
from harness import SECRET, Appeald, WebhookPeer, deliver, free_port, make_maildir, wait_for
from peers.base import Say
from peers.gateway import Gateway
from peers.gateway_faults import ERRORS, HTTP, ODD
from platform_part import cases_of, config_of, write_token
from session import Notifyd, Session
from test_oauth import Login

DAY, ORDERS = 86400, "aliexpress.logistics.abnormalorder.query"
LIST, DETAIL = "aliexpress.issue.issuelist.get", "aliexpress.issue.detail.get"
BUYERS = "aliexpress/message/history/buyer/list"
HEALTH, PRODUCTS = "aliexpress.merchant.diagnosis.query", "aliexpress.product.diagnosis.pageQueryProblem"


def iso(when):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(when))


class PlatformTest(unittest.TestCase):
    violations = ()  # of the gateway, that a test means to cause

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-platform-"))
        self.gateway, self.peer = self.enterContext(Gateway()), self.enterContext(WebhookPeer())

    def appeald(self, token=True, **more):
        appeald = Appeald(config_of(self.gateway, self.folder, self.peer, **more), os.path.join(self.folder, "apd"))
        self.addCleanup(appeald.close)
        if token:
            write_token(appeald, self.gateway)
        return appeald

    def seen(self, pattern, more=2):
        """Waits for @more further good calls of @pattern: a whole round at least."""
        before = len(self.gateway.of(pattern, "ok"))
        wait_for(lambda: len(self.gateway.of(pattern, "ok")) >= before + more,
                 what=lambda: f"{more} calls of {pattern}: {[(c.name, c.outcome) for c in self.gateway.calls[-8:]]}")

    def alerts(self, kind="case"):
        return [r.data for r in self.peer.requests if r.data.get("type", "case") == kind or r.data.get("alert") == kind]

    def told(self, test, what="an alert"):
        """Waits for a webhook whose data @test takes."""
        return wait_for(lambda: next((r.data for r in self.peer.requests if test(r.data)), None),
                        what=lambda: f"{what}: {[r.body.decode()[:400] for r in self.peer.requests]}")

    def case(self, appeald, **wanted):
        def find():
            return next((c for c in cases_of(appeald) if all(c.get(k) == v for k, v in wanted.items())), None)
        return wait_for(find, what=lambda: f"{wanted} in {cases_of(appeald)}")

    def tearDown(self):
        self.assertEqual([v for v in self.gateway.violations if not any(word in v for word in self.violations)], [])


def of_case(data, category):
    return (data.get("case") or data).get("category") == category


class DisputeTest(PlatformTest):
    def test_from_the_answer_to_the_webhook(self):
        appeald = self.appeald(watch="disputes").start()
        self.seen(LIST)
        until = int(time.time()) + 3 * DAY
        issue = self.gateway.store.add_issue(until)
        (alert,) = self.peer.wait(1)
        self.assertTrue(alert.signed_by(SECRET))
        case = alert.data.get("case") or alert.data
        self.assertEqual((case["category"], case["case_ref"], case["deadline"], case["basis"]),
                         ("order.dispute", str(issue), iso(until), "stated"))
        self.assertEqual(case["orders"], [str(self.gateway.store.issues[issue]["order_id"])])
        self.seen(LIST, 3)
        self.assertEqual(len(self.peer.requests), 1)  # the same answer again is no news
        self.assertEqual(appeald.stop()[0], 0)

    def test_its_state_moves_and_ends_the_case(self):
        store, appeald = self.gateway.store, self.appeald(watch="disputes").start()
        self.seen(LIST)
        issue = store.add_issue(int(time.time()) + 3 * DAY)
        self.peer.wait(1)
        store.change_issue(issue, reverse_detail_status="wait_for_AE_feedback", timeout_trigger_time=None)
        self.case(appeald, state="appealed")
        again = int(time.time()) + 2 * DAY
        store.change_issue(issue, reverse_detail_status="wait_for_seller_set_return_address", timeout_trigger_time=again)
        self.case(appeald, state="open", deadline=iso(again))
        self.peer.wait(2)  # that it waits for others is no news, that it waits for us is
        store.change_issue(issue, issue_status="finish", reverse_detail_status="refund_reject", timeout_trigger_time=None)
        self.case(appeald, state="won")
        self.peer.wait(3)
        self.assertEqual(len(cases_of(appeald)), 1)
        store.change_issue(issue, gmt_modified=time.time())
        self.seen(LIST, 3)
        self.assertEqual(len(self.peer.requests), 3)

    def test_a_state_that_nobody_knows_is_told(self):
        self.appeald(watch="disputes").start()
        self.seen(LIST)
        until = int(time.time()) + 2 * DAY
        self.gateway.store.add_issue(until, detail="wait_for_something_new")
        (alert,) = self.peer.wait(1)
        self.assertIn("wait_for_something_new", alert.body.decode())
        self.assertIn("does not know", alert.body.decode())
        self.assertEqual((alert.data.get("case") or alert.data)["deadline"], iso(until))

    def test_the_first_look_is_one_summary(self):
        store = self.gateway.store
        for days in (1, 2, 3):
            store.add_issue(int(time.time()) + days * DAY)
        store.add_issue(int(time.time()) - DAY)  # over before we came
        store.add_issue(None, detail="wait_for_buyer_response")
        appeald = self.appeald(watch="disputes").start()
        self.peer.wait(1)
        self.seen(LIST, 3)
        self.assertEqual(len(self.peer.requests), 1)
        self.assertEqual(len(cases_of(appeald)), 3)

    def test_pages_and_shapes(self):
        """Each style of answer: all disputes are there, once, with exact numbers."""
        for style in (dict(), dict(ids=str), dict(paging="no-total"), dict(paging="stuck"), dict(simplify=False)):
            with self.subTest(style=style), Gateway() as gateway:
                many = 50 if style.get("paging") == "stuck" else 120
                gateway.simplify = style.pop("simplify", None)
                for name, value in style.items():
                    setattr(gateway.store, name, value)
                issues = {str(gateway.store.add_issue(int(time.time()) + 3 * DAY)) for _ in range(many)}
                folder = tempfile.mkdtemp(dir=self.folder)
                with Appeald(config_of(gateway, folder, self.peer, watch="disputes"), os.path.join(folder, "apd")) as appeald:
                    write_token(appeald, gateway)
                    appeald.start()
                    wait_for(lambda: len(cases_of(appeald)) >= many, 40, what=lambda: f"{many} cases, not {len(cases_of(appeald))}")
                    self.assertEqual({case["case_ref"] for case in cases_of(appeald)}, issues)
                self.assertTrue(all(int(issue) > 2 ** 53 for issue in issues))
                self.assertEqual(gateway.violations, [])

    def test_empty_and_single(self):
        for simplify in (True, False):
            for empty in ("[]", "{}", "missing", "null"):
                with self.subTest(simplify=simplify, empty=empty), Gateway() as gateway:
                    gateway.simplify, gateway.store.empty, gateway.store.single = simplify, empty, True
                    folder = tempfile.mkdtemp(dir=self.folder)
                    with Appeald(config_of(gateway, folder, self.peer), os.path.join(folder, "apd")) as appeald:
                        write_token(appeald, gateway)
                        appeald.start()
                        wait_for(lambda: len(gateway.of(LIST, "ok")) >= 2 and len(gateway.of(PRODUCTS, "ok")) >= 2, what="two rounds")
                        gateway.store.add_issue(int(time.time()) + 3 * DAY)
                        gateway.store.add_problem()
                        wait_for(lambda: len(cases_of(appeald)) == 2, what=lambda: cases_of(appeald))
                        status, output = appeald.ctl("status")
                        self.assertNotIn("BLIND", output)

    def test_the_same_matter_by_mail_is_one_case(self):
        for first in ("mail", "platform"):
            with self.subTest(first=first), Gateway() as gateway, WebhookPeer() as peer:
                folder = tempfile.mkdtemp(dir=self.folder)
                box = make_maildir(os.path.join(folder, "box"))
                more = f"[maildir box]\npath = {box}\nauthserv-id = {samples.AUTHSERV}\n"
                with Appeald(config_of(gateway, folder, peer, more, watch="disputes"), os.path.join(folder, "apd")) as appeald:
                    write_token(appeald, gateway)
                    appeald.start()
                    wait_for(lambda: len(gateway.of(LIST, "ok")) >= 2, what="two rounds")
                    order, until = 9007199254740993, int(time.time()) + 3 * DAY
                    mail = samples.message(
                        "A dispute has been opened on your order",
                        f"Dear seller,\n\nThe buyer has opened a dispute on order {order}. Please respond to the dispute within 5 days, "
                        "otherwise the refund is made automatically.\n\nAliExpress")
                    steps = [lambda: deliver(box, mail, "1.mail"), lambda: gateway.store.add_issue(until, order=order)]
                    for step in steps if first == "mail" else reversed(steps):
                        step()
                        peer.wait(1)
                    wait_for(lambda: appeald.ctl("show", "1")[1].count("Dispute") + 1 and len(gateway.of(DETAIL, "ok")) >= 1)
                    case = self.case(appeald, deadline=iso(until))
                    wait_for(lambda: {"mail", "platform"} <= {w for w in ("mail", "platform") if w in appeald.ctl("show", str(case["id"]))[1]},
                             what=lambda: appeald.ctl("show", str(case["id"]))[1])
                    self.assertEqual(len(cases_of(appeald)), 1)


class WayTest(PlatformTest):
    """How a method is sent and signed is data: the gateway reckons each signature itself."""

    def asked(self, method, data, where="sync", prefixes=("",)):
        self.gateway.methods[method].where, self.gateway.methods[method].prefixes = (where,), prefixes
        rules = os.path.join(self.folder, "rules")
        os.makedirs(os.path.join(rules, "platforms"))
        with open(os.path.join(rules, "platforms", "aliexpress.conf"), "w") as file:
            file.write(data)
        return self.appeald(watch="messages" if "message" in method else "disputes", own_rules=rules).start()

    def check(self, method, wanted, where="sync"):
        self.seen(method, 1)
        call = self.gateway.of(method, "ok")[-1]
        self.assertEqual((call.where, call.prefix), (where, wanted))

    def test_a_prefix_of_its_own(self):
        self.asked(LIST, "[method disputes]\nprefix = v2/issues\n", prefixes=("v2/issues",))
        self.check(LIST, "v2/issues")

    def test_its_name_as_prefix(self):
        self.asked(BUYERS, "[method buyers]\nprefix = name\n", prefixes=(BUYERS,))
        self.check(BUYERS, BUYERS)

    def test_chat_by_rest(self):
        self.asked(BUYERS, "[method buyers]\ntransport = rest\n", "rest")
        self.check(BUYERS, "/" + BUYERS, "rest")

    def test_rest_without_prefix(self):
        self.gateway.chat = ("rest", "")
        self.asked(BUYERS, "[method buyers]\ntransport = rest\nprefix = none\n", "rest")
        self.check(BUYERS, "", "rest")


class PopupTest(PlatformTest):
    def test_from_the_answer_to_a_popup(self):
        session = Session()
        self.addCleanup(session.close)
        appeald = self.appeald(watch="diagnosis", more="[channel desk]\ntype = desktop\n").start()
        self.seen(HEALTH)
        session.config = appeald.config
        session.start_bus()
        server = Notifyd(session)
        session.desktop()
        self.gateway.store.level, self.gateway.store.issue_num = 300, 2
        popup = server.popup()
        self.assertIn("frozen", (popup["title"] + popup["body"]).lower())
        self.assertIn("open", popup["buttons"])  # the seller centre's page, which the platform names
        self.assertEqual(popup["urgency"], 2)
        self.peer.wait(1)


class HealthTest(PlatformTest):
    def test_levels_rise_and_fall(self):
        store, appeald = self.gateway.store, self.appeald(watch="diagnosis").start()
        self.seen(HEALTH)
        self.assertEqual(cases_of(appeald), [])
        store.issue_num = 2
        self.told(lambda d: of_case(d, "account.other"))
        store.level, store.issue_num = 200, 3
        self.peer.wait(2)
        self.assertEqual(len(cases_of(appeald)), 1)
        store.issue_num = 4
        self.peer.wait(3)
        store.level, store.desc = 300, "Your store is frozen"
        frozen = self.told(lambda d: of_case(d, "account.freeze"))
        self.assertIn('"critical"', json.dumps(frozen))
        store.level, store.issue_num = 0, 0
        self.case(appeald, category="account.freeze", state="won")
        store.issue_num = 1
        self.seen(HEALTH)
        before = len(self.peer.requests)
        store.level = 400
        self.told(lambda d: of_case(d, "account.closure"))
        self.assertGreater(len(self.peer.requests), before)

    def test_a_warning_ends(self):
        store, appeald = self.gateway.store, self.appeald(watch="diagnosis").start()
        self.seen(HEALTH)
        store.level = 100
        self.case(appeald, category="account.other", state="open")
        store.level = 0
        self.case(appeald, category="account.other", state="closed")
        store.level = 100  # the same as before is news after it was over
        wait_for(lambda: len([c for c in cases_of(appeald) if c["state"] == "open"]) == 1, what=lambda: cases_of(appeald))

    def test_a_level_that_nobody_knows_is_told(self):
        self.appeald(watch="diagnosis").start()
        self.seen(HEALTH)
        self.gateway.store.level = 250
        (alert,) = self.peer.wait(1)
        self.assertIn("level 250", alert.body.decode())


class ProductTest(PlatformTest):
    def test_one_matter_for_each_kind(self):
        store, appeald = self.gateway.store, self.appeald(watch="products").start()
        self.seen(PRODUCTS)
        for _ in range(3):
            store.add_problem("TORT_TYPE")
        case = self.case(appeald, category="ip.other")
        self.peer.wait(1)
        store.add_problem("TORT_TYPE")
        self.peer.wait(2)
        wait_for(lambda: len(self.case(appeald, id=case["id"])["products"]) == 4, what="four products")
        store.problems.clear()
        self.case(appeald, id=case["id"], state="closed")


class OrderTest(PlatformTest):
    def test_a_parcel_that_waits(self):
        store, appeald = self.gateway.store, self.appeald(watch="orders").start()
        self.seen(ORDERS)
        until = int(time.time()) + 2 * DAY
        order = store.add_abnormal(until)
        case = self.case(appeald, deadline=iso(until), basis="stated")
        self.assertEqual(case["orders"], [str(order)])
        store.abnormal.clear()
        self.case(appeald, id=case["id"], state="closed")


class MessageTest(PlatformTest):
    def test_messages_of_the_platform_are_read_like_mail(self):
        store, appeald = self.gateway.store, self.appeald(watch="messages").start()
        self.seen("aliexpress/message/history/buyer/list")
        store.say("Hello, is it in stock?", system=False)
        store.say("Your product 1005006123456789 was removed for trademark infringement. 6 points are deducted. "
                  "Please appeal within 3 business days.")
        store.say("not JSON at all: hello", raw="plain text")
        alert = self.told(lambda d: of_case(d, "ip.trademark"))
        self.assertIn("1005006123456789", json.dumps(alert))
        self.assertIn("genuine", json.dumps(alert))
        self.seen("aliexpress/message/history/buyer/list", 3)
        self.assertEqual(len(cases_of(appeald)), 1)

    def test_pages_go_backwards_and_none_is_lost(self):
        store = self.gateway.store
        now = time.time()
        for n in range(45):
            store.say(f"Your product 10050061234{n:05} was removed for trademark infringement. Case number IPR20261125{n:05}. "
                      "6 points are deducted. Please appeal within 3 business days.", buyer=2671514005 + n % 3, at=now - 3600 + n)
        for paging in ("right", "stuck"):
            store.paging = paging
            appeald = self.appeald(watch="messages")
            appeald.start()
            wait_for(lambda: len(cases_of(appeald)) == 45, 60, what=lambda: len(cases_of(appeald)))
            appeald.stop()
        self.violations = ()


class LossTest(PlatformTest):
    def status(self, appeald):
        return appeald.ctl("status")[1]

    def test_a_method_that_is_forbidden_is_told_once(self):
        self.gateway.forbidden.add(PRODUCTS)
        appeald = self.appeald().start()
        self.told(lambda d: "does not allow" in json.dumps(d) and PRODUCTS in json.dumps(d))
        self.gateway.store.add_issue(int(time.time()) + 3 * DAY)
        self.told(lambda d: of_case(d, "order.dispute"))
        self.seen(LIST, 4)
        self.assertEqual(len([r for r in self.peer.requests if b"does not allow" in r.body]), 1)
        self.assertNotIn("BLIND", self.status(appeald))
        self.assertIn("does not allow", self.status(appeald))
        self.assertLessEqual(len(self.gateway.of(PRODUCTS)), 2)

    def test_a_consent_that_was_taken_back(self):
        self.violations = ("is wrong", "session", "token")
        appeald = self.appeald(watch="disputes").start()
        self.seen(LIST)
        self.gateway.tokens.withdraw()
        self.told(lambda d: "appealctl login api" in json.dumps(d))
        wait_for(lambda: "BLIND" in self.status(appeald), what=lambda: self.status(appeald))
        write_token(appeald, self.gateway)  # the seller has consented
        self.gateway.store.add_issue(int(time.time()) + 3 * DAY)
        self.told(lambda d: of_case(d, "order.dispute"))
        wait_for(lambda: "BLIND" not in self.status(appeald), what=lambda: self.status(appeald))

    def test_an_access_token_that_ends_is_renewed(self):
        appeald = self.appeald(watch="disputes")
        self.gateway.tokens.access_lives = 8
        write_token(appeald, self.gateway)
        appeald.start()
        wait_for(lambda: len(self.gateway.of("/auth/token/refresh", "ok")) >= 2, 40, what="two renewals")
        self.seen(LIST)
        self.assertNotIn("BLIND", self.status(appeald))

    def dispute_arrives(self, appeald):
        """With the deadline that the platform states, whatever the time is here."""
        until = int(time.time()) + 3 * DAY
        self.gateway.store.add_issue(until)
        self.told(lambda d: of_case(d, "order.dispute"))
        self.assertEqual(self.case(appeald, category="order.dispute")["deadline"], iso(until))
        self.assertNotIn("BLIND", self.status(appeald))

    def test_a_clock_that_is_wrong(self):
        """So much that the platform refuses us: it is asked again by its own time."""
        self.violations = ("timestamp",)
        appeald = self.appeald(watch="disputes").start()
        self.seen(LIST)
        self.gateway.skew = 3 * 3600
        self.told(lambda d: d.get("alert") == "clock" and "clock is 3h behind" in json.dumps(d))
        self.dispute_arrives(appeald)
        self.assertRegex(self.status(appeald), "clock +wrong")
        self.gateway.skew = 0
        wait_for(lambda: re.search("clock +well", self.status(appeald)), 30, what=lambda: self.status(appeald))
        self.assertEqual(len(self.alerts("clock")), 1)
        self.assertEqual(len(self.alerts("blind")), 0)

    def test_a_clock_that_is_a_little_wrong(self):
        appeald = self.appeald(watch="disputes")
        self.gateway.skew = 20 * 60
        appeald.start()
        self.told(lambda d: d.get("alert") == "clock" and "clock is 20m behind" in json.dumps(d))
        self.dispute_arrives(appeald)

    def test_a_clock_that_is_early(self):
        appeald = self.appeald(watch="disputes")
        self.gateway.skew = -20 * 60
        appeald.start()
        self.told(lambda d: d.get("alert") == "clock" and "clock is 20m ahead" in json.dumps(d))
        self.dispute_arrives(appeald)

    def test_a_date_that_is_stale(self):
        """A cache between us that repeats its Date is no reason to throw answers away."""
        then = time.time() - 3600
        self.gateway.date = lambda: then
        appeald = self.appeald(watch="disputes").start()
        self.seen(LIST)
        self.dispute_arrives(appeald)
        start = time.monotonic()
        wait_for(lambda: time.monotonic() - start > 15, 30)  # longer than a clock that goes takes to be believed
        self.assertEqual(self.alerts("clock"), [])
        self.assertEqual(self.gateway.of(LIST, "ok")[-1].outcome, "ok")

    def test_an_answer_of_another_shape(self):
        appeald = self.appeald(watch="disputes").start()
        self.seen(LIST)
        rows = [{"dispute_number": n} for n in range(12)]
        self.gateway.fail(LIST, Say(200, {"aliexpress_issue_issuelist_get_response": {"total_item": 12, "data_list": rows}, "code": "0"}))
        self.told(lambda d: "understood 0 of 12 records" in json.dumps(d))
        self.gateway.heal()
        wait_for(lambda: "BLIND" not in self.status(appeald), what=lambda: self.status(appeald))

    def test_a_long_ban_is_told(self):
        appeald = self.appeald(watch="disputes").start()
        self.seen(LIST)
        self.gateway.fail(LIST, "ban-2", times=1)
        self.seen(LIST)
        self.assertEqual(len(self.peer.requests), 0)
        self.gateway.quota[LIST] = (0, 1, 7200)
        self.told(lambda d: "allows no question for 2h" in json.dumps(d))
        calls = len(self.gateway.of(LIST))
        wait_for(lambda: "BLIND" in self.status(appeald), what=lambda: self.status(appeald))
        self.assertEqual(len(self.gateway.of(LIST)), calls)

    def test_every_trouble_passes(self):
        """Whatever is answered, nothing is lost and nothing breaks."""
        passing = [trouble for trouble in ERRORS + HTTP + ODD
                   if trouble.remedy not in ("forbidden", "gone") and trouble.name not in ("bomb", "giant")]
        at_once = 8  # each has its pauses
        with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
            list(pool.map(self.each_passes, [passing[first::at_once] for first in range(at_once)]))

    def each_passes(self, troubles):
        folder = tempfile.mkdtemp(dir=self.folder)
        with Gateway() as gateway, WebhookPeer() as peer, \
                Appeald(config_of(gateway, folder, peer, watch="disputes"), os.path.join(folder, "apd")) as appeald:
            write_token(appeald, gateway)
            appeald.start()
            wait_for(lambda: gateway.of(LIST, "ok"), what="the first look")
            for trouble in troubles:
                gateway.fail(LIST, trouble.name, times=1)
                wait_for(lambda: gateway.of(LIST, trouble.name), 60, what=f"{trouble.name} met")
                before = len(gateway.of(LIST, "ok"))
                wait_for(lambda: len(gateway.of(LIST, "ok")) > before, 60,
                         lambda: f"{trouble.name} passes: {[(c.name, c.outcome) for c in gateway.calls[-8:]]}")
            issue = gateway.store.add_issue(int(time.time()) + 3 * DAY)
            wait_for(lambda: any(of_case(r.data, "order.dispute") and str(issue) in r.body.decode() for r in list(peer.requests)), 60,
                     lambda: f"the dispute after {troubles}: {[r.body.decode()[:400] for r in peer.requests]}")
            self.assertEqual(gateway.violations, [], troubles)


class LoginTest(PlatformTest):
    def login(self, appeald, *arguments):
        login = Login(appeald, "api", *arguments)
        self.addCleanup(login.kill)
        return login, login.find(r"(http://127\S+/oauth/authorize\S+)")

    def pasted(self, login, text):
        login.process.stdin.write(text + "\n")
        login.process.stdin.flush()
        return login.end()

    def test_the_address_is_pasted(self):
        appeald = self.appeald(token=False, watch="disputes").start()
        self.told(lambda d: "appealctl login api" in json.dumps(d))
        login, url = self.login(appeald)
        status, text = self.pasted(login, self.gateway.tokens.browse(url))
        self.assertEqual(status, 0, text)
        self.assertIn("14, 7, 3 and 1 days", text)
        for name in os.listdir(os.path.join(appeald.state, "tokens")):
            self.assertEqual(os.stat(os.path.join(appeald.state, "tokens", name)).st_mode & 0o077, 0)
        self.seen(LIST)  # taken at once by the one that runs
        self.assertNotIn("BLIND", appeald.ctl("status")[1])

    def test_the_code_alone_is_pasted(self):
        appeald = self.appeald(token=False)
        login, url = self.login(appeald)
        status, text = self.pasted(login, self.gateway.tokens.consent())
        self.assertEqual(status, 0, text)

    def test_a_browser_comes_back(self):
        port = free_port()
        appeald = self.appeald(token=False, redirect=f"http://127.0.0.1:{port}/callback")
        login, url = self.login(appeald)
        back = self.gateway.tokens.browse(url)
        with urllib.request.urlopen(back, timeout=20) as answer:
            self.assertIn(b"has what it needs", answer.read())
        status, text = login.end()
        self.assertEqual(status, 0, text)

    def test_a_code_that_is_wrong(self):
        appeald = self.appeald(token=False)
        login, url = self.login(appeald)
        status, text = self.pasted(login, "3_500102_planted-not-a-code")
        self.assertNotEqual(status, 0)
        self.assertIn("run it again", text)
        self.assertNotIn("planted-not-a-code", text)

    def test_a_code_that_came_too_late(self):
        appeald = self.appeald(token=False)
        login, url = self.login(appeald)
        code = self.gateway.tokens.consent()
        self.gateway.skew = 181
        status, text = self.pasted(login, code)
        self.assertEqual(status, 1, text)
        self.assertIn("run it again", text)
        self.assertFalse(os.path.exists(os.path.join(appeald.state, "tokens", "aliexpress@api.token")))

    def test_an_address_of_another_login(self):
        """Whoever sends a seller an address to paste cannot have their own store watched."""
        appeald = self.appeald(token=False)
        login, url = self.login(appeald)
        foreign = self.gateway.tokens.browse(url, state="somebody-elses-state")
        login.process.stdin.write(foreign + "\n")
        login.process.stdin.flush()
        login.find("(not the address of this login)")
        self.assertEqual(self.gateway.of("/auth/token/create"), [])
        status, text = self.pasted(login, self.gateway.tokens.browse(url))
        self.assertEqual(status, 0, text)

    def test_declined(self):
        appeald = self.appeald(token=False)
        login, url = self.login(appeald)
        status, text = self.pasted(login, self.gateway.tokens.browse(url, yes=False))
        self.assertEqual(status, 1, text)
        self.assertIn("declined", text)

    def test_two_at_a_time(self):
        """Each has a token when it ends; the file is whole, and of one of them."""
        appeald = self.appeald(token=False, watch="disputes").start()
        logins = [self.login(appeald) for _ in range(2)]
        for login, url in logins:
            login.process.stdin.write(self.gateway.tokens.browse(url) + "\n")
            login.process.stdin.flush()
        for login, url in logins:
            status, text = login.end()
            self.assertEqual(status, 0, text)
        folder = os.path.join(appeald.state, "tokens")
        self.assertEqual([name for name in os.listdir(folder) if name.endswith(".new")], [])
        with open(os.path.join(folder, "aliexpress@api.token")) as file:
            self.assertIn(json.load(file)["access_token"], self.gateway.tokens.access)
        self.assertEqual(os.stat(file.name).st_mode & 0o777, 0o600)
        self.seen(LIST)

    def test_two_at_one_port(self):
        """The second one says what is in its way, and that it may be pasted."""
        port = free_port()
        appeald = self.appeald(token=False, redirect=f"http://127.0.0.1:{port}/callback")
        first, url = self.login(appeald)
        second, other = self.login(appeald)
        self.assertIn("copy", second.text)
        status, text = self.pasted(second, self.gateway.tokens.browse(other))
        self.assertEqual(status, 0, text)
        with urllib.request.urlopen(self.gateway.tokens.browse(url), timeout=20):
            pass
        self.assertEqual(first.end()[0], 0)

    def test_a_wrong_secret_and_a_wrong_clock(self):
        self.violations = ("signature", "timestamp")
        appeald = self.appeald(token=False)
        right, self.gateway.secret = self.gateway.secret, "another"
        login, url = self.login(appeald)
        status, text = self.pasted(login, self.gateway.tokens.browse(url))
        self.assertEqual(status, 1, text)
        self.assertIn("check app-key and app-secret-file of [aliexpress api]", text)
        self.gateway.secret, self.gateway.skew = right, 3 * 3600
        login, url = self.login(appeald)
        status, text = self.pasted(login, self.gateway.tokens.browse(url))
        self.assertIn("clock is 3h behind the platform's", text)

    def test_a_consent_that_cannot_be_renewed(self):
        self.gateway.tokens.refreshable = False
        appeald = self.appeald(token=False, watch="disputes")
        login, url = self.login(appeald)
        status, text = self.pasted(login, self.gateway.tokens.browse(url))
        self.assertIn("nothing to renew it with", text)
        appeald.start()
        self.seen(LIST)

    def test_secrets_stay_where_they_are(self):
        """Key, tokens and code: in no log, error, status, export, ledger or webhook."""
        self.violations = ("",)
        appeald = self.appeald(token=False).start()
        login, url = self.login(appeald)
        status, printed = self.pasted(login, self.gateway.tokens.browse(url))
        self.assertEqual(status, 0, printed)
        self.gateway.store.add_issue(int(time.time()) + 3 * DAY)
        self.told(lambda d: of_case(d, "order.dispute"))
        # A gateway that repeats all the secrets there are, in an error.
        self.gateway.fail("*", Say(200, {"error_response": {"code": 27, "msg": " ".join(self.gateway.secrets())}}))
        self.told(lambda d: "appealctl login" in json.dumps(d))
        self.gateway.heal()
        self.gateway.fail("*", Say(200, {"error_response": {"code": 15, "msg": "x=" + ",".join(self.gateway.secrets())}}))
        wait_for(lambda: len(self.gateway.calls) > 3)
        self.gateway.heal()
        self.seen(LIST)
        texts = {"log": appeald.output(), "login": printed}
        for command in ("status", "check", "export"):
            texts[command] = appeald.ctl(command)[1]
        texts["status --json"] = appeald.ctl("status", "--json")[1]
        texts["webhooks"] = " ".join(r.body.decode() for r in self.peer.requests)
        for name in ("ledger.db", "ledger.db-wal"):
            with open(os.path.join(appeald.state, name), "rb") as file:
                texts[name] = file.read().decode("latin-1")
        for secret in self.gateway.secrets():
            for where, text in texts.items():
                self.assertNotIn(secret, text, where)


def find_all(node, key):
    """Every object below @node that has @key."""
    if isinstance(node, dict):
        yield from [node] if key in node else []
    for below in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
        yield from find_all(below, key)


class CheckTest(PlatformTest):
    def test_online(self):
        appeald = self.appeald()
        status, text = appeald.ctl("check", "--online")
        for word in ("diagnosis", "disputes", "products"):
            self.assertRegex(text, word + r"\W.*understood")
        self.verdicts_with_their_remedies(appeald)
        self.gateway.forbidden.add(PRODUCTS)
        self.gateway.fail(LIST, "signature-25")
        status, text = appeald.ctl("check", "--online")
        self.assertNotEqual(status, 0)
        self.assertIn("insufficient permissions", text)
        self.assertIn("app-secret-file", text)
        for secret in self.gateway.secrets():
            self.assertNotIn(secret, text)

    def verdicts_with_their_remedies(self, appeald):
        """What a seller is told of each trouble, and what to do."""
        for trouble, verdict, advice in (
                ("signature-iop", "bad", "app-secret-file"), ("session-27", "bad", "appealctl login api"), ("permission-12", "bad", "console"),
                ("method-22", "bad", "newer appeald"), ("nobody-knows-isv", "bad", "mend what"), ("app-key", "bad", "app-key"),
                ("ban-old", "warn", "too often"), ("500", "warn", "wait"), ("portal", "warn", "sign-in"), ("empty", "warn", "sign-in"),
                ("redirect", "warn", "wait"), ("dropped", "bad", "network"), ("inside-suspended", "bad", "mend what")):
            with self.subTest(trouble):
                self.gateway.fail(LIST, trouble)
                steps = json.loads(appeald.ctl("check", "--online", "--json")[1])
                step = next(s for s in find_all(steps, "what") if s["what"] == "disputes")
                self.assertEqual(step["verdict"], verdict, step)
                self.assertIn(advice, step["remedy"], step)
                self.gateway.heal()
        self.violations = ("timestamp",)
        self.gateway.skew = -3 * 3600
        text = appeald.ctl("check", "--online")[1]
        self.assertIn("this machine's clock is 3h ahead of the platform's", text)
        self.assertIn("this machine's clock is 3h ahead of that of", text)
        self.gateway.skew = 0

    def test_an_answer_that_was_saved(self):
        appeald, store = self.appeald(), self.gateway.store
        store.level = 300
        issue = store.add_issue(1795000000)
        store.add_problem("BRAND_TYPE")
        answers = {"health": store.diagnosis({}), "list": store.issue_list({"query_dto": "{}"}), "products": store.problem_page({}),
                   "detail": store.issue_detail({"issue_id": str(issue), "buyer_login_id": "ru1234567890"}),
                   "error": {"error_response": {"code": 7, "msg": "App Call Limited", "sub_msg": "This ban will last for 2 more seconds"}}}
        wanted = {"health": "account.freeze", "list": "order.dispute", "products": "ip.trademark", "detail": iso(1795000000), "error": "wait"}
        for name, answer in answers.items():
            with self.subTest(name):
                path = os.path.join(self.folder, name + ".json")
                with open(path, "w") as file:
                    json.dump(answer, file, default=list)
                status, text = appeald.ctl("explain", "--api", path)
                self.assertIn(wanted[name], text)
                self.assertEqual(status, 3 if name == "error" else 0)
                if name != "error":
                    status, text = appeald.ctl("explain", "--api", "--json", path)
                    self.assertEqual(json.loads(text)["authenticity"], "genuine")


if __name__ == "__main__":
    unittest.main()

"""Rounds of the platform's endpoints as a seller with a large store meets them: thousands
of chats, lists that move while they are read or come short, one record that makes
trouble, a ban.  Nothing is lost, nothing is closed that runs, nothing starves."""

import json
import os
import tempfile
import time
import unittest

import samples
from harness import deliver, make_maildir, wait_for
from platform_part import cases_of, write_token
from test_platform import DAY, DETAIL, LIST, ORDERS, PRODUCTS, PlatformTest, iso, of_case

BUYERS, CHAT = "aliexpress/message/history/buyer/list", "aliexpress/message/history/list"

NOTICE = ("Your product 10050061234{0:05} was removed for trademark infringement. Case number IPR20261125{0:05}. "
          "6 points are deducted. Please appeal within 3 business days.")


class ChatTest(PlatformTest):
    def test_a_store_with_thousands_of_chats(self):
        store, now = self.gateway.store, time.time()
        for n in range(2100):
            store.say("Hello, is it in stock?", buyer=3000000000 + n, at=now - 7200 + n, system=False)
        for n in (0, 1000, 2099):  # in an old one, one in between, the newest
            store.say(NOTICE.format(n), buyer=3000000000 + n, at=now - 7200 + n)
        appeald = self.appeald(watch="messages").start()
        wait_for(lambda: len(cases_of(appeald)) == 3, 240, what=lambda: cases_of(appeald))
        self.peer.wait(1)
        rounds = len(self.gateway.of(CHAT))
        self.seen(BUYERS, 3)
        self.assertLess(len(self.gateway.of(CHAT)) - rounds, 2100)  # what was read is not read again
        self.assertNotIn("BLIND", appeald.ctl("status")[1])

    def test_a_chat_that_is_not_to_be_had(self):
        store, now = self.gateway.store, time.time()
        appeald = self.appeald(watch="messages").start()
        self.seen(BUYERS)
        store.broken.add("3000000009")
        for n in range(10):
            store.say(NOTICE.format(n), buyer=3000000000 + n, at=now - 100 + n)
        wait_for(lambda: len(cases_of(appeald)) == 9, 40, what=lambda: len(cases_of(appeald)))
        self.told(lambda d: "system busy" in json.dumps(d))
        store.broken.clear()
        wait_for(lambda: len(cases_of(appeald)) == 10, 40, what=lambda: len(cases_of(appeald)))
        wait_for(lambda: "BLIND" not in appeald.ctl("status")[1], what=lambda: appeald.ctl("status")[1])

    def test_two_messages_of_one_millisecond(self):
        store, appeald = self.gateway.store, self.appeald(watch="messages").start()
        self.seen(BUYERS)
        at = time.time() - 5
        store.say(NOTICE.format(1), at=at)
        wait_for(lambda: len(cases_of(appeald)) == 1, what=lambda: cases_of(appeald))
        self.seen(BUYERS)
        store.say(NOTICE.format(2), at=at)
        wait_for(lambda: len(cases_of(appeald)) == 2, what=lambda: cases_of(appeald))
        self.seen(BUYERS, 3)
        self.assertEqual(len(self.peer.requests), 2)


class ListTest(PlatformTest):
    def states(self, appeald):
        return [case["state"] for case in cases_of(appeald)]

    def test_a_list_that_comes_short_closes_nothing(self):
        store = self.gateway.store
        for n in range(60):
            store.add_problem("TORT_TYPE" if n < 50 else "BRAND_TYPE")
        appeald = self.appeald(watch="products").start()
        wait_for(lambda: self.states(appeald) == ["open"] * 2, what=lambda: cases_of(appeald))
        store.paging = "short"
        self.told(lambda d: "50 of 60" in json.dumps(d))
        self.assertEqual(self.states(appeald), ["open"] * 2)
        self.assertIn("BLIND", appeald.ctl("status")[1])
        with store.lock:
            store.paging = "right"
            del store.problems[50:]
        wait_for(lambda: sorted(self.states(appeald)) == ["closed", "open"], 30, what=lambda: cases_of(appeald))
        wait_for(lambda: "BLIND" not in appeald.ctl("status")[1], what=lambda: appeald.ctl("status")[1])

    def test_disputes_that_come_and_go_between_pages(self):
        store = self.gateway.store
        issues = [store.add_issue(int(time.time()) + 3 * DAY) for _ in range(120)]
        newest = iter(list(reversed(issues)))

        def move(page):
            """One ends after each first page, so that another steps from the second page to the first."""
            if page == 1 and len(store.issues) > 110:
                store.issues.pop(next(newest))
        store.on_page = move
        appeald = self.appeald(watch="disputes").start()
        wait_for(lambda: len(store.issues) == 110 and len(self.gateway.of(DETAIL)) >= 110, 60, what="ten that ended")
        self.seen(LIST, 6)
        runs = {str(issue) for issue in store.issues}
        told = {case["case_ref"] for case in cases_of(appeald)}
        self.assertEqual(runs - told, set())
        self.assertEqual({case["case_ref"] for case in cases_of(appeald) if case["state"] == "open"} & runs, runs)

    def test_one_dispute_does_not_starve_the_others(self):
        store, appeald = self.gateway.store, self.appeald(watch="disputes").start()
        self.seen(LIST)
        until = int(time.time()) + 2 * DAY
        good = [store.add_issue(until) for _ in range(3)]
        bad = store.add_issue(until, detail="wait_for_your_evidence")  # the newest stands first
        store.broken.add(bad)
        wait_for(lambda: {str(issue) for issue in good} <= {case["case_ref"] for case in cases_of(appeald)}, what=lambda: cases_of(appeald))
        # What stays so is told, of what the list says; and exactly when its record comes.
        case = self.case(appeald, case_ref=str(bad))
        self.assertEqual(case["basis"], "estimated")
        self.told(lambda d: "system busy" in json.dumps(d) and of_case(d, "order.dispute"))
        wait_for(lambda: "BLIND" in appeald.ctl("status")[1], what=lambda: appeald.ctl("status")[1])
        store.broken.clear()
        self.case(appeald, case_ref=str(bad), basis="stated", deadline=iso(until))
        wait_for(lambda: "BLIND" not in appeald.ctl("status")[1], 30, what=lambda: appeald.ctl("status")[1])

    def test_the_summary_does_not_wait_for_one(self):
        store = self.gateway.store
        issues = [store.add_issue(int(time.time()) + 3 * DAY) for _ in range(3)]
        store.broken.add(issues[1])
        appeald = self.appeald(watch="disputes").start()
        wait_for(lambda: len(cases_of(appeald)) == 3, 40, what=lambda: cases_of(appeald))
        self.told(lambda d: d.get("alert") == "summary" or "summary" in json.dumps(d))


class BanTest(PlatformTest):
    def test_nobody_asks_within_a_ban(self):
        appeald = self.appeald(watch="disputes, diagnosis")
        self.gateway.tokens.access_lives = 8
        write_token(appeald, self.gateway)
        appeald.start()
        self.seen(LIST)
        self.gateway.quota[LIST] = (0, 1, 7200)
        self.told(lambda d: "allows no question for 2h" in json.dumps(d))
        calls, renewed = len(self.gateway.of(LIST)), len(self.gateway.of("/auth/token/refresh", "ok"))
        # A new token makes it look at once.
        wait_for(lambda: len(self.gateway.of("/auth/token/refresh", "ok")) >= renewed + 2, 60, what="two renewals")
        self.seen("aliexpress.merchant.diagnosis.query")
        self.assertEqual(len(self.gateway.of(LIST)), calls)
        appeald.reload()
        self.seen("aliexpress.merchant.diagnosis.query", 3)
        self.assertEqual(len(self.gateway.of(LIST)), calls)
        appeald.stop()
        self.assertIn("allows no question", appeald.run("--once")[1])
        self.assertEqual(len(self.gateway.of(LIST)), calls)


class FirstContactTest(PlatformTest):
    def test_all_topics_are_one_summary(self):
        store, now = self.gateway.store, time.time()
        store.level, store.issue_num = 300, 2
        store.add_issue(int(now) + 2 * DAY)
        store.add_issue(int(now) - DAY)  # over before we came
        store.add_problem("TORT_TYPE")
        store.add_abnormal(int(now) + 2 * DAY)
        store.say(NOTICE.format(1), at=now - DAY)
        store.say(NOTICE.format(2), at=now - 20 * DAY)  # its three working days are over
        appeald = self.appeald(watch="diagnosis, disputes, products, orders, messages").start()
        wait_for(lambda: len(cases_of(appeald)) == 5, 40, what=lambda: cases_of(appeald))
        self.peer.wait(1)
        for pattern in (LIST, PRODUCTS, ORDERS, BUYERS):
            self.seen(pattern)
        self.assertEqual([r.data["alert"] for r in self.peer.requests], ["summary"])
        self.assertEqual(len(self.peer.requests[0].data["cases"]), 5)

    def test_one_topic_that_is_not_to_be_had_holds_nothing_up(self):
        store = self.gateway.store
        store.add_issue(int(time.time()) + 2 * DAY)
        self.gateway.forbidden.add(PRODUCTS)
        self.gateway.fail(ORDERS, "500")
        self.appeald(watch="orders, products, disputes").start()
        self.told(lambda d: d.get("alert") == "summary")
        # What is seen late is told as soon as it is seen, in a summary of its own.
        self.gateway.store.add_abnormal(int(time.time()) + 2 * DAY)
        self.gateway.heal()
        wait_for(lambda: len([r for r in self.peer.requests if r.data.get("alert") == "summary"]) == 2, 30,
                 what=lambda: [r.body[:200] for r in self.peer.requests])


class SameMatterTest(PlatformTest):
    def boxed(self, watch):
        box = make_maildir(os.path.join(self.folder, "box"))
        more = f"[maildir box]\npath = {box}\nauthserv-id = {samples.AUTHSERV}\n"
        appeald = self.appeald(watch=watch, more=more).start()
        return appeald, lambda subject, text, name: deliver(box, samples.message(subject, text), name)

    def both(self, appeald, case):
        """Mail and platform have each written into @case, and there is no other."""
        def history():
            return appeald.ctl("show", str(case["id"]))[1].partition("History")[2].partition("Alerts")[0]
        wait_for(lambda: "mail:" in history() and "platform:" in history(), what=lambda: history() + str(cases_of(appeald)))
        self.assertEqual(len(cases_of(appeald)), 1)

    FREEZE = ("Your store has been frozen", "Dear seller,\n\nYour store has been frozen for 7 days because of serious violations. "
              "You may appeal within 7 days.\n\nAliExpress")

    def test_a_freeze(self):
        store = self.gateway.store
        appeald, mail = self.boxed("diagnosis")
        self.seen("aliexpress.merchant.diagnosis.query")
        mail(*self.FREEZE, "1.mail")
        case = self.case(appeald, category="account.freeze", state="open")
        store.level = 300
        self.both(appeald, case)
        store.level = 0
        self.case(appeald, id=case["id"], state="won")
        self.assertEqual(len(cases_of(appeald)), 1)

    def test_a_freeze_that_the_platform_tells_of_first(self):
        appeald, mail = self.boxed("diagnosis")
        self.seen("aliexpress.merchant.diagnosis.query")
        self.gateway.store.level = 300
        case = self.case(appeald, category="account.freeze", state="open")
        mail(*self.FREEZE, "1.mail")
        self.both(appeald, case)

    def notice(self, product):
        return ("Your product was removed for infringement of intellectual property rights",
                f"Dear seller,\n\nYour product {product} has been removed for trademark infringement. Case number IPR2026112500001. "
                "6 points are deducted. Please appeal within 5 working days.\n\nAliExpress")

    def test_a_product(self):
        for first in ("mail", "platform"):
            with self.subTest(first=first):
                self.folder = tempfile.mkdtemp(dir=self.folder)
                store = self.gateway.store
                store.problems.clear()
                appeald, mail = self.boxed("products")
                self.seen(PRODUCTS)
                product = 1005006123456000 + (first == "mail")
                steps = [lambda: mail(*self.notice(product), "1.mail"), lambda: store.add_problem("BRAND_TYPE", product=product)]
                for step in steps if first == "mail" else reversed(steps):
                    step()
                    wait_for(lambda: cases_of(appeald), what="a case")
                    self.seen(PRODUCTS)
                case = self.case(appeald, kind="penalty", points=6, case_ref="IPR2026112500001")
                self.both(appeald, case)
                # The product is gone: the points are not.
                store.problems.clear()
                self.seen(PRODUCTS, 3)
                self.assertEqual([c["state"] for c in cases_of(appeald)], ["open"])
                # Others of the same kind are a matter of their own: what becomes of one is not what becomes of all.
                for _ in range(3):
                    store.add_problem("BRAND_TYPE")
                wait_for(lambda: len(cases_of(appeald)) == 2, what=lambda: cases_of(appeald))
                appeald.stop()


class OrderTest(PlatformTest):
    def test_however_its_members_are_called(self):
        """Of abnormal orders nothing is published but that they have a deadline."""
        left = {"over_time": "over_time_left"}
        for names in ({"trade_order_id": "order_id", "over_time": "timeout_trigger_time", "result": "data_list"},
                      {"id": "", "abnormal_reason": "reason", "over_time": "deadline", "total_count": "total_item"}, left):
            with self.subTest(names=names):
                store = self.gateway.store
                store.abnormal.clear()
                store.abnormal_names = names
                appeald = self.appeald(watch="orders").start()
                self.seen(ORDERS)
                until = int(time.time()) + 2 * DAY
                order = store.add_abnormal("172800000" if names is left else until)
                case = wait_for(lambda: next((c for c in cases_of(appeald) if c["orders"] == [str(order)]), None), what=lambda: cases_of(appeald))
                self.assertEqual(case["basis"], "stated")
                if names is not left:
                    self.assertEqual(case["deadline"], iso(until))
                self.seen(ORDERS, 3)
                self.assertEqual(len([r for r in self.peer.requests if str(order) in r.body.decode()]), 1)
                store.abnormal.clear()
                self.case(appeald, id=case["id"], state="closed")
                appeald.stop()

    def test_a_clock_that_cannot_be_read_is_told(self):
        store, appeald = self.gateway.store, self.appeald(watch="orders").start()
        self.seen(ORDERS)
        order = store.add_abnormal("soon")
        alert = self.told(lambda d: str(order) in json.dumps(d))
        case = wait_for(lambda: next((c for c in cases_of(appeald) if c["orders"] == [str(order)]), None), what=lambda: cases_of(appeald))
        self.assertIn("its clock could not be read", appeald.ctl("show", str(case["id"]))[1] + json.dumps(alert))


if __name__ == "__main__":
    unittest.main()

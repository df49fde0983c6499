"""Rounds of the platform's endpoints as a seller with a large store meets them: thousands
of chats, lists that move while they are read or come short, one record that makes
trouble, a ban.  Nothing is lost, nothing is closed that runs, nothing starves."""

import json
import time
import unittest

from harness import wait_for
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
        wait_for(lambda: len(cases_of(appeald)) == 3, 120, what=lambda: cases_of(appeald))
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

"""The platform's own endpoints: from the answer of a gateway that was written from
its documents to a webhook."""

import os
import tempfile
import time
import unittest

from harness import SECRET, Appeald, WebhookPeer, wait_for
from platform_part import SOURCE, Gateway, cases_of, config_of, write_token


class PlatformTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="apd-platform-")
        self.gateway, self.peer = Gateway(), WebhookPeer()
        self.addCleanup(self.gateway.close)
        self.addCleanup(self.peer.close)

    def appeald(self, **more):
        appeald = Appeald(config_of(self.gateway, self.folder, self.peer, **more), os.path.join(self.folder, "apd"))
        self.addCleanup(appeald.close)
        write_token(appeald, self.gateway)
        return appeald

    def alert(self, number):
        return self.peer.wait(number)[number - 1]

    def seen(self, pattern, more):
        """Waits for @more further good calls of @pattern."""
        before = len(self.gateway.of(pattern, "ok"))
        wait_for(lambda: len(self.gateway.of(pattern, "ok")) >= before + more, what=lambda: f"{more} calls of {pattern}\n{self.gateway.calls}")

    def tearDown(self):
        self.assertEqual(self.gateway.violations, [])


class DisputeTest(PlatformTest):
    def test_from_the_answer_to_the_webhook(self):
        appeald = self.appeald(watch="disputes").start()
        self.seen("aliexpress.issue.issuelist.get", 1)
        until = int(time.time()) + 3 * 86400
        issue = self.gateway.store.add_issue(until)
        alert = self.alert(1)
        self.assertTrue(alert.signed_by(SECRET))
        case = alert.data["case"] if "case" in alert.data else alert.data
        self.assertEqual(case["category"], "order.dispute")
        self.assertEqual(case["case_ref"], str(issue))
        self.assertEqual(case["deadline"], time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(until)))
        self.assertEqual(case["basis"], "stated")
        self.assertEqual(appeald.stop()[0], 0)


if __name__ == "__main__":
    unittest.main()

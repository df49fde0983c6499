"""What appeald sends, judged by what others wrote: packages of the services'
own communities (tests/validators), and a real Alertmanager."""

import json
import os
import subprocess
import unittest
import urllib.request

import samples
from alertmanager import Alertmanager
from channels import APPEAL, Daemon
from harness import ROOT, wait_for
from peers import PEERS
from test_channels import HOSTILE, notice
from test_channels_peers import DISCORD, SLACK, TEAMS, TELEGRAM, dress, put

PACKAGES = os.path.join(ROOT, "build", "validators")
JUDGED = ["teams", "discord", "slack", "telegram", "webhook"]


def judge(payloads):
    if not os.path.exists(os.path.join(PACKAGES, "done")):
        subprocess.run(["make", "-s", "validators"], cwd=ROOT, check=True, timeout=600)
    done = subprocess.run(["node", os.path.join(ROOT, "tests/validators/judge.js"), PACKAGES], input=json.dumps(payloads).encode(),
                          check=True, stdout=subprocess.PIPE, timeout=300)
    return json.loads(done.stdout)


class JudgesTest(unittest.TestCase):
    """The judges themselves: they take what is right, and not what is wrong."""

    def payload(self, kind, body, **more):
        with PEERS[kind]() as peer:
            _, headers, data = dress(peer, body)
            return {"kind": kind, "headers": headers | more, "body": data.decode(), "secret": getattr(peer, "secret", None)}

    def test_right_and_wrong(self):
        event = {"type": "appeal.deadline", "timestamp": "2026-01-01T00:00:00Z", "data": {}}
        right = [self.payload("teams", TEAMS), self.payload("discord", DISCORD), self.payload("slack", SLACK),
                 self.payload("telegram", TELEGRAM), self.payload("webhook", event)]
        wrong = [self.payload("teams", put(TEAMS, "attachments.0.content.body.0.type", "TextBlok")),
                 self.payload("teams", put(TEAMS, "attachments.0.content.actions.0.type", "Action.Open")),
                 self.payload("teams", put(TEAMS, "attachments.0.content.body.0.size", "Gigantic")),
                 self.payload("teams", put(TEAMS, "attachments.0.content.body.0.text", "see [here](https://evil.example/)")),
                 self.payload("discord", put(DISCORD, "embeds.0.title", "x" * 257)),
                 self.payload("discord", put(DISCORD, "allowed_mentions.parse", ["all"])),
                 self.payload("slack", put(SLACK, "blocks.0.text.type", "mrkdwn")),
                 self.payload("slack", put(SLACK, "blocks.2.elements.0.style", "loud")),
                 self.payload("telegram", put(TELEGRAM, "parse_mode", "Html")),
                 self.payload("telegram", put(TELEGRAM, "chat_id", None)),
                 self.payload("webhook", event, **{"webhook-signature": "v1,AAAA"})]
        said = judge(right + wrong)
        self.assertEqual([one for one in said[:len(right)] if one], [])
        for payload, complaints in zip(wrong, said[len(right):]):
            self.assertNotEqual(complaints, [], payload["body"])


class PayloadsTest(Daemon):
    """Notices of every hostility, a summary, a refusal and a test."""

    @classmethod
    def add_channels(cls):
        for kind in JUDGED:
            cls.add_peer(kind, kind)
        for kind in JUDGED:  # the plain form too
            if getattr(PEERS[kind], "rich_refusal", None):
                cls.add_peer(kind, kind + "-plain").rich_refused = PEERS[kind].rich_refusal

    @classmethod
    def before_start(cls):
        for number in range(12):
            cls.put(notice("An older notice", f"IPR2026110000{number:02}", samples.ahead(days=3, hours=number), samples.ahead(days=-6)))

    def test_payloads(self):
        self.appeald.ctl("test", "--all")
        for number, (name, (subject, _)) in enumerate(HOSTILE.items()):
            case = f"IPR20261126{number:05}"
            self.put(notice(subject, case, samples.ahead(hours=2 + 30 * number)))
            wait_for(lambda: all(any(case in call.shown.text for call in list(peer.taken)) for peer in self.peers.values()), 60, name)
        payloads = [{"kind": peer.kind, "headers": call.headers, "body": call.body.decode(), "secret": getattr(peer, "secret", None)}
                    for peer in self.peers.values() for call in peer.calls]
        self.assertGreater(len(payloads), 80)
        for payload, complaints in zip(payloads, judge(payloads)):
            self.assertEqual(complaints, [], f"{payload['kind']}: {payload['body']}")


class AlertmanagerTest(Alertmanager, Daemon):
    """The real one."""

    @classmethod
    def add_channels(cls):
        cls.start_alertmanager()

    def of_case(self, case):
        return [alert for alert in self.alerts() if case in json.dumps(alert)]

    def test_one_alert_for_each_case(self):
        deadline = samples.ahead(days=3).replace(microsecond=0)
        for number, (name, (subject, _)) in enumerate(HOSTILE.items()):
            case = f"IPR20261126{number:05}"
            self.put(notice(subject, case, deadline))
            wait_for(lambda: self.of_case(case), 30, f"{name}: {self.delivery('ops')}")
        alerts = self.alerts()
        self.assertEqual(len(alerts), len(HOSTILE))
        for alert in alerts:
            self.assertTrue(alert["labels"]["alertname"])
            self.assertIn(APPEAL, json.dumps(alert))
        # Told again, it is still the same alert.
        number, = self.rows("SELECT id FROM cases WHERE case_ref = 'IPR2026112600000'")[0]
        self.owe("ops", "--case", str(number), "--reason", "step")
        wait_for(lambda: not self.rows("SELECT 1 FROM deliveries WHERE state = 'owed'"), 30, "told again")
        self.assertEqual(len(self.alerts()), len(HOSTILE))

    def test_what_it_refuses_is_seen(self):
        """The peer of Alertmanager and the real one agree on what is wrong."""
        from test_channels_peers import ALERTMANAGER, WRONG
        for body in [ALERTMANAGER] + [body for kind, body in WRONG if kind == "alertmanager"]:
            request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/v2/alerts", json.dumps(body).encode(),
                                             {"Content-Type": "application/json"})
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    status = answer.status
            except urllib.error.HTTPError as error:
                status = error.code
                error.close()
            self.assertEqual(status == 200, body is ALERTMANAGER, body)


if __name__ == "__main__":
    unittest.main()

"""Every trouble of the platform's gateway, for as long as it lasts: one appeald asks
as many gateways as there are troubles, each of which plays one. What may pass is
tried again, what a person must mend is told with its remedy, what is gone is left
alone; when they heal, every gateway is seen again and nothing was lost."""

import json
import os
import tempfile
import time
import unittest

from harness import SECRET, SLOW, Appeald, WebhookPeer, pause, write_private
from peers.gateway import Gateway
from peers.gateway_faults import ERRORS, HTTP, ODD, TOKEN_ERRORS
from platform_part import place_token

LIST, HEALTH, REFRESH = "aliexpress.issue.issuelist.get", "aliexpress.merchant.diagnosis.query", "/auth/token/refresh"
LEFT = ("forbidden", "gone")


class Played:
    """A gateway, the trouble it plays, and the section that asks it."""

    def __init__(self, trouble, of_token):
        self.trouble, self.of_token = trouble, of_token
        self.name = ("token-" if of_token else "") + trouble.name
        self.section = f"aliexpress {self.name}"
        self.gateway = Gateway()
        self.gateway.fail(REFRESH if of_token else LIST, trouble.name)

    def config(self, folder):
        secret = write_private(os.path.join(folder, f"{self.name}.secret"), self.gateway.secret + "\n")
        return (f"[{self.section}]\ngateway = {self.gateway.base}\napp-key = {self.gateway.app_key}\napp-secret-file = {secret}\n"
                "redirect = https://seller.example/callback\nwatch = diagnosis, disputes\npoll = 1s\n")

    def write_token(self, state, expires=None):
        given = self.gateway.tokens.issue(self.gateway.now() + self.gateway.tokens.refresh_lives)
        now = int(time.time())
        token = {"version": 1, "access_token": given["access_token"], "refresh_token": given["refresh_token"], "user": self.gateway.app_key,
                 "client_id": self.gateway.app_key, "token_url": self.gateway.base + "/rest/auth/token/refresh", "obtained": now,
                 "expires": now + (expires or given["expires_in"]), "login": now, "refresh_expires": given["refresh_token_valid_time"] // 1000}
        folder = os.path.join(state, "tokens")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        place_token(folder, f"aliexpress@{self.name}.token", token)

    def calls(self):
        return self.gateway.of(REFRESH if self.of_token else LIST)


class TroublesTest(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-troubles-"))
        self.hook = self.enterContext(WebhookPeer())
        url = write_private(os.path.join(self.folder, "hook.url"), self.hook.url + "\n")
        key = write_private(os.path.join(self.folder, "hook.secret"), SECRET + "\n")
        # No bomb and no giants at once: they are memory's business.
        troubles = [trouble for trouble in ERRORS + HTTP + ODD if trouble.name not in ("bomb", "giant")]
        self.played = [Played(trouble, False) for trouble in troubles] + [Played(trouble, True) for trouble in TOKEN_ERRORS]
        for played in self.played:
            self.addCleanup(played.gateway.close)
        config = "[appeald]\nblind-limit = 2s\n" + "".join(played.config(self.folder) for played in self.played)
        self.appeald = Appeald(config + f"[channel hook]\ntype = webhook\nurl-file = {url}\nsecret-file = {key}\n", os.path.join(self.folder, "apd"))
        self.addCleanup(self.appeald.close)
        for played in self.played:
            played.write_token(self.appeald.state, -5 if played.of_token else None)

    def told(self, played):
        """What was told of its section."""
        return [text for text in (json.dumps(r.data, ensure_ascii=False) for r in list(self.hook.requests))
                if f'"{played.section}"' in text or f'"{played.section}:' in text]

    def missing(self, played):
        """What has not happened yet, while the trouble lasts; "" when all has."""
        remedy, calls, told = played.trouble.remedy, played.calls(), self.told(played)

        def lacks(*words):
            said = told + [self.status.get(played.section, "")]
            return "" if any(word in text for text in said for word in words) else f"one of {words} is not told: {said}"
        if remedy in ("again", "told"):
            return "not tried again" if len(calls) < 4 else "" if played.of_token else lacks("")
        if remedy == "wait":
            return "" if len(calls) >= 3 else "not asked again after the ban"
        if remedy == "refresh":
            return lacks(f"appealctl login {played.name}") if played.gateway.of(REFRESH) else "the token is not renewed"
        if remedy == "consent":
            return lacks(f"appealctl login {played.name}", "app-key")
        if remedy == "clock":
            return lacks("clock", "app-secret-file")
        if remedy in LEFT:
            return lacks(LIST)
        if remedy == "fix":
            return lacks(f"the platform refuses {LIST}")
        return "" if played.gateway.of(LIST, played.trouble.name) else "not asked"

    def wait_all(self, seconds, missing):
        end = time.monotonic() + seconds * (3 if SLOW else 1)
        while True:
            read = json.loads(self.appeald.ctl("status", "--json")[1])
            self.status = {played.section: "".join(json.dumps(one, ensure_ascii=False) for one in read["sources"]
                                                   if json.dumps(one).find(f'"{played.section}"') >= 0) for played in self.played}
            if time.monotonic() > end or not any(missing(played) for played in self.played):
                break
            pause(1)
        for played in self.played:
            with self.subTest(played.name, remedy=played.trouble.remedy):
                self.assertEqual(missing(played)[:600], "", [(c.name, c.outcome) for c in played.gateway.calls[-6:]] + self.told(played))

    def check_at_the_end(self, played):
        """Whatever the list of disputes said, the rest went on."""
        remedy, told = played.trouble.remedy, self.told(played)
        if remedy == "wait":
            times = [call.at for call in played.calls()]
            self.assertGreater(min(b - a for a, b in zip(times, times[1:])), played.trouble.seconds + 0.9)
        if remedy in LEFT:
            self.assertLessEqual(len(played.calls()), 2, "asked again and again for what is not there")
            self.assertEqual(len(told), 1, "told more than once")
        if remedy == "fix":
            self.assertLessEqual(len(played.calls()), 7, "asked again and again for what does not pass")
        if not played.of_token and remedy not in ("refresh",):
            self.assertGreaterEqual(len(played.gateway.of(HEALTH, "ok")), 3, "the health is not asked for any more")
        if remedy is None:
            self.assertEqual(told, [], "told of an answer that was good")
        self.assertEqual(played.gateway.violations, [])

    def test_each_for_as_long_as_it_lasts(self):
        self.appeald.start()
        self.wait_all(75, self.missing)
        for played in self.played:
            with self.subTest(played.name, remedy=played.trouble.remedy):
                self.check_at_the_end(played)
        self.heal()

    def heal(self):
        refs = {}
        for played in self.played:
            played.gateway.heal()
            if played.of_token or played.trouble.remedy in ("refresh", "fix"):  # as after a login, what waits long is asked for at once
                played.write_token(self.appeald.state)
            if played.trouble.remedy not in LEFT or played.of_token:
                issue = played.gateway.store.add_issue(int(time.time()) + 3 * 86400, issue=9007199254741001 + 2 * len(refs),
                                                       order=8190000000000001 + 2 * len(refs))
                refs[str(played.gateway.store.issues[issue]["order_id"])] = played
        orders = {played: order for order, played in refs.items()}

        def lacks(played, asked_seldom):
            awaited = played in orders and asked_seldom >= (played.trouble.remedy == "fix")
            told = awaited and any(orders[played] in r.body.decode() for r in list(self.hook.requests))
            return "its dispute is not told" if awaited and not told else ""
        self.wait_all(60, lambda played: lacks(played, False))
        self.appeald.reload()  # whoever mended it need not wait
        self.wait_all(60, lambda played: lacks(played, True))
        secrets = [secret for played in self.played for secret in played.gateway.secrets()]
        text = self.appeald.output() + "".join(r.body.decode() for r in self.hook.requests)
        self.assertEqual([secret for secret in secrets if secret in text], [])


if __name__ == "__main__":
    unittest.main()

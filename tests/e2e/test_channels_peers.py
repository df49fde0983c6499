"""The peers themselves: what the services document as right is taken, and each
broken rule is seen; known vectors of the signatures."""

import base64
import hashlib
import hmac
import http.client
import json
import time
import unittest
import urllib.parse

from peers import PEERS, markup, robots
from peers.base import Broken, Text, shape

# The documents' own examples.
SLACK = {"text": "Fallback: violation AE-1, appeal until 2026-01-05 12:00 UTC",
         "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "AliExpress violation"}},
                    {"type": "section", "text": {"type": "mrkdwn", "text": "*IP complaint*\nPoints: 2 &lt;b&gt;"},
                     "fields": [{"type": "mrkdwn", "text": "*Deadline*\n2026-01-05 12:00 UTC"}]},
                    {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Open"},
                                                      "url": "https://example.org/"}]},
                    {"type": "context", "elements": [{"type": "mrkdwn", "text": "appeald"}]}]}
DISCORD = {"username": "appeald", "allowed_mentions": {"parse": []},
           "embeds": [{"title": "AliExpress violation", "url": "https://example.org/", "description": "IP complaint",
                       "color": 14242639, "timestamp": "2026-01-01T00:00:00Z",
                       "fields": [{"name": "Deadline", "value": "2026-01-05 12:00 UTC", "inline": True}],
                       "footer": {"text": "appeald"}}]}
TEAMS = {"type": "message", "attachments": [{
    "contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None,
    "content": {"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
                "body": [{"type": "TextBlock", "text": "AliExpress violation", "weight": "Bolder", "size": "Medium", "wrap": True},
                         {"type": "FactSet", "facts": [{"title": "Deadline", "value": "2026-01-05 12:00 UTC"}]}],
                "actions": [{"type": "Action.OpenUrl", "title": "Open", "url": "https://example.org/"}]}}]}
TELEGRAM = {"chat_id": "-1001234567890", "text": "<b>AliExpress violation</b>\nIP complaint &lt;x&gt;", "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True}, "disable_notification": False}
MATTERMOST = {"text": "…", "username": "appeald", "priority": {"priority": "urgent"},
              "attachments": [{"fallback": "…", "color": "#d9534f", "title": "…", "title_link": "https://example.org/", "text": "…",
                               "fields": [{"short": True, "title": "Deadline", "value": "…"}]}]}
ROCKETCHAT = {"text": "…", "alias": "appeald",
              "attachments": [{"title": "…", "title_link": "https://example.org/", "text": "…", "color": "#d9534f",
                               "fields": [{"short": True, "title": "Deadline", "value": "…"}]}]}
GOOGLECHAT = {"cardsV2": [{"cardId": "c1", "card": {"header": {"title": "AliExpress violation"}, "sections": [
    {"widgets": [{"decoratedText": {"topLabel": "Deadline", "text": "2026-01-05 12:00 UTC"}}]}]}}], "thread": {"threadKey": "case-1"}}
FEISHU = {"msg_type": "interactive", "card": {
    "header": {"template": "red", "title": {"tag": "plain_text", "content": "违规通知"}},
    "elements": [{"tag": "div", "text": {"tag": "lark_md", "content": "**截止** 2026-01-05"}}]}}
NTFY = {"topic": "planted-ntfy-topic", "title": "AliExpress violation", "message": "…", "priority": 5, "tags": ["rotating_light"],
        "click": "https://example.org/", "markdown": True,
        "actions": [{"action": "view", "label": "Open", "url": "https://example.org/"}]}
GOTIFY = {"title": "…", "message": "…", "priority": 8, "extras": {
    "client::display": {"contentType": "text/markdown"}, "client::notification": {"click": {"url": "https://example.org/"}}}}
PUSHOVER = {"token": "plantedpushovertoken0000000000", "user": "plantedpushoveruser00000000000", "message": "…", "title": "…",
            "url": "https://example.org/", "url_title": "Open", "priority": 2, "retry": 60, "expire": 3600, "html": 1}
BARK = {"device_key": "plantedBarkDeviceKey00", "title": "…", "subtitle": "…", "body": "…", "level": "timeSensitive",
        "group": "appeald", "url": "https://example.org/", "id": "case-1"}
SERVERCHAN = {"title": "违规通知", "desp": "markdown", "short": "…", "tags": "a|b"}
PAGERDUTY = {"routing_key": "plantedpagerdutyroutingkey000000", "event_action": "trigger", "dedup_key": "aliexpress/shop/case-1",
             "payload": {"summary": "AliExpress violation, appeal until 2026-01-05 12:00 UTC", "source": "appeald", "severity": "critical",
                         "timestamp": "2026-01-01T00:00:00Z", "custom_details": {"points": "2"}},
             "links": [{"href": "https://example.org/", "text": "Seller centre"}]}
ALERTMANAGER = [{"labels": {"alertname": "AliExpressViolation", "shop": "s1", "case": "1"}, "annotations": {"summary": "…"},
                 "startsAt": "2026-01-01T00:00:00Z", "endsAt": "2026-01-05T12:00:00Z", "generatorURL": "https://example.org/"}]
EXAMPLES = {
    "slack": [SLACK, {"text": "plain"}], "discord": [DISCORD, {"content": "plain", "allowed_mentions": {"parse": []}}], "teams": [TEAMS],
    "telegram": [TELEGRAM, {"chat_id": "-1001234567890", "text": "a < b"}], "mattermost": [MATTERMOST, {"text": "plain"}],
    "rocketchat": [ROCKETCHAT], "googlechat": [GOOGLECHAT, {"text": "*AliExpress violation* …"}],
    "matrix": [{"msgtype": "m.text", "body": "AliExpress violation …", "format": "org.matrix.custom.html",
                "formatted_body": "<b>AliExpress violation</b> …"}],
    "dingtalk": [{"msgtype": "markdown", "markdown": {"title": "违规通知", "text": "### 违规通知\n- 申诉截止: 2026-01-05 12:00 UTC"},
                  "at": {"isAtAll": False}}, {"msgtype": "text", "text": {"content": "违规通知 …"}}],
    "feishu": [FEISHU, {"msg_type": "text", "content": {"text": "违规通知 …"}},
               {"msg_type": "post", "content": {"post": {"zh_cn": {"title": "违规通知", "content": [
                   [{"tag": "text", "text": "申诉截止: "}, {"tag": "a", "text": "打开", "href": "https://example.org/"}]]}}}}],
    "lark": [FEISHU],
    "wecom": [{"msgtype": "markdown", "markdown": {"content": "**违规通知**\n> 申诉截止: <font color=\"warning\">2026-01-05 12:00 UTC</font>"}},
              {"msgtype": "text", "text": {"content": "违规通知 …"}}],
    "ntfy": [NTFY], "gotify": [GOTIFY], "pushover": [PUSHOVER], "bark": [BARK], "serverchan": [SERVERCHAN], "pagerduty": [PAGERDUTY],
    "alertmanager": [ALERTMANAGER], "webhook": [{"type": "appeal.deadline", "timestamp": "2026-01-01T00:00:00Z", "data": {}}],
}


def put(body, path, value):
    """A copy of @body with the member at @path, as "a.0.b", set to @value."""
    body = json.loads(json.dumps(body))
    *way, last = path.split(".")
    at = body
    for step in way:
        at = at[int(step) if isinstance(at, list) else step]
    if value is DROPPED:
        del at[last]
    else:
        at[int(last) if isinstance(at, list) else last] = value
    return body


DROPPED = object()

# What each peer must see.
WRONG = [
    ("slack", put(SLACK, "blocks.0.text.text", "x" * 151)), ("slack", put(SLACK, "blocks.1.text.text", "a & b")),
    ("slack", put(SLACK, "blocks.1.text.text", "a < b")), ("slack", put(SLACK, "blocks.1.fields", [])),
    ("slack", put(SLACK, "blocks.0.text.type", "mrkdwn")), ("slack", put(SLACK, "blocks", SLACK["blocks"] * 13)),
    ("slack", put(SLACK, "text", "x" * 4001)), ("slack", put(SLACK, "channel", "#general")),
    ("slack", put(SLACK, "blocks", [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}] * 5)),
    ("discord", put(DISCORD, "allowed_mentions", DROPPED)), ("discord", put(DISCORD, "allowed_mentions.parse", ["everyone"])),
    ("discord", put(DISCORD, "embeds.0.title", "x" * 257)), ("discord", put(DISCORD, "embeds.0.fields.0.value", "")),
    ("discord", put(DISCORD, "embeds.0.title", "\U0001F468" * 129)), ("discord", put(DISCORD, "embeds", DISCORD["embeds"] * 2)),
    ("discord", put(DISCORD, "embeds.0.fields", [{"name": "x", "value": "y" * 1000}] * 6)), ("discord", put(DISCORD, "embeds.0.color", 2 ** 24)),
    ("discord", {"content": "x" * 2001, "allowed_mentions": {"parse": []}}),
    ("teams", put(TEAMS, "attachments.0.content.type", DROPPED)), ("teams", put(TEAMS, "attachments.0.content.version", "1.6")),
    ("teams", put(TEAMS, "attachments.0.content.body.0.text", "x" * 29000)), ("teams", put(TEAMS, "attachments.0.contentType", "text/plain")),
    ("telegram", put(TELEGRAM, "text", "a < b")), ("telegram", put(TELEGRAM, "text", "<b>x")), ("telegram", put(TELEGRAM, "text", "<p>x</p>")),
    ("telegram", put(TELEGRAM, "text", "x" * 4097)), ("telegram", put(TELEGRAM, "text", "\U0001F468" * 2049)),
    ("telegram", put(TELEGRAM, "chat_id", "1")), ("telegram", put(TELEGRAM, "text", "a & b")),
    ("mattermost", put(MATTERMOST, "text", "x" * 16384)), ("rocketchat", put(ROCKETCHAT, "attachments.0.title_link", "/relative")),
    ("googlechat", put(GOOGLECHAT, "cardsV2.0.card.header.title", "长" * 11000)), ("googlechat", put(GOOGLECHAT, "cardsV2.0.card.sections", [])),
    ("matrix", {"msgtype": "m.text", "body": "x" * 65536}), ("matrix", {"msgtype": "m.text", "body": "x", "format": "org.matrix.custom.html"}),
    ("matrix", {"msgtype": "m.text", "body": "x", "format": "org.matrix.custom.html", "formatted_body": "<script>x</script>"}),
    ("dingtalk", {"msgtype": "text", "markdown": {"title": "x", "text": "y"}}), ("dingtalk", {"msgtype": "markdown", "markdown": {"text": "y"}}),
    ("dingtalk", {"msgtype": "text", "text": {"content": "长" * 7000}}), ("dingtalk", {"msgtype": "text", "text": {"content": "x"}, "at": {"isAtAll": True}}),
    ("feishu", put(FEISHU, "card.header.template", "pink")), ("feishu", {"msg_type": "text", "content": {"text": "长" * 7000}}),
    ("feishu", {"msg_type": "text", "content": "x"}),
    ("wecom", {"msgtype": "text", "text": {"content": "长" * 683}}), ("wecom", {"msgtype": "markdown", "markdown": {"content": "长" * 1366}}),
    ("wecom", {"msgtype": "text", "text": {"content": "x", "mentioned_list": ["@all"]}}),
    ("wecom", {"msgtype": "markdown", "markdown": {"content": '<font color="red">x</font>'}}),
    ("ntfy", put(NTFY, "message", "长" * 1366)), ("ntfy", put(NTFY, "priority", 6)), ("ntfy", put(NTFY, "actions", NTFY["actions"] * 4)),
    ("ntfy", put(NTFY, "priority", "5")), ("gotify", put(GOTIFY, "message", "")), ("gotify", put(GOTIFY, "priority", "8")),
    ("pushover", put(PUSHOVER, "message", "x" * 1025)), ("pushover", put(PUSHOVER, "retry", DROPPED)), ("pushover", put(PUSHOVER, "retry", 29)),
    ("pushover", put(PUSHOVER, "expire", 10801)), ("pushover", put(PUSHOVER, "title", "x" * 251)), ("pushover", put(PUSHOVER, "html", True)),
    ("pushover", put(PUSHOVER, "message", "<p>x</p>")),
    ("bark", put(BARK, "level", "urgent")), ("bark", put(BARK, "body", "x" * 5000)), ("bark", put(BARK, "device_key", "other")),
    ("serverchan", put(SERVERCHAN, "title", "x" * 33)), ("serverchan", put(SERVERCHAN, "title", "a\nb")), ("serverchan", put(SERVERCHAN, "desp", "a < b")),
    ("pagerduty", put(PAGERDUTY, "payload.severity", "high")), ("pagerduty", put(PAGERDUTY, "payload.summary", "x" * 1025)),
    ("pagerduty", put(PAGERDUTY, "dedup_key", "x" * 256)), ("pagerduty", put(PAGERDUTY, "payload", DROPPED)),
    ("alertmanager", ALERTMANAGER[0]), ("alertmanager", put(ALERTMANAGER, "0.labels.case", 1)), ("alertmanager", put(ALERTMANAGER, "0.labels.a-b", "x")),
    ("alertmanager", put(ALERTMANAGER, "0.endsAt", "2025-01-01T00:00:00Z")), ("alertmanager", put(ALERTMANAGER, "0.labels", DROPPED)),
    ("webhook", {"type": "x", "data": {}}), ("webhook", {"type": "x", "timestamp": "2026-01-01T00:00:00Z", "data": {"x": "y" * 20000}}),
]


def dress(peer, body):
    """(target, headers, body) as a right sender has them."""
    now, headers, target = time.time(), {"User-Agent": "test", "Content-Type": "application/json"}, peer.place
    kind = peer.kind
    if kind == "discord":
        target += "?wait=true"
    elif kind == "googlechat":
        target += "&requestId=r1&messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"
    elif kind == "dingtalk":
        stamp = str(int(now * 1000))
        target += "&" + urllib.parse.urlencode({"timestamp": stamp, "sign": robots.mac(peer.secret, f"{stamp}\n{peer.secret}")})
    elif kind in ("feishu", "lark") and isinstance(body, dict):
        stamp = str(int(now))
        body = body | {"timestamp": stamp, "sign": robots.mac(f"{stamp}\n{peer.secret}", "")}
    elif kind == "matrix":
        target = "/_matrix/client/v3/rooms/%21planted%3Aseller.example/send/m.room.message/t1"
        headers["Authorization"] = f"Bearer {peer.token}"
    elif kind == "telegram":
        target = f"/bot{peer.token}/sendMessage"
    elif kind == "ntfy":
        headers["Authorization"] = f"Bearer {peer.token}"
    elif kind == "gotify":
        target, headers["X-Gotify-Key"] = "/message", peer.token
    elif kind in ("pushover", "bark", "pagerduty", "alertmanager"):
        target = peer.path
    elif kind == "serverchan":
        target = f"/{peer.send_key}.send"
    data = json.dumps(body, ensure_ascii=False).encode()
    if kind == "webhook":
        stamp = str(int(now))
        mark = base64.b64encode(hmac.new(peer.key_bytes, f"msg_1.{stamp}.".encode() + data, hashlib.sha256).digest()).decode()
        headers |= {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": "v1," + mark}
    return target, headers, data


class PeersTest(unittest.TestCase):
    def send(self, peer, target, headers, data, method=None):
        connection = http.client.HTTPConnection("127.0.0.1", peer.port, timeout=20)
        try:
            connection.request(method or peer.method, target, data, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def test_each_kind_has_an_example(self):
        self.assertEqual(set(EXAMPLES), set(PEERS))

    def test_examples_of_the_documents_are_taken(self):
        for kind, bodies in EXAMPLES.items():
            with PEERS[kind]() as peer:
                for body in bodies:
                    self.send(peer, *dress(peer, body))
                self.assertEqual(peer.violations, [], kind)
                self.assertEqual(len(peer.taken), 1 if peer.idempotent and len(bodies) > 1 else len(bodies), kind)

    def test_each_broken_rule_is_seen(self):
        for kind, body in WRONG:
            with self.subTest(kind, body=str(body)[:300]), PEERS[kind]() as peer:
                self.send(peer, *dress(peer, body))
                self.assertEqual((len(peer.violations), len(peer.taken)), (1, 0))

    def test_each_broken_envelope_is_seen(self):
        """Method, path, Content-Type, keys and signatures."""
        for kind in PEERS:
            with PEERS[kind]() as peer:
                target, headers, data = dress(peer, EXAMPLES[kind][0])
                broken = [(target, headers, data, "GET" if peer.method == "POST" else "POST"), ("/elsewhere", headers, data, None),
                          (target, headers | {"Content-Type": "text/plain"}, data, None), (target, headers, data[:-1], None),
                          (target, headers, b"\xff" + data, None)]
                for name in ("Authorization", "X-Gotify-Key", "webhook-signature", "webhook-timestamp"):
                    if name in headers:
                        broken.append((target, headers | {name: "1"}, data, None))
                for wrong in (("?wait=true", ""), ("sign=", "sign=A"), ("timestamp=1", "timestamp=0"), ("requestId=r1", "x=1"),
                              ("%2Fx", "/x"), ("key=p", "key=q"), ("access_token=p", "access_token=q")):
                    if wrong[0] in target:
                        broken.append((target.replace(*wrong), headers, data, None))
                if b'"sign": "' in data:
                    broken += [(target, headers, data.replace(b'"sign": "', b'"sign": "A'), None),
                               (target, headers, data.replace(b'"timestamp": "1', b'"timestamp": "0'), None)]
                for number, one in enumerate(broken, 1):
                    self.send(peer, *one)
                    self.assertEqual(len(peer.violations), number, f"{kind}: {one}")
                self.assertEqual(len(peer.taken), 0, kind)

    def test_vectors_of_the_signatures(self):
        stamp, secret = "1577262236757", "this is secret"
        self.assertEqual(robots.mac(secret, f"{stamp}\n{secret}"), "hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM=")
        self.assertEqual(robots.mac("1599360473\ndemo", ""), "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=")
        key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        signed = b'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}'
        self.assertEqual(base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()), b"g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")

    def test_markup_is_read_as_clients_do(self):
        read = markup.markdown
        self.assertEqual(read("[a](https://x.example/b) c").links, [("a", "https://x.example/b")])
        self.assertEqual(read(r"\[a\](https\://x.example/)").links, [])
        self.assertEqual(read("https://x.example/ y").links, [("https://x.example/", "https://x.example/")])
        self.assertEqual(read("a **b** _c_ d_e_f").styled, [("**", "b"), ("_", "c")])
        self.assertEqual(read(r"\*\*b\*\*").text, "**b**")
        self.assertEqual(read("# head").styled, [("line", "head")])
        self.assertEqual(read("&lt;at&gt;", entities=True).text, "<at>")
        self.assertEqual(read("<@123>", angle=(r"@\d",)).mentions, ["<@123>"])
        self.assertEqual(markup.slack("<!channel> <https://x.example|y> &lt;").mentions, ["<!channel>"])
        self.assertEqual(markup.slack("&lt;!channel&gt;").text, "<!channel>")
        self.assertEqual(markup.tags('<b>x</b> <a href="https://x.example/">y</a> &lt;', ("b", "a")).text, "x y <")
        with self.assertRaises(Broken):
            markup.tags("<b>x", ("b",))

    def test_units(self):
        for unit, most in (("bytes", 4), ("utf16", 2), ("points", 1)):
            shape("\U0001F468", Text(most, unit))
            with self.assertRaises(Broken):
                shape("\U0001F468", Text(most - 1, unit))
        with self.assertRaises(Broken):
            shape(True, int)


if __name__ == "__main__":
    unittest.main()

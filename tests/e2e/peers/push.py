"""ntfy, Gotify, Pushover, Bark, Server酱: to a telephone."""

import re
import time
import urllib.parse

from . import markup
from .base import Array, BY_BODY, COMMON, Either, Fault, Number, Peer, Say, Shown, Text, URL, measure, must, shape


def common_but(*names):
    return [fault for fault in COMMON if fault.name not in names]


class Ntfy(Peer):
    kind = "ntfy"
    token, topic = "tk_plantedntfytoken0000000000000", "planted-ntfy-topic"
    rate = ((60, 60),)
    body = {"topic": (topic,), "title?": Text(least=1), "message": Text(4096, "bytes", 1), "priority?": Number(1, 5),
            "tags?": Array(Text(least=1)), "click?": URL, "markdown?": bool, "icon?": URL, "sequence_id?": str,
            "actions?": Array({"action": ("view",), "label": Text(least=1), "url": URL, "clear?": bool}, 3)}
    faults = common_but("404") + BY_BODY + [
        Fault("42901", Say(429, {"code": 42901, "http": 429, "error": "limit reached: too many requests", "link": "https://ntfy.example/docs"}), "again"),
        Fault("42908-day", Say(429, {"code": 42908, "http": 429, "error": "limit reached: daily message quota reached"}), "again", 60, 86400),
        Fault("40011-no-utf8", Say(400, {"code": 40011, "http": 400, "error": "invalid message: message must be UTF-8 encoded"}), "refused"),
        Fault("40017-json", Say(400, {"code": 40017, "http": 400, "error": "invalid request: request body must be message JSON"}), "plain"),
        Fault("41303-too-large", Say(413, {"code": 41303, "http": 413, "error": "message too large"}), "plain"),
        Fault("40301", Say(403, {"code": 40301, "http": 403, "error": "forbidden"}), "refused"),
        Fault("40101", Say(401, {"code": 40101, "http": 401, "error": "unauthorized"}), "refused"),
        Fault("40401", Say(404, {"code": 40401, "http": 404, "error": "page not found"}), "refused"),
        Fault("200-error", Say(200, {"code": 40101, "http": 401, "error": "unauthorized"}), "not-taken"),
    ]
    rich_refusal = Say(400, {"code": 40018, "http": 400, "error": "invalid request: actions invalid"})

    def config(self, write):
        return f"url-file = {write('url', self.base + '/' + self.topic)}\ntoken-file = {write('token', self.token)}\n"

    def secrets(self):
        return [self.token, self.topic]

    def check(self, call):
        must(call.headers.get("authorization") == f"Bearer {self.token}", "no Bearer token",
             Say(401, {"code": 40101, "http": 401, "error": "unauthorized"}))
        shape(call.json, self.body)

    def refuse(self, rule):
        return Say(400, {"code": 40024, "http": 400, "error": rule})

    def throttled(self):
        return Say(429, {"code": 42901, "http": 429, "error": "limit reached"})

    def good(self, call):
        return Say(200, {"id": "sPs71M8A2T", "time": int(call.at), "event": "message", "topic": self.topic, "message": call.json["message"]})

    def is_rich(self, call):
        return bool(call.json.get("actions") or call.json.get("markdown"))

    def show(self, call):
        body = call.json
        shown = Shown(body.get("title", ""))
        shown += markup.markdown(body["message"], entities=True) if body.get("markdown") else markup.plain(body["message"])
        shown.links += [("click", body["click"])] if "click" in body else []
        shown.links += [(action["label"], action["url"]) for action in body.get("actions", [])]
        return shown


class Gotify(Peer):
    kind = "gotify"
    token = "AplantedGotify0"
    path = "/message"
    body = {"title?": Text(least=1), "message": Text(least=1), "priority?": Number(0, 10),
            "extras?": {"client::display?": {"contentType": ("text/plain", "text/markdown")},
                        "client::notification?": {"click?": {"url": URL}, "bigImageUrl?": URL}}}
    faults = common_but("404", "500") + BY_BODY + [
        Fault("401", Say(401, {"error": "Unauthorized", "errorCode": 401, "errorDescription": "you need to provide a valid access token"}), "refused"),
        Fault("403", Say(403, {"error": "Forbidden", "errorCode": 403, "errorDescription": "you are not allowed to access this api"}), "refused"),
        Fault("404", Say(404, {"error": "Not Found", "errorCode": 404, "errorDescription": "page not found"}), "refused"),
        Fault("500", Say(500, {"error": "Internal Server Error", "errorCode": 500, "errorDescription": "database is locked"}), "again"),
    ]
    rich_refusal = Say(400, {"error": "Bad Request", "errorCode": 400, "errorDescription": "Field 'extras' is invalid"})

    def config(self, write):
        return f"server = {self.base}\ntoken-file = {write('token', self.token)}\n"

    def secrets(self):
        return [self.token]

    def check(self, call):
        must("token" not in call.query, "the token stands in the URL, where logs see it")
        must(call.headers.get("x-gotify-key") == self.token, "X-Gotify-Key",
             Say(401, {"error": "Unauthorized", "errorCode": 401, "errorDescription": "you need to provide a valid access token"}))
        shape(call.json, self.body)

    def refuse(self, rule):
        return Say(400, {"error": "Bad Request", "errorCode": 400, "errorDescription": rule})

    def good(self, call):
        return Say(200, {"id": len(self.taken), "appid": 1, "message": call.json["message"], "title": call.json.get("title", ""),
                         "priority": call.json.get("priority", 0), "date": "2026-01-01T00:00:00Z"})

    def is_rich(self, call):
        return "extras" in call.json

    def show(self, call):
        extras = call.json.get("extras", {})
        shown = Shown(call.json.get("title", ""))
        if extras.get("client::display", {}).get("contentType") == "text/markdown":
            shown += markup.markdown(call.json["message"], entities=True)
        else:
            shown += markup.plain(call.json["message"])
        click = extras.get("client::notification", {}).get("click")
        shown.links += [("click", click["url"])] if click else []
        return shown


class Pushover(Peer):
    kind = "pushover"
    token, user = "plantedpushovertoken0000000000", "plantedpushoveruser00000000000"
    path = "/1/messages.json"
    rate = None
    two_at_most = True
    body = {"token": (token,), "user": (user,), "message": Text(1024, least=1), "title?": Text(250, least=1), "url?": Text(512, like=r"https?://\S+"),
            "url_title?": Text(100, least=1), "priority?": Number(-2, 2), "retry?": Number(30), "expire?": Number(1, 10800), "sound?": str,
            "html?": (0, 1), "monospace?": (0, 1), "timestamp?": Number(1), "ttl?": Number(1), "device?": str, "tags?": str, "callback?": str}
    month = 1893456000  # of some first day of a month
    faults = common_but("429-seconds", "429-date", "429-bare", "429-senseless", "429-date-gone", "404") + BY_BODY + [
        Fault("user-invalid", Say(400, {"user": "invalid", "errors": ["user identifier is not a valid user, group, or subscribed user key"],
                                        "status": 0, "request": "x"}), "refused"),
        Fault("token-invalid", Say(400, {"token": "invalid", "errors": ["application token is invalid"], "status": 0, "request": "x"}), "refused"),
        Fault("month-is-full", lambda peer: Say(429, {"user": "over quota", "errors": ["message limit reached"], "status": 0},
                                                {"X-Limit-App-Limit": "10000", "X-Limit-App-Remaining": "0",
                                                 "X-Limit-App-Reset": str(int(time.time()) + 7200)}), "again", 7190),
        Fault("500-soon", Say(500, ""), "again", 5),
        Fault("status-0-in-a-200", Say(200, {"status": 0, "errors": ["?"]}), "not-taken"),
        Fault("status-as-text", Say(200, {"request": "x"}), "not-taken"),
    ]

    def config(self, write):
        return f"server = {self.base}\ntoken-file = {write('token', self.token)}\nuser-file = {write('user', self.user)}\n"

    def secrets(self):
        return [self.token, self.user]

    def check_common(self, call):
        if call.media_type == "application/x-www-form-urlencoded":
            pairs = dict(urllib.parse.parse_qsl(call.body.decode(), strict_parsing=True, keep_blank_values=True))
            call.parsed = {k: int(v) if k in ("priority", "retry", "expire", "html", "monospace", "timestamp", "ttl") else v
                           for k, v in pairs.items()}
            call.headers["content-type"] = self.media_type
        super().check_common(call)

    def check(self, call):
        shape(call.json, self.body)
        if call.json.get("priority") == 2:
            must("retry" in call.json and "expire" in call.json, "priority 2 needs retry and expire")
        must(not (call.json.get("html") and call.json.get("monospace")), "html and monospace exclude each other")

    def refuse(self, rule):
        return Say(400, {"errors": [rule], "status": 0, "request": "x"})

    def good(self, call):
        return Say(200, {"status": 1, "request": f"planted-{len(self.taken)}"} | ({"receipt": "r"} if call.json.get("priority") == 2 else {}))

    def show(self, call):
        body = call.json
        shown = Shown(body.get("title", ""))
        if body.get("html"):
            shown += markup.tags(body["message"], ("b", "i", "u", "font", "a"), exact=False)
        else:
            shown += markup.plain(body["message"])
        shown.links += [(body.get("url_title"), body["url"])] if "url" in body else []
        return shown


class Bark(Peer):
    kind = "bark"
    key_of_device = "plantedBarkDeviceKey00"
    path = "/push"
    # The id goes to Apple as apns-collapse-id, which is of 64 bytes at most.
    most_bytes = 4096
    body = {"device_key": (key_of_device,), "title?": Text(least=1), "subtitle?": Text(least=1), "body?": Text(least=1), "markdown?": str,
            "level?": ("critical", "timeSensitive", "active", "passive"), "group?": str, "url?": URL, "id?": Text(64, "bytes", 1), "volume?": None,
            "badge?": int, "sound?": str, "icon?": URL, "call?": str, "copy?": str, "isArchive?": None, "autoCopy?": None}
    faults = COMMON + BY_BODY + [
        Fault("device-gone", Say(400, {"code": 400, "message": "failed to get device token: failed to get [x] device token from database", "timestamp": 1}), "refused"),
        Fault("apns", Say(500, {"code": 500, "message": "push failed: BadDeviceToken", "timestamp": 1}), "not-taken"),
        Fault("payload-too-large", Say(400, {"code": 400, "message": "push failed: PayloadTooLarge", "timestamp": 1}), "plain"),
        Fault("payload-too-large-500", Say(500, {"code": 500, "message": "push failed: PayloadTooLarge", "timestamp": 1}), "plain"),
        Fault("code-500-in-a-200", Say(200, {"code": 500, "message": "push failed", "timestamp": 1}), "not-taken"),
        Fault("a-device-of-the-batch", Say(200, {"code": 200, "message": "success", "timestamp": 1,
                                                 "data": [{"code": 400, "device_key": "x", "message": "failed to get device token"}]}), "not-taken"),
    ]

    def config(self, write):
        return f"server = {self.base}\ntoken-file = {write('token', self.key_of_device)}\n"

    def secrets(self):
        return [self.key_of_device]

    def check(self, call):
        shape(call.json, self.body)
        must(any(call.json.get(k) for k in ("title", "subtitle", "body", "markdown")), "an empty push")

    def refuse(self, rule):
        return Say(400, {"code": 400, "message": "request bind failed: " + rule, "timestamp": 1})

    def good(self, call):
        return Say(200, {"code": 200, "message": "success", "timestamp": int(call.at)})

    def show(self, call):
        body = call.json
        shown = Shown("\n".join(body[k] for k in ("title", "subtitle", "body") if body.get(k)))
        if "markdown" in body:
            shown += markup.markdown(body["markdown"])
        shown.links += [("url", body["url"])] if "url" in body else []
        return shown


class ServerChan(Peer):
    kind = "serverchan"
    send_key = "SCT000000Tplantedserverchankey"
    path = f"/{send_key}\\.send"
    body = {"title": Text(32, least=1, like=r"[^\n\r]+"), "desp?": Text(32 * 1024, "bytes"), "short?": Text(64, like=r"[^\n\r]*"), "tags?": str,
            "noip?": None, "channel?": str, "openid?": str}
    faults = COMMON + BY_BODY + [
        Fault("pushkey", Say(200, {"code": 40001, "message": "bad pushkey", "data": {}}), "refused"),
        Fault("pushkey-400", Say(400, {"code": 40001, "message": "[AUTH]用户不存在或者权限不足"}), "refused"),
        Fault("quota", Say(200, {"code": 40001, "message": "超过当天的发送次数限制[5]，请稍后再试", "data": {}}), "again", 60, 86400),
        Fault("no-code", Say(200, {"message": ""}), "not-taken"),
    ]

    def config(self, write):
        return f"server = {self.base}\ntoken-file = {write('token', self.send_key)}\n"

    def secrets(self):
        return [self.send_key]

    def check(self, call):
        shape(call.json, self.body)
        for name in ("title", "desp", "short"):
            # "<" and "&" cut the text off at that place: CHANNELS of several users.
            must(not re.search(r"<|&(?!(?:lt|gt|amp|quot|#\d+);)", call.json.get(name, "")), f"{name}: < or & ends the text there")

    def refuse(self, rule):
        return Say(200, {"code": 40000, "message": rule, "data": {}})

    def good(self, call):
        return Say(200, {"code": 0, "message": "", "data": {"pushid": "1", "readkey": "x", "error": "SUCCESS", "errno": 0}})

    def show(self, call):
        return Shown(call.json["title"]) + markup.markdown(call.json.get("desp", ""), entities=True)


PEERS = [Ntfy, Gotify, Pushover, Bark, ServerChan]

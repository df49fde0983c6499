"""The robots of DingTalk, Feishu, Lark and WeCom: errors come with HTTP 200,
signatures are of the moment, lengths are in bytes."""

import base64
import hashlib
import hmac
import re
import time
import urllib.parse

from . import markup
from .base import Array, BY_BODY, COMMON, Either, Fault, HUGE, Number, Peer, Say, Shown, Tagged, Text, URL, must, shape

HOUR = 3600


def mac(key, text):
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


class DingTalk(Peer):
    kind = "dingtalk"
    secret = "SECplanted0dingtalk0secret"
    place = "/robot/send?access_token=planted-dingtalk-token"
    path = "/robot/send"
    most_bytes = 20000
    rate = ((20, 60),)
    body = Tagged("msgtype", {
        "markdown": {"markdown": {"title": Text(least=1), "text": Text(least=1)},
                     "at?": {"isAtAll?": (False,), "atMobiles?": Array(str, 0), "atUserIds?": Array(str, 0)}, "msgUuid?": str},
        "text": {"text": {"content": Text(least=1)}, "at?": {"isAtAll?": (False,), "atMobiles?": Array(str, 0), "atUserIds?": Array(str, 0)}, "msgUuid?": str},
        "actionCard": {"actionCard": {"title": Text(least=1), "text": Text(least=1), "singleTitle?": str, "singleURL?": URL,
                                      "btnOrientation?": ("0", "1"), "btns?": Array({"title": str, "actionURL": URL})}, "msgUuid?": str},
        "link": {"link": {"title": str, "text": str, "messageUrl": URL, "picUrl?": str}, "msgUuid?": str},
    })
    faults = COMMON + BY_BODY + [
        Fault("keyword", Say(200, {"errcode": 310000, "errmsg": "keywords not in content, more: [https://ding-doc.example/doc]"}), "refused"),
        Fault("sign", Say(200, {"errcode": 310000, "errmsg": "sign not match, more: [https://ding-doc.example/doc]"}), "refused"),
        Fault("ip", Say(200, {"errcode": 310000, "errmsg": "ip X.X.X.X not in whitelist"}), "refused"),
        Fault("token-gone", Say(200, {"errcode": 300001, "errmsg": "token is not exist"}), "refused"),
        # 20 in a minute are answered; who goes on is silenced for ten minutes.
        Fault("too-fast", Say(200, {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}), "again", 60),
        Fault("too-fast-punished", Say(200, {"status": 1111, "wait": 5, "source": "x5", "punish": "deny", "uuid": "x", "errcode": 130101,
                                             "errmsg": "send too fast"}), "again", 5, 660),
        Fault("460101-too-long", Say(200, {"errcode": 460101, "errmsg": "message too long, exceed 20000 bytes"}), "plain"),
        Fault("101002-too-long", Say(200, {"errcode": 101002, "errmsg": "the message is too long"}), "plain"),
        Fault("busy-88", Say(200, {"errcode": 88, "errmsg": "ding talk error"}), "again"),
        Fault("busy", Say(200, {"errcode": -1, "errmsg": "系统繁忙"}), "again"),
        Fault("no-errcode", Say(200, {"errmsg": "ok"}), "not-taken"),
        Fault("errcode-as-text", Say(200, {"errcode": "310000", "errmsg": "sign not match"}), "not-taken"),
    ]
    rich_refusal = Say(200, {"errcode": 400402, "errmsg": "缺少参数 markdown.title"})

    def config(self, write):
        return f"url-file = {write('url', self.url)}\nsecret-file = {write('secret', self.secret)}\n"

    def secrets(self):
        return ["planted-dingtalk-token", self.secret]

    def check(self, call):
        must(call.query.get("access_token") == "planted-dingtalk-token", "access_token", Say(200, {"errcode": 300001, "errmsg": "token is not exist"}))
        stamp = call.query.get("timestamp", "")
        must(re.fullmatch(r"\d{13}", stamp), f"timestamp in milliseconds, not {stamp!r}")
        must(abs(int(stamp) / 1000 - call.at) < HOUR, "timestamp: more than an hour away")
        # Decoded once, '+' is a blank: as the server does.
        wanted = mac(self.secret, f"{stamp}\n{self.secret}")
        must(call.query.get("sign") == wanted, f"sign not match: {call.query.get('sign')!r}, wanted {wanted!r}",
             Say(200, {"errcode": 310000, "errmsg": "sign not match"}))
        must(abs(int(stamp) / 1000 - call.at) < 5, "the signature is not of this attempt")
        must(call.headers["content-type"].replace(" ", "").lower() in ("application/json;charset=utf-8", "application/json"), "Content-Type")
        shape(call.json, self.body)

    def refuse(self, rule):
        return Say(200, {"errcode": 400402, "errmsg": rule})

    def throttled(self):
        return Say(200, {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"})

    def good(self, call):
        return Say(200, {"errcode": 0, "errmsg": "ok"})

    def is_rich(self, call):
        return call.json["msgtype"] != "text"

    def show(self, call):
        body = call.json
        if body["msgtype"] == "text":
            return markup.plain(body["text"]["content"])
        inner = body[body["msgtype"]]
        shown = Shown(inner["title"]) + markup.markdown(inner["text"], entities=True, marks=("**", "*"))
        if "singleURL" in inner:
            shown.links.append((inner.get("singleTitle"), inner["singleURL"]))
        shown.links += [(b["title"], b["actionURL"]) for b in inner.get("btns", [])]
        # Buttons open in DingTalk's own frame, where the address may be wrapped.
        shown.links = [(label, unwrap(target)) for label, target in shown.links]
        return shown


def unwrap(target):
    if target.startswith("dingtalk://"):
        return urllib.parse.parse_qs(urllib.parse.urlsplit(target).query).get("url", [target])[0]
    return target


class Feishu(Peer):
    kind = "feishu"
    secret = "planted0feishu0secret"
    place = "/open-apis/bot/v2/hook/planted-feishu-hook"
    path = place
    most_bytes = 20 * 1024
    rate = ((5, 1), (100, 60))
    plain_text = {"tag": ("plain_text",), "content": Text(least=1), "text_size?": str, "text_color?": str, "lines?": int}
    lark_md = {"tag": ("lark_md",), "content": Text(least=1), "text_align?": str, "text_size?": str}
    button = {"tag": ("button",), "text": Either(plain_text, lark_md), "url?": URL, "type?": ("default", "primary", "danger", "primary_filled", "danger_filled"),
              "multi_url?": {"url": URL, "pc_url?": str, "ios_url?": str, "android_url?": str}}
    elements = Tagged("tag", {
        "div": {"text?": Either(plain_text, lark_md), "fields?": Array({"is_short": bool, "text": Either(plain_text, lark_md)}), "extra?": button},
        "markdown": {"content": Text(least=1), "text_align?": str, "text_size?": str, "href?": dict},
        "action": {"actions": Array(button, least=1), "layout?": str},
        "note": {"elements": Array(Either(plain_text, lark_md), least=1)},
        "hr": {},
    })
    templates = ("blue", "wathet", "turquoise", "green", "yellow", "orange", "red", "carmine", "violet", "purple", "indigo", "grey", "default")
    runs = Tagged("tag", {"text": {"text": str, "un_escape?": bool, "style?": Array(str)}, "a": {"text": str, "href": URL},
                          "at": {"user_id": str, "user_name?": str}})
    post = {"title?": str, "content": Array(Array(runs), least=1)}
    body = Tagged("msg_type", {
        "text": {"content": {"text": Text(least=1)}},
        "post": {"content": {"post": {"*": post}}},
        "interactive": {"card": {"header?": {"title": plain_text, "template?": templates, "subtitle?": plain_text},
                                 "config?": {"wide_screen_mode?": bool, "enable_forward?": bool, "update_multi?": bool},
                                 "elements": Array(elements, 50, 1), "card_link?": {"url": URL}}},
    })
    faults = COMMON + BY_BODY + [
        Fault("frequency", Say(200, {"code": 11232, "msg": "frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]", "data": {}}), "again"),
        Fault("too-many", Say(400, {"code": 9499, "msg": "too many request", "data": {}}), "again"),
        Fault("token", Say(200, {"code": 19001, "msg": "param invalid: incoming webhook access token invalid", "data": {}}), "refused"),
        Fault("sign", Say(200, {"code": 19021, "msg": "sign match fail or timestamp is not within one hour from current time", "data": {}}), "refused"),
        Fault("ip", Say(200, {"code": 19022, "msg": "Ip Not Allowed", "data": {}}), "refused"),
        Fault("keyword", Say(200, {"code": 19024, "msg": "Key Words Not Found", "data": {}}), "refused"),
        Fault("keyword-in-a-400", Say(400, {"code": 19024, "msg": "Key Words Not Found", "data": {}}), "refused"),
        Fault("no-code", Say(200, {"msg": "success"}), "not-taken"),
        Fault("old-style-error", Say(200, {"StatusCode": 0, "StatusMessage": "success", "code": 19001, "msg": "token invalid"}), "refused"),
    ]
    rich_refusal = Say(400, {"code": 9499, "msg": "Bad Request", "data": {}})

    def config(self, write):
        return f"url-file = {write('url', self.url)}\nsecret-file = {write('secret', self.secret)}\n"

    def secrets(self):
        return [self.place.split("/")[-1], self.secret]

    def check(self, call):
        body = dict(call.json)
        stamp, sign = body.pop("timestamp", ""), body.pop("sign", None)
        must(isinstance(stamp, str) and re.fullmatch(r"\d{10}", stamp), f"timestamp: seconds as text, not {stamp!r}")
        must(abs(int(stamp) - call.at) < HOUR, "timestamp: more than an hour away")
        wanted = mac(f"{stamp}\n{self.secret}", "")  # key and message the other way round than DingTalk
        must(sign == wanted, f"sign match fail: {sign!r}, wanted {wanted!r}", Say(200, {"code": 19021, "msg": "sign match fail"}))
        must(abs(int(stamp) - call.at) < 5, "the signature is not of this attempt")
        shape(body, self.body)

    def refuse(self, rule):
        return Say(200, {"code": 9499, "msg": "Bad Request: " + rule, "data": {}})

    def throttled(self):
        return Say(200, {"code": 11232, "msg": "frequency limited", "data": {}})

    def good(self, call):
        return Say(200, {"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"})

    def is_rich(self, call):
        return call.json["msg_type"] != "text"

    def text(self, one):
        if one["tag"] == "plain_text":
            return Shown(one["content"])
        return self.lark(one["content"])

    at = r"<at [^>]*>|<at>"

    def lark(self, text):
        shown = markup.markdown(text, self.at, escapes=True, entities=True)
        shown.links += [(None, target) for target in re.findall(r"<a [^>]*href=['\"]?([^'\" >]+)", text)]
        shown.styled += [("font", inner) for inner in re.findall(r"<font[^>]*>(.*?)</font>", text)]
        shown.text = re.sub(r"</?font[^>]*>", "", shown.text)
        return shown

    def show(self, call):
        body = call.json
        if body["msg_type"] == "text":
            # In a text, <at user_id="all"> calls everybody.
            return markup.plain(body["content"]["text"], self.at)
        if body["msg_type"] == "post":
            shown = Shown()
            for post in body["content"]["post"].values():
                shown += Shown(post.get("title", ""))
                for row in post["content"]:
                    shown.mentions += [run for run in row if run["tag"] == "at"]
                    shown += Shown("".join(run.get("text", "") for run in row), [(r["text"], r["href"]) for r in row if r["tag"] == "a"])
            return shown
        card = body["card"]
        shown = self.text(card["header"]["title"]) if "header" in card else Shown()
        for element in card["elements"]:
            tag = element["tag"]
            if tag == "markdown":
                shown += self.lark(element["content"])
            for text in [element.get("text")] + [f["text"] for f in element.get("fields", [])] + element.get("elements", []):
                shown += self.text(text) if text else Shown()
            for button in element.get("actions", []) + [element.get("extra")]:
                if button:
                    shown.links.append((button["text"]["content"], button.get("url") or button["multi_url"]["url"]))
        return shown


class Lark(Feishu):
    kind = "lark"
    place = "/open-apis/bot/v2/hook/planted-lark-hook"
    path = place


class WeCom(Peer):
    kind = "wecom"
    place = "/cgi-bin/webhook/send?key=planted0-0000-0000-0000-wecomwecom00"
    path = "/cgi-bin/webhook/send"
    rate = ((20, 60),)
    body = Tagged("msgtype", {
        "text": {"text": {"content": Text(2048, "bytes", 1), "mentioned_list?": Array(str, 0), "mentioned_mobile_list?": Array(str, 0)}},
        "markdown": {"markdown": {"content": Text(4096, "bytes", 1)}},
        "markdown_v2": {"markdown_v2": {"content": Text(4096, "bytes", 1)}},
    })
    faults = COMMON + BY_BODY + [
        Fault("frequency", Say(200, {"errcode": 45009, "errmsg": "api freq out of limit, hint: [1], from ip: 1.2.3.4"}), "again"),
        Fault("40058-for-ever", Say(200, {"errcode": 40058, "errmsg": "text.content exceed max length 2048"}), "refused"),
        Fault("webhook-gone", Say(200, {"errcode": 93000, "errmsg": "invalid webhook url, hint: [1]"}), "refused"),
        Fault("busy", Say(200, {"errcode": -1, "errmsg": "system error"}), "again"),
        Fault("no-errcode", Say(200, {"errmsg": "ok"}), "not-taken"),
    ]
    rich_refusal = Say(200, {"errcode": 40058, "errmsg": "markdown.content exceed max length 4096. invalid Request Parameter"})

    def secrets(self):
        return ["planted0-0000-0000-0000-wecomwecom00"]

    def check(self, call):
        must(call.query.get("key") == self.secrets()[0], "key", Say(200, {"errcode": 93000, "errmsg": "invalid webhook url"}))
        shape(call.json, self.body)

    def refuse(self, rule):
        return Say(200, {"errcode": 40058, "errmsg": rule})

    def throttled(self):
        return Say(200, {"errcode": 45009, "errmsg": "api freq out of limit"})

    def good(self, call):
        return Say(200, {"errcode": 0, "errmsg": "ok"})

    def is_rich(self, call):
        return call.json["msgtype"] != "text"

    def show(self, call):
        kind = call.json["msgtype"]
        content = call.json[kind]["content"]
        if kind == "text":
            return markup.plain(content)
        colours = re.findall(r"<font color=\"?(\w+)\"?>", content)
        must(all(c in ("info", "comment", "warning") for c in colours), f"colours are info, comment, warning, not {colours}")
        fonts = re.findall(r"<font[^>]*>(.*?)</font>", content)
        shown = markup.markdown(re.sub(r"</?font[^>]*>", "", content), angle=(r"@\w",), entities=True, marks=("**", "`"))
        shown.styled += [("font", inner) for inner in fonts]
        return shown


PEERS = [DingTalk, Feishu, Lark, WeCom]

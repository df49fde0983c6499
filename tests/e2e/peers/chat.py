"""Slack, Discord, Teams, Mattermost, Rocket.Chat, Google Chat, Matrix, Telegram."""

import json
import re
import urllib.parse

from . import markup
from .base import (Array, BY_BODY, COMMON, Either, Fault, Number, Peer, Say, Shown, Tagged, Text, URL,
                   measure, must, shape)


def common_but(*names):
    return [fault for fault in COMMON if fault.name not in names]


class Slack(Peer):
    kind = "slack"
    place = "/services/T0PLANTED/B0PLANTED/planted0slack0token"
    path = place
    rate = ((3, 1), (13, 10))  # one a second, in short bursts

    plain_text = {"type": ("plain_text",), "text": Text(3000, least=1), "emoji?": bool}
    mrkdwn = {"type": ("mrkdwn",), "text": Text(3000, least=1), "verbatim?": bool}
    any_text = Either(plain_text, mrkdwn)
    button = {"type": ("button",), "text": plain_text | {"text": Text(75, least=1)}, "url?": Text(3000, like=r"https?://\S+"),
              "action_id?": Text(255), "value?": Text(2000), "style?": ("primary", "danger"), "accessibility_label?": Text(75)}
    blocks = Tagged("type", {
        "header": {"text": plain_text | {"text": Text(150, least=1)}, "block_id?": Text(255)},
        "section": {"text?": any_text, "fields?": Array(Either(plain_text | {"text": Text(2000, least=1)},
                                                               mrkdwn | {"text": Text(2000, least=1)}), 10, 1),
                    "accessory?": button, "block_id?": Text(255), "expand?": bool},
        "actions": {"elements": Array(button, 25, 1), "block_id?": Text(255)},
        "context": {"elements": Array(any_text, 10, 1), "block_id?": Text(255)},
        "divider": {"block_id?": Text(255)},
    })
    body = {"text": Text(4000, least=1), "blocks?": Array(blocks, 50, 1), "mrkdwn?": bool, "unfurl_links?": bool,
            "unfurl_media?": bool,
            "attachments?": Array({"color?": Text(7, like="#[0-9a-fA-F]{6}|good|warning|danger"), "fallback?": Text(4000),
                                   "blocks?": Array(blocks, 50, 1)}, 100)}
    faults = common_but("404") + BY_BODY + [
        Fault("invalid_token", Say(403, "invalid_token"), "refused"),
        Fault("no_service", Say(404, "no_service"), "refused"),
        Fault("no_team", Say(404, "no_team"), "refused"),
        Fault("team_disabled", Say(403, "team_disabled"), "refused"),
        Fault("channel_not_found", Say(404, "channel_not_found"), "refused"),
        Fault("channel_is_archived", Say(410, "channel_is_archived"), "refused"),
        Fault("action_prohibited", Say(403, "action_prohibited"), "refused"),
        Fault("posting_to_general_channel_denied", Say(403, "posting_to_general_channel_denied"), "refused"),
        Fault("rollup_error", Say(500, "rollup_error"), "again"),
        Fault("a-word-in-a-200", Say(200, "invalid_token"), "not-taken"),
        Fault("invalid_payload", Say(400, "invalid_payload"), "refused"),
        Fault("user_not_found", Say(400, "user_not_found"), "refused"),
        Fault("no_text", Say(400, "no_text"), "refused"),
        Fault("no_service_id", Say(404, "no_service_id"), "refused"),
        Fault("no_active_hooks", Say(404, "no_active_hooks"), "refused"),
        Fault("too_many_attachments", Say(400, "too_many_attachments"), "refused"),
        Fault("msg_blocks_too_long", Say(400, "msg_blocks_too_long"), "plain"),
    ]
    rich_refusal = Say(400, "invalid_blocks")

    def all_blocks(self, call):
        blocks = list(call.json.get("blocks", []))
        for attachment in call.json.get("attachments", []):
            blocks += attachment.get("blocks", [])
        return blocks

    def check(self, call):
        must("text" in call.json or "blocks" in call.json, "no_text", Say(400, "no_text"))
        shape(call.json, self.body)
        blocks = self.all_blocks(call)
        for block in blocks:
            must(block["type"] != "section" or "text" in block or "fields" in block, "a section without text")
        texts = re.findall(r'"text": "((?:[^"\\]|\\.)*)"', json.dumps(blocks, ensure_ascii=False))
        must(sum(map(len, texts)) <= 13200, "msg_blocks_too_long", Say(400, "msg_blocks_too_long"))

    def refuse(self, rule):
        return Say(400, "invalid_payload")

    def good(self, call):
        return Say(200, "ok", {"Content-Type": "text/html"})

    def is_rich(self, call):
        return bool(self.all_blocks(call))

    def one(self, text):
        if text["type"] == "mrkdwn":
            return markup.slack(text["text"])
        return Shown(markup.unescape_slack(text["text"]))

    def show(self, call):
        fallback = markup.slack(call.json.get("text", ""))
        blocks = self.all_blocks(call)
        if not blocks:
            return fallback
        shown = Shown("", [], fallback.mentions)
        for block in blocks:
            for text in [block.get("text")] + block.get("fields", []):
                shown += self.one(text) if text else Shown()
            for element in block.get("elements", []) + [block.get("accessory")]:
                if element and element["type"] == "button":
                    shown.links.append((element["text"]["text"], element.get("url", "")))
                elif element:
                    shown += self.one(element)
        return shown


class Discord(Peer):
    kind = "discord"
    place = "/api/webhooks/1234567890/planted-discord-token"
    path = place
    rate = ((5, 2),)
    embed = {"title?": Text(256, "utf16"), "type?": ("rich",), "description?": Text(4096, "utf16"), "url?": URL,
             "timestamp?": Text(like=r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"), "color?": Number(0, 0xffffff),
             "footer?": {"text": Text(2048, "utf16"), "icon_url?": URL}, "author?": {"name": Text(256, "utf16"), "url?": URL},
             "fields?": Array({"name": Text(256, "utf16", 1, r".*\S.*"), "value": Text(1024, "utf16", 1, r".*\S.*"),
                               "inline?": bool}, 25)}
    component = Tagged("type", {
        1: {"components": Array({"type": (2,), "style": (5,), "label?": Text(80), "url": Text(512, like=r"https?://\S+"),
                                 "disabled?": bool}, 5, 1)}})
    body = {"content?": Text(2000, "utf16"), "username?": Text(80, least=1), "avatar_url?": URL, "tts?": bool,
            "allowed_mentions": {"parse": Array(str, 0), "users?": Array(str, 0), "roles?": Array(str, 0), "replied_user?": bool},
            "embeds?": Array(embed, 10), "components?": Array(component, 5), "flags?": int}
    faults = common_but("404", "429-seconds") + BY_BODY + [
        Fault("429-float", Say(429, {"message": "You are being rate limited.", "retry_after": 8.25, "global": False},
                               {"Retry-After": "9", "X-RateLimit-Scope": "shared"}), "again", 8.2),
        Fault("429-body-only", Say(429, {"message": "You are being rate limited.", "retry_after": 8.65, "global": True}),
              "again", 8.6),
        Fault("401", Say(401, {"message": "401: Unauthorized", "code": 0}), "refused"),
        Fault("invalid-token", Say(401, {"message": "Invalid Webhook Token", "code": 50027}), "refused"),
        Fault("unknown-webhook", Say(404, {"message": "Unknown Webhook", "code": 10015}), "refused"),
        Fault("403", Say(403, {"message": "Missing Access", "code": 50001}), "refused"),
        Fault("204-queued", Say(204), "not-taken"),  # what gets lost afterwards gives no error
    ]
    rich_refusal = Say(400, {"message": "Invalid Form Body", "code": 50035, "errors": {
        "embeds": {"0": {"description": {"_errors": [{"code": "BASE_TYPE_BAD_LENGTH", "message": "Must be 4096 or fewer in length."}]}}}}})

    def check(self, call):
        must(call.query.get("wait") == "true", "without ?wait=true a message that is lost gives no error", Say(204))
        shape(call.json, self.body)
        embeds = call.json.get("embeds", [])
        must(call.json.get("content") or embeds, "empty message", Say(400, {"message": "Cannot send an empty message", "code": 50006}))
        total = sum(measure(text, "utf16") for e in embeds
                    for text in [e.get("title", ""), e.get("description", ""), e.get("footer", {}).get("text", ""),
                                 e.get("author", {}).get("name", "")] + [f[k] for f in e.get("fields", []) for k in ("name", "value")])
        must(total <= 6000, f"{total} characters over all embeds, at most 6000")
        urls = [e["url"] for e in embeds if "url" in e]
        must(len(set(urls)) == len(urls), "embeds with an equal url are merged")
        must("clyde" not in call.json.get("username", "").lower() and "discord" not in call.json.get("username", "").lower(),
             "username may not hold 'discord'")

    def refuse(self, rule):
        return Say(400, {"message": "Invalid Form Body", "code": 50035, "errors": {"_errors": [{"message": rule}]}})

    def throttled(self):
        return Say(429, {"message": "You are being rate limited.", "retry_after": 1.5, "global": False}, {"Retry-After": "2"})

    def good(self, call):
        return Say(200, {"id": "1", "type": 0, "content": call.json.get("content", ""), "channel_id": "2", "embeds": []})

    def is_rich(self, call):
        return "embeds" in call.json and bool(call.json["embeds"])

    def text(self, text):
        # allowed_mentions stops the ping; the mention of a user still shows a name.
        return markup.markdown(text, None, angle=(r"@[!&]?\d", r"#\d", r"a?:\w+:\d", r"t:-?\d", r"/\w", r"id:"),
                               marks=markup.MARKS + ("||",))

    def show(self, call):
        shown = self.text(call.json.get("content", ""))
        for embed in call.json.get("embeds", []):
            title = self.text(embed.get("title", ""))
            if embed.get("url"):
                title.links.append((embed.get("title", ""), embed["url"]))
            shown += title + self.text(embed.get("description", ""))
            for field in embed.get("fields", []):
                shown += self.text(field["name"]) + self.text(field["value"])
            shown += Shown(embed.get("footer", {}).get("text", ""))
        for row in call.json.get("components", []):
            shown.links += [(c.get("label"), c["url"]) for c in row["components"]]
        return shown


class Teams(Peer):
    kind = "teams"
    place = ("/workflows/0123456789abcdef/triggers/manual/paths/invoke?api-version=2016-06-01"
             "&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=planted-Teams_sig-%2Fx")
    path = place.split("?")[0]
    most_bytes = 28 * 1024
    rate = ((4, 1),)
    colour = ("default", "dark", "light", "accent", "good", "warning", "attention",
              "Default", "Dark", "Light", "Accent", "Good", "Warning", "Attention")
    items = Tagged("type", {})
    items.shapes |= {
        "TextBlock": {"text": str, "weight?": ("Bolder", "bolder", "Default", "default", "Lighter"),
                      "size?": ("Small", "small", "Default", "Medium", "medium", "Large", "large", "ExtraLarge", "extraLarge"),
                      "wrap?": bool, "color?": colour, "isSubtle?": bool, "spacing?": str, "separator?": bool, "style?": str,
                      "maxLines?": int, "fontType?": str, "id?": str, "horizontalAlignment?": str},
        "FactSet": {"facts": Array({"title": str, "value": str}, least=1), "spacing?": str, "separator?": bool, "id?": str},
        "Container": {"items": Array(items), "style?": ("default", "emphasis", "good", "attention", "warning", "accent"),
                      "bleed?": bool, "spacing?": str, "separator?": bool},
        "ColumnSet": {"columns": Array({"type": ("Column",), "items": Array(items), "width?": None}), "spacing?": str},
    }
    card = {"$schema": ("http://adaptivecards.io/schemas/adaptive-card.json", "https://adaptivecards.io/schemas/adaptive-card.json"),
            "type": ("AdaptiveCard",), "version": ("1.0", "1.1", "1.2", "1.3", "1.4", "1.5"), "body": Array(items, least=1),
            "actions?": Array({"type": ("Action.OpenUrl",), "title": str, "url": URL, "style?": str}, 6),
            "msteams?": {"width?": ("Full",), "entities?": Array(None)}, "fallbackText?": str, "speak?": str, "lang?": str}
    body = {"type": ("message",), "attachments": Array({"contentType": ("application/vnd.microsoft.card.adaptive",),
                                                        "contentUrl?": type(None), "content": card}, 1, 1), "summary?": str}
    # Success is 202, before the flow has run: what says otherwise in the body is none.
    faults = COMMON + [
        Fault("413", Say(413, "Request entity too large"), "not-taken"),
        Fault("400-flow-off", Say(400, {"error": {"code": "WorkflowTriggerIsNotEnabled",
                                                  "message": "Could not execute workflow trigger 'manual': it is not enabled."}}), "refused"),
        Fault("401-sig", Say(401, {"error": {"code": "DirectApiAuthorizationRequired",
                                             "message": "The request must be authenticated only by Shared Access scheme."}}), "refused"),
        Fault("404-flow-gone", Say(404, {"error": {"code": "WorkflowNotFound", "message": "not found"}}), "refused"),
        Fault("200-connector-429", Say(200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned "
                                            "HTTP error 429 with ContextId tcid=0"), "again"),
        Fault("200-connector-413", Say(200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned "
                                            "HTTP error 413 with ContextId tcid=0"), "not-taken"),
        Fault("200-of-a-portal", Say(200, "<html>sign in</html>", {"Content-Type": "text/html"}), "not-taken"),
        Fault("200-connector-400", Say(200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned "
                                            "HTTP error 400 with ContextId tcid=0"), "not-taken"),
        Fault("200-connector-1", Say(200, "1"), "taken"),
    ]

    def check(self, call):
        must(call.target == self.place, f"the address is opaque, byte for byte: {call.target}", Say(401, "sig"))
        shape(call.json, self.body)

    def refuse(self, rule):
        return Say(202)  # the flow fails later, and nobody is told: only the peer knows

    def good(self, call):
        return Say(202)

    def text(self, text):
        return markup.markdown(text, r"<at>.*?</at>", autolink=False)

    def element(self, item):
        kind = item["type"]
        if kind == "TextBlock":
            return self.text(item["text"])
        shown = Shown()
        for fact in item.get("facts", []):
            shown += self.text(fact["title"]) + self.text(fact["value"])
        for inner in item.get("items", []) + item.get("columns", []):
            shown += self.element(inner | {"type": inner["type"]}) if inner["type"] != "Column" else \
                self.element({"type": "Container", "items": inner["items"]})
        return shown

    def show(self, call):
        card = call.json["attachments"][0]["content"]
        shown = Shown()
        for item in card["body"]:
            shown += self.element(item)
        shown.links += [(action["title"], action["url"]) for action in card.get("actions", [])]
        shown.mentions += card.get("msteams", {}).get("entities", [])
        return shown


class Mattermost(Peer):
    kind = "mattermost"
    place = "/hooks/plantedmattermosthook00000"
    path = place
    attachment = {"fallback": Text(16383), "color?": Text(like="#[0-9a-fA-F]{6}"), "pretext?": Text(16383), "title?": Text(16383),
                  "title_link?": URL, "text?": Text(16383), "author_name?": str, "footer?": Text(16383),
                  "fields?": Array({"title": str, "value": Text(16383), "short?": bool})}
    body = {"text?": Text(16383), "username?": Text(64, least=1), "icon_url?": URL, "icon_emoji?": str, "channel?": str,
            "priority?": {"priority": ("", "important", "urgent"), "requested_ack?": bool, "persistent_notifications?": bool},
            "attachments?": Array(attachment), "props?": dict, "type?": str}
    faults = COMMON + BY_BODY + [
        Fault("invalid-hook", Say(400, {"id": "web.incoming_webhook.invalid.app_error", "message": "Invalid webhook.",
                                        "request_id": "x", "status_code": 400}), "refused"),
        Fault("disabled", Say(501, {"id": "web.incoming_webhook.disabled.app_error", "message": "Incoming webhooks have been disabled.",
                                    "status_code": 501}), "not-taken"),
        Fault("channel-gone", Say(404, {"id": "web.incoming_webhook.channel.app_error", "message": "Couldn't find the channel.",
                                        "status_code": 404}), "refused"),
        Fault("429-headers", Say(429, "limit exceeded", {"X-Ratelimit-Limit": "10", "X-Ratelimit-Remaining": "0",
                                                         "X-Ratelimit-Reset": "8", "Retry-After": "8"}), "again", 8),
    ]
    rich_refusal = Say(400, {"id": "web.incoming_webhook.parse.app_error", "message": "Unable to parse incoming data.", "status_code": 400})
    escapes, angle = True, ()

    def check(self, call):
        shape(call.json, self.body)
        must(call.json.get("text") or call.json.get("attachments"), "no text specified")

    def refuse(self, rule):
        return Say(400, {"id": "web.incoming_webhook.parse.app_error", "message": rule, "status_code": 400})

    def good(self, call):
        return Say(200, "ok", {"Content-Type": "text/plain"})

    def is_rich(self, call):
        return bool(call.json.get("attachments"))

    def text(self, text):
        return markup.markdown(text, r"(?<![\w@])@[a-z][\w.-]*", entities=True)

    def show(self, call):
        shown = self.text(call.json.get("text", ""))
        for one in call.json.get("attachments", []):
            for key in ("pretext", "title", "text"):
                shown += self.text(one.get(key, ""))
            if one.get("title_link"):
                shown.links.append((one.get("title"), one["title_link"]))
            for field in one.get("fields", []):
                shown += self.text(field["title"]) + self.text(field["value"])
            shown += Shown(one.get("footer", ""), [], self.text(one.get("fallback", "")).mentions)
        return shown


class RocketChat(Mattermost):
    kind = "rocketchat"
    place = "/hooks/plantedrocket/plantedrocketchattoken"
    path = place
    attachment = {"title?": str, "title_link?": URL, "text?": str, "color?": Text(like="#[0-9a-fA-F]{6}"), "collapsed?": bool,
                  "fields?": Array({"short?": bool, "title": str, "value": str}), "ts?": str, "author_name?": str, "fallback?": str}
    body = {"text?": Text(5000), "alias?": str, "emoji?": str, "avatar?": URL, "channel?": Either(str, Array(str, least=1)),
            "roomId?": str, "attachments?": Array(attachment), "parseUrls?": bool, "separateResponse?": bool}
    faults = COMMON + BY_BODY + [
        Fault("not-allowed", Say(400, {"success": False, "error": "error-not-allowed"}), "refused"),
        Fault("code-invalid", Say(400, {"success": False, "error": "error-code-invalid"}), "refused"),
        Fault("href", Say(400, {"success": False, "error": "Invalid href value provided"}), "plain"),
        Fault("bare-false", Say(400, {"success": False}), "refused"),
        Fault("false-in-a-200", Say(200, {"success": False}), "not-taken"),
        Fault("one-channel-failed", Say(200, {"responses": [{"channel": "#a", "message": {}}, {"channel": "#b", "error": "error-not-allowed"}]}),
              "not-taken"),
        Fault("one-of-an-array-failed", Say(200, [{"success": True}, {"success": False, "error": "error-not-allowed"}]), "not-taken"),
    ]
    rich_refusal = Say(400, {"success": False, "error": "Invalid href value provided"})

    def __init__(self):
        # Of the integration, as RocketChat/Rocket.Chat's processWebhookMessage.ts goes through them: room -> its error.
        self.rooms, self.overrides, self.separates, self.posted = {"#planted": None}, True, True, []
        super().__init__()

    def refuse(self, rule):
        return Say(400, {"success": False, "error": rule})

    def good(self, call):
        wanted = call.json.get("channel", list(self.rooms))
        wanted = [wanted] if isinstance(wanted, str) else wanted
        if "channel" in call.json and not self.overrides:
            return self.refuse("overriding destination channel is disabled for this integration")
        separate = self.separates and call.json.get("separateResponse") is True
        responses = []
        for room in wanted:
            error = self.rooms.get(room, "invalid-channel")
            if error and not separate:  # those before it have it: so before 2025-07
                return self.refuse(error)
            responses.append({"channel": room, "error": error} if error else {"channel": room, "message": {"_id": "x", "msg": "x"}})
            if not error:
                self.posted.append((room, call))
        failed = [one for one in responses if "error" in one]
        if not separate:
            return Say(200, {"success": True})
        return Say(400 if len(failed) == len(responses) else 200, {"responses": responses, "success": len(failed) < len(responses)})


class GoogleChat(Peer):
    kind = "googlechat"
    place = "/v1/spaces/AAAAplanted/messages?key=planted-google-key&token=planted-google-token%3D"
    path = place.split("?")[0]
    most_bytes = 32000
    rate = ((3, 1), (13, 10))
    idempotent = True
    icon = {"knownIcon?": str, "materialIcon?": dict}
    widget = {"decoratedText?": {"topLabel?": str, "text": Text(least=1), "wrapText?": bool, "startIcon?": icon, "bottomLabel?": str},
              "textParagraph?": {"text": Text(least=1)},
              "buttonList?": {"buttons": Array({"text?": str, "icon?": icon, "onClick": {"openLink": {"url": URL}}, "altText?": str,
                                                "color?": dict}, least=1)}, "divider?": dict}
    card = {"header?": {"title": Text(least=1), "subtitle?": str, "imageUrl?": URL}, "name?": str,
            "sections": Array({"header?": str, "widgets": Array(widget, 100, 1), "collapsible?": bool}, 100, 1)}
    body = {"text?": str, "fallbackText?": str, "thread?": {"threadKey?": Text(4000, least=1), "name?": str},
            "cardsV2?": Array({"cardId?": str, "card": card}, 100)}
    faults = common_but("404") + BY_BODY + [
        Fault("429-exhausted", Say(429, {"error": {"code": 429, "message": "Resource has been exhausted (e.g. check quota).",
                                                   "status": "RESOURCE_EXHAUSTED"}}), "again"),
        Fault("permission", Say(403, {"error": {"code": 403, "message": "The caller does not have permission", "status": "PERMISSION_DENIED"}}), "refused"),
        Fault("token", Say(401, {"error": {"code": 401, "message": "Request had invalid authentication credentials.", "status": "UNAUTHENTICATED"}}), "refused"),
        Fault("space-gone", Say(404, {"error": {"code": 404, "message": "Space not found", "status": "NOT_FOUND"}}), "refused"),
        Fault("unavailable", Say(503, {"error": {"code": 503, "message": "The service is currently unavailable.", "status": "UNAVAILABLE"}}), "again"),
    ]
    rich_refusal = Say(400, {"error": {"code": 400, "message": "Invalid JSON payload received. Unknown name \"cards\"", "status": "INVALID_ARGUMENT"}})

    def check(self, call):
        must(call.query_text.startswith(self.place.split("?")[1]) or all(
            part in call.query_text.split("&") for part in self.place.split("?")[1].split("&")), "key or token is wrong",
            Say(401, {"error": {"code": 401, "status": "UNAUTHENTICATED"}}))
        must(re.fullmatch(r"[A-Za-z0-9._~%-]{1,128}", call.query.get("requestId", "")), "no requestId: a repeat is a second message")
        must(call.query.get("messageReplyOption", "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD") in
             ("REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD", "REPLY_MESSAGE_OR_FAIL"), "messageReplyOption")
        must("thread" not in call.json or "messageReplyOption" in call.query, "a threadKey without messageReplyOption")
        shape(call.json, self.body)
        must(call.json.get("text") or call.json.get("cardsV2"), "an empty message")
        for one in call.json.get("cardsV2", []):
            for section in one["card"]["sections"]:
                for widget in section["widgets"]:
                    must(len(widget) == 1, f"a widget is one of a kind: {sorted(widget)}")

    def refuse(self, rule):
        return Say(400, {"error": {"code": 400, "message": rule, "status": "INVALID_ARGUMENT"}})

    def throttled(self):
        return self.faults[len(common_but("404") + BY_BODY)].say

    def key(self, call):
        return call.query["requestId"]

    def good(self, call):
        return Say(200, {"name": "spaces/AAAAplanted/messages/B.C", "sender": {"name": "users/1"}, "text": call.json.get("text", "")})

    def is_rich(self, call):
        return "cardsV2" in call.json

    def text(self, text):
        links, called = [], []

        def in_angles(match):
            inside, _, label = match[1].partition("|")
            if inside.startswith("users/"):
                called.append(match[0])
            elif re.match("https?:|mailto:", inside):
                links.append((label or inside, inside))
            else:
                return match[0]
            return label

        seen = re.sub(r"<([^<>]+)>", in_angles, text)
        styled = [(m[1], m[2]) for m in re.finditer(r"(?<![\w*_~`])([*_~`])(?=\S)([^\n]+?)(?<=\S)\1(?!\w)", seen)]
        seen = re.sub(r"(?m)^([*_])(?=\S)([^\n*_]+)\1", r"\2", seen)
        return Shown(seen, links + markup.bare_links(seen), called, styled)

    def in_card(self, text):
        return markup.tags(text, ("b", "i", "u", "s", "strike", "font", "a", "br", "time"), exact=False)

    def show(self, call):
        shown = self.text(call.json.get("text", ""))
        for one in call.json.get("cardsV2", []):
            header = one["card"].get("header", {})
            shown += Shown(header.get("title", "")) + Shown(header.get("subtitle", ""))
            for section in one["card"]["sections"]:
                shown += self.in_card(section.get("header", ""))
                for widget in section["widgets"]:
                    decorated = widget.get("decoratedText", {})
                    for key in ("topLabel", "text", "bottomLabel"):
                        shown += self.in_card(decorated.get(key, ""))
                    shown += self.in_card(widget.get("textParagraph", {}).get("text", ""))
                    for button in widget.get("buttonList", {}).get("buttons", []):
                        shown.links.append((button.get("text"), button["onClick"]["openLink"]["url"]))
        return shown


class Matrix(Peer):
    kind = "matrix"
    method = "PUT"
    room, token = "!planted:seller.example", "syt_planted_matrix_token"
    path = "/_matrix/client/v3/rooms/%21planted%3Aseller\\.example/send/m\\.room\\.message/[A-Za-z0-9._~-]{1,255}"
    most_bytes = 65536
    idempotent = True
    body = {"msgtype": ("m.text",), "body": Text(least=1), "format?": ("org.matrix.custom.html",), "formatted_body?": Text(least=1),
            "m.mentions?": {"user_ids?": Array(str, 0), "room?": (False,)}, "*": None}
    faults = common_but("404") + BY_BODY + [
        Fault("429-ms", Say(429, {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": 8200}), "again", 8.2),
        Fault("429-header", Say(429, {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests"}, {"Retry-After": "8"}), "again", 8),
        Fault("unknown-token", Say(401, {"errcode": "M_UNKNOWN_TOKEN", "error": "Invalid access token", "soft_logout": False}), "refused"),
        Fault("forbidden", Say(403, {"errcode": "M_FORBIDDEN", "error": "User not in room"}), "refused"),
        Fault("unknown-room", Say(404, {"errcode": "M_NOT_FOUND", "error": "Unknown room"}), "refused"),
        Fault("missing-token", Say(401, {"errcode": "M_MISSING_TOKEN", "error": "Missing access token"}), "refused"),
        Fault("bad-json", Say(400, {"errcode": "M_BAD_JSON", "error": "Unknown field"}), "plain"),
        Fault("200-no-event", Say(200, {}), "not-taken"),
    ]
    rich_refusal = Say(413, {"errcode": "M_TOO_LARGE", "error": "event too large"})

    def config(self, write):
        return f"server = {self.base}\ntoken-file = {write('token', self.token)}\nroom = {self.room}\n"

    def secrets(self):
        return [self.token]

    def check(self, call):
        must(call.headers.get("authorization") == f"Bearer {self.token}", "M_MISSING_TOKEN: no Bearer token",
             Say(401, {"errcode": "M_MISSING_TOKEN", "error": "Missing access token"}))
        shape(call.json, self.body)
        must(("format" in call.json) == ("formatted_body" in call.json), "format and formatted_body go together")

    def refuse(self, rule):
        return Say(400, {"errcode": "M_BAD_JSON", "error": rule})

    def throttled(self):
        return Say(429, {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": 1500})

    def key(self, call):
        return call.path.split("/")[-1]

    def good(self, call):
        return Say(200, {"event_id": f"$planted{len(self.taken)}"})

    def is_rich(self, call):
        return "formatted_body" in call.json

    def show(self, call):
        # @room in the body calls everybody unless m.mentions is there (spec v1.7).
        room = r"@room\b" if "m.mentions" not in call.json else None
        body = markup.plain(call.json["body"], room)
        if not self.is_rich(call):
            return body
        rich = markup.tags(call.json["formatted_body"],
                           ("b", "i", "u", "strong", "em", "a", "br", "p", "ul", "ol", "li", "code", "pre", "h1", "h2", "h3", "h4",
                            "table", "tr", "td", "th", "tbody", "thead", "blockquote", "font", "span", "hr", "del"))
        rich.mentions += body.mentions + [target for _, target in rich.links if "matrix.to" in target]
        rich.text += "\n" + body.text  # both are shown somewhere
        return rich


class Telegram(Peer):
    kind = "telegram"
    token, chat = "1234567890:planted-telegram-token_00000000000", "-1001234567890"
    path = f"/bot{token}/sendMessage"
    rate = ((3, 1), (20, 60))  # a chat, a group
    body = {"chat_id": Either((chat,), (int(chat),)), "text": Text(least=1), "parse_mode?": ("HTML", "MarkdownV2"),
            "link_preview_options?": {"is_disabled": bool}, "disable_notification?": bool, "protect_content?": bool,
            "entities?": Array({"type": str, "offset": int, "length": int, "url?": str}, 100), "message_thread_id?": int,
            "reply_markup?": {"inline_keyboard": Array(Array({"text": Text(least=1), "url": URL}))}}
    faults = common_but("404", "429-seconds") + BY_BODY + [
        Fault("429-parameters", Say(429, {"ok": False, "error_code": 429, "description": "Too Many Requests: retry after 8",
                                          "parameters": {"retry_after": 8}}), "again", 8),
        Fault("unauthorized", Say(401, {"ok": False, "error_code": 401, "description": "Unauthorized"}), "refused"),
        Fault("token-gone", Say(404, {"ok": False, "error_code": 404, "description": "Not Found"}), "refused"),
        Fault("blocked", Say(403, {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}), "refused"),
        Fault("kicked", Say(403, {"ok": False, "error_code": 403, "description": "Forbidden: bot was kicked from the supergroup chat"}), "refused"),
        Fault("chat-not-found", Say(400, {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}), "refused"),
        Fault("not-ok-in-a-200", Say(200, {"ok": False, "error_code": 500, "description": "Internal Server Error"}), "not-taken"),
    ]
    rich_refusal = Say(400, {"ok": False, "error_code": 400,
                             "description": "Bad Request: can't parse entities: Unsupported start tag \"x\" at byte offset 0"})
    allowed = ("b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "span", "a", "code", "pre", "blockquote", "tg-spoiler")

    def config(self, write):
        return f"server = {self.base}\ntoken-file = {write('token', self.token)}\nchat = {self.chat}\n"

    def secrets(self):
        return [self.token, self.token.split(":")[1]]

    def check_common(self, call):
        must(not call.path.startswith("/bot") or call.path == self.path, f"the token is wrong: {call.path}",
             Say(401, {"ok": False, "error_code": 401, "description": "Unauthorized"}))
        super().check_common(call)

    def check(self, call):
        shape(call.json, self.body)
        text = self.show(call).text
        must(1 <= measure(text, "utf16") <= 4096, f"{measure(text, 'utf16')} UTF-16 units after parsing, at most 4096",
             Say(400, {"ok": False, "error_code": 400, "description": "Bad Request: message is too long"}))

    def refuse(self, rule):
        return Say(400, {"ok": False, "error_code": 400, "description": "Bad Request: " + rule})

    def throttled(self):
        return Say(429, {"ok": False, "error_code": 429, "description": "Too Many Requests: retry after 1", "parameters": {"retry_after": 1}})

    def good(self, call):
        return Say(200, {"ok": True, "result": {"message_id": len(self.taken), "date": int(call.at), "chat": {"id": int(self.chat)}, "text": "x"}})

    def is_rich(self, call):
        return "parse_mode" in call.json or "entities" in call.json

    # Usernames are of five characters at least; a name of nobody does nothing.
    called = r"(?<![\w@])@[A-Za-z]\w{4,31}"

    def show(self, call):
        text = call.json["text"]
        if call.json.get("parse_mode") == "HTML":
            shown = markup.tags(text, self.allowed, mentions=self.called, exact=False)
            must(not re.search(r"&(?!(?:amp|lt|gt|quot|#\d+|#x[0-9a-fA-F]+);)", text), f"can't parse entities: a bare & in {text!r}")
        elif "parse_mode" in call.json:
            must(not re.search(r"(?<!\\)[{}.!=+|-]", text), "can't parse entities: a character is reserved and must be escaped")
            shown = markup.markdown(text, self.called)
        else:
            shown = markup.plain(text, self.called)
            shown.links += [(None, e["url"]) for e in call.json.get("entities", []) if "url" in e]
        for row in call.json.get("reply_markup", {}).get("inline_keyboard", []):
            shown.links += [(button["text"], button["url"]) for button in row]
        return shown


PEERS = [Slack, Discord, Teams, Mattermost, RocketChat, GoogleChat, Matrix, Telegram]

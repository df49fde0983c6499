"""What machines read: PagerDuty, Alertmanager, Standard Webhooks, a command."""

import base64
import datetime
import hashlib
import hmac
import json
import os
import re
import stat

from .base import Array, COMMON, BY_BODY, Either, Fault, Number, Peer, Say, Shown, Text, URL, decode64, must, shape

ISO = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"


def common_but(*names):
    return [fault for fault in COMMON if fault.name not in names]


def strings(value):
    """Every text in @value."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for one in value.values() for text in strings(one)]
    return [text for one in value for text in strings(one)] if isinstance(value, list) else []


class PagerDuty(Peer):
    kind = "pagerduty"
    routing = "plantedpagerdutyroutingkey000000"
    path = "/v2/enqueue"
    most_bytes = 512 * 1024
    idempotent = True
    calls_people = False
    payload = {"summary": Text(1024, least=1), "source": Text(least=1), "severity": ("critical", "error", "warning", "info"),
               "timestamp?": Text(like=ISO), "component?": str, "group?": str, "class?": str, "custom_details?": dict}
    links = Array({"href": URL, "text?": str})
    body = {"routing_key": (routing,), "event_action": ("trigger", "acknowledge", "resolve"), "dedup_key": Text(255, least=1),
            "payload?": payload, "links?": links, "images?": Array(None), "client?": str, "client_url?": URL}
    faults = COMMON + BY_BODY + [
        Fault("invalid-event", Say(400, {"status": "invalid event", "message": "Event object is invalid", "errors": ["Length of 'routing_key' is incorrect (should be 32 characters)"]}), "refused"),
        Fault("402", Say(402, {"status": "x", "message": "payment required"}), "refused"),
        Fault("429-minutes", Say(429, {"status": "throttle exceeded", "message": "Requests for this service are arriving too quickly.", "errors": ["Retry later."]}), "again", 55),
        Fault("200-not-202", Say(200, {"status": "error"}), "not-taken"),
    ]

    def config(self, write):
        return f"server = {self.base}\ntoken-file = {write('token', self.routing)}\n"

    def secrets(self):
        return [self.routing]

    def check(self, call):
        must(len(self.routing) == 32, "of our own")
        shape(call.json, self.body)
        must(call.json["event_action"] != "trigger" or "payload" in call.json, "a trigger without payload")

    def refuse(self, rule):
        return Say(400, {"status": "invalid event", "message": "Event object is invalid", "errors": [rule]})

    def throttled(self):
        return Say(429, {"status": "throttle exceeded", "message": "Requests for this service are arriving too quickly.", "errors": []})

    def key(self, call):
        # A repeat of an incident that is open is that incident.
        return call.json["dedup_key"], call.json["event_action"]

    def good(self, call):
        return Say(202, {"status": "success", "message": "Event processed", "dedup_key": call.json["dedup_key"]})

    def show(self, call):
        return Shown("\n".join(strings(call.json)), [(l.get("text"), l["href"]) for l in call.json.get("links", [])])


class Alertmanager(Peer):
    kind = "alertmanager"
    path = "/api/v2/alerts"
    idempotent = True
    calls_people = False
    body = Array({"labels": dict, "annotations?": dict, "startsAt?": Text(like=ISO), "endsAt?": Text(like=ISO), "generatorURL?": URL}, least=1)
    faults = COMMON + [
        Fault("400", Say(400, '"invalid label set: invalid label name \\"a-b\\""', {"Content-Type": "application/json"}), "refused"),
        Fault("422", Say(422, {"code": 602, "message": "0.labels in body is required"}), "refused"),
        Fault("401", Say(401, "Unauthorized"), "refused"),
    ]

    def config(self, write):
        return f"server = {self.base}\n"

    def secrets(self):
        return []

    def check(self, call):
        must(isinstance(call.json, list), "an object, not an array", Say(400, '"parsing body"'))
        shape(call.json, self.body)
        for alert in call.json:
            must(alert["labels"].get("alertname"), "no label alertname")
            for name, value in alert["labels"].items() | alert.get("annotations", {}).items():
                must(re.fullmatch("[a-zA-Z_][a-zA-Z0-9_]*", name), f"label name {name!r}")
                must(isinstance(value, str), f"label {name} is no text: {value!r}")
            if "endsAt" in alert and "startsAt" in alert:
                must(self.instant(alert["endsAt"]) >= self.instant(alert["startsAt"]), "endsAt before startsAt")
            # What differs from one alert of a case to the next makes another alert of it.
            for name, value in alert["labels"].items():
                must(not re.search(ISO, value), f"label {name} holds a time: each alert would be another")

    def instant(self, text):
        return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))

    def key(self, call):
        # An alert is its labels: told again, it only lives longer.
        return json.dumps([alert["labels"] for alert in call.json], sort_keys=True)

    def good(self, call):
        return Say(200, b"")

    def show(self, call):
        return Shown("\n".join(strings(call.json)), [("generatorURL", a["generatorURL"]) for a in call.json if "generatorURL" in a])


class Webhook(Peer):
    kind = "webhook"
    place = "/hook/planted-webhook-path"
    path = place
    most_bytes = 20000
    idempotent = True
    calls_people = False
    key_bytes = b"planted-secret-of-the-e2e-tests!"
    secret = "whsec_" + base64.b64encode(key_bytes).decode()
    faults = common_but("404") + [
        Fault("410", Say(410, ""), "refused"),
        Fault("404", Say(404, ""), "not-taken"),  # only 410 disables
        Fault("401", Say(401, ""), "not-taken"),
        Fault("504-seconds", Say(504, "", {"Retry-After": "8"}), "again", 8),
        Fault("202", Say(202, ""), "taken"),
        Fault("204", Say(204, ""), "taken"),
    ]

    def config(self, write):
        return f"url-file = {write('url', self.url)}\nsecret-file = {write('secret', self.secret)}\n"

    def secrets(self):
        return [self.place.split("/")[-1], self.secret, self.secret[6:], self.key_bytes.decode()]

    def check(self, call):
        stamp, key = call.headers.get("webhook-timestamp", ""), call.headers.get("webhook-id", "")
        must(re.fullmatch(r"\d{10}", stamp), f"webhook-timestamp in seconds, not {stamp!r}")
        must(abs(int(stamp) - call.at) < 300, "webhook-timestamp: more than five minutes away")
        must(abs(int(stamp) - call.at) < 5, "the signature is not of this attempt")
        must(re.fullmatch(r"[!-~]{1,255}", key) and "." not in key, f"webhook-id: {key!r}")
        wanted = base64.b64encode(hmac.new(self.key_bytes, f"{key}.{stamp}.".encode() + call.body, hashlib.sha256).digest()).decode()
        must(f"v1,{wanted}" in call.headers.get("webhook-signature", "").split(" "), "webhook-signature", Say(401, ""))
        shape(call.json, {"type": Text(like=r"[a-zA-Z0-9_]+(\.[a-zA-Z0-9_]+)*"), "timestamp": Text(like=ISO), "data": dict})

    def key(self, call):
        return call.headers["webhook-id"]

    def good(self, call):
        return Say(200, "")

    def show(self, call):
        data = call.json["data"]
        url = (data.get("case") or {}).get("appeal_url")
        return Shown("\n".join(strings(data)), [("appeal_url", url)] if url else [])


COMMAND = """#!/usr/bin/env python3
import json, os, sys
folder = {folder!r}
body = sys.stdin.buffer.read()
name = os.path.join(folder, "call-%d" % os.getpid())
with open(name + ".part", "wb") as file:
    file.write(json.dumps(sys.argv[1:]).encode() + b"\\n" + body)
os.rename(name + ".part", name)
try:
    with open(os.path.join(folder, "exit")) as file:
        lines = file.read().split("\\n")
    with open(os.path.join(folder, "exit"), "w") as file:
        file.write("\\n".join(lines[1:]))
    if lines[0]:
        print("planted words of the command", file=sys.stderr)
        sys.exit(int(lines[0]))
except FileNotFoundError:
    pass
"""


class Command:
    """argv, the alert as JSON on standard input, exit status as the verdict."""

    kind = "command"
    calls_people = False
    faults = []

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.program = os.path.join(folder, "tell")
        with open(self.program, "w") as file:
            file.write(COMMAND.format(folder=folder))
        os.chmod(self.program, stat.S_IRWXU)

    def config(self, write):
        return f"command = {self.program} --to 'a boss' $HOME\n"

    def exits(self, *statuses):
        with open(os.path.join(self.folder, "exit"), "w") as file:
            file.write("\n".join(map(str, statuses)))

    def calls(self):
        """(arguments, what came on standard input), oldest first."""
        paths = [os.path.join(self.folder, n) for n in os.listdir(self.folder) if re.fullmatch(r"call-\d+", n)]
        found = []
        for path in sorted(paths, key=os.path.getmtime):
            with open(path, "rb") as file:
                arguments, _, body = file.read().partition(b"\n")
            found.append((json.loads(arguments), json.loads(body)))
        return found

    def close(self):
        pass


PEERS = [PagerDuty, Alertmanager, Webhook]

"""What the gateway, or something before it, says when it does not answer: each
shape and code of the documents, and what a client is to do about it.

remedy: "again" (later, with growing pauses), "wait" (as long as it says, and a
second), "refresh" (the access token, once; then the seller), "consent" (the
seller at once), "clock" (look at the Date, once more, then tell of secret or
clock), "forbidden" and "gone" (this method is told of once and left; the others
go on), "told" (what came is no answer: tell of it when it stays so).
"""

import gzip

from .base import HUGE, Say, http_date

IDENTITY = {"request_id": "0baf58fd17345", "_trace_id_": "21015a4b17345"}


class Trouble:
    """@say: an answer, or a function of the good one (a Say) that makes one."""

    def __init__(self, name, say, remedy, seconds=0):
        self.name, self.say, self.remedy, self.seconds = name, say, remedy, seconds

    def answer(self, good):
        return self.say(good) if callable(self.say) else self.say

    def __repr__(self):
        return self.name


def iop(code, message, kind="ISV"):
    """Shape 1: /sync, as of 2025."""
    return Say(200, {"error_response": {"type": kind, "code": code, "msg": message} | IDENTITY})


def top(code, message, sub_code=None, sub_message=None):
    """Shape 2: /sync, of the older gateway."""
    body = {"code": code, "msg": message, "request_id": IDENTITY["request_id"]}
    return Say(200, {"error_response": body | ({"sub_code": sub_code, "sub_msg": sub_message} if sub_code else {})})


def rest(code, message, kind="ISV", status=200):
    """Shape 3: /rest."""
    return Say(status, {"code": code, "type": kind, "message": message} | IDENTITY)


def inner(**members):
    """Shape 4: an error in the envelope of success."""
    return Say(200, {"aliexpress_any_thing_response": {"result": members}, "code": "0"} | IDENTITY)


ACCESS = "accesscontrol.limited-by-app-api-access-count"


def ban(seconds):
    return top(7, "App Call Limited", ACCESS, f"This ban will last for {seconds} more seconds")


def changed(good, **headers):
    return Say(good.status, good.body, good.headers | headers)


def whole(good, how):
    return Say(good.status, good.body, good.headers, how=how)


ERRORS = [
    Trouble("missing-parameter", iop("MissingParameter", "The input parameter “app_key” that is mandatory for processing this request is not supplied"), "gone"),
    Trouble("remote-service-isv", top(50, "Remote service error", "isv.invalid-parameter", "invalid parameter"), "gone"),
    Trouble("remote-service-isp", top(50, "Remote service error", "isp.remote-service-timeout", "timeout"), "again"),
    Trouble("remote-service-15-isp", top(15, "Remote service error", "isp.service-unavailable", "try later"), "again"),
    Trouble("service-unavailable-10", top(10, "Service Currently Unavailable"), "again"),
    Trouble("service-unavailable", iop("ServiceUnavailable", "The request has failed due to a temporary failure of the server", "ISP"), "again"),
    Trouble("internal-error", iop("InternalError", "Internal error", "SYSTEM"), "again"),
    Trouble("any-of-theirs", iop("NobodyKnowsThis", "unknown", "ISP"), "again"),
    Trouble("ban-2", ban(2), "wait", 2),
    Trouble("ban-api", iop("ApiCallLimit", "Api access frequency exceeds the limit. this ban will last 0 seconds"), "wait", 0),
    Trouble("ban-app", iop("AppCallLimit", "App access frequency exceeds the limit. this ban will last 3 seconds"), "wait", 3),
    Trouble("ban-old", top(6, "Partner Call Limited", ACCESS, "This ban will last for 2 more seconds"), "wait", 2),
    Trouble("ban-of-xml", Say(200, "<error_response><code>7</code><msg>App Call Limited</msg>\n <sub_code>" + ACCESS + "</sub_code>\n"
                              " <sub_msg>This ban will last for 2 more seconds</sub_msg></error_response>", {"Content-Type": "text/xml"}), "wait", 2),
    Trouble("session-27", top(27, "Invalid session", "invalid-sessionkey", "SessionKey非法"), "refresh"),
    Trouble("session-iop", iop("IllegalAccessToken", "The specified access token is invalid or expired"), "refresh"),
    Trouble("session-rest", rest("IllegalAccessToken", "The specified access token is invalid or expired"), "refresh"),
    Trouble("session-isv", top(50, "Remote service error", "isv.invalid-authorization", "not authorized"), "refresh"),
    Trouble("signature-25", top(25, "Invalid signature"), "clock"),
    Trouble("signature-iop", iop("IncompleteSignature", "The request signature does not conform to platform standards"), "clock"),
    Trouble("timestamp-30", top(30, "Missing timestamp"), "clock"),
    Trouble("timestamp-31", top(31, "Invalid timestamp"), "clock"),
    Trouble("permission-11", top(11, "Insufficient ISV permissions"), "forbidden"),
    Trouble("permission-12", top(12, "Insufficient user permissions"), "forbidden"),
    Trouble("permission-42", top(42, "Forbidden request"), "forbidden"),
    Trouble("permission-iop", iop("InsufficientPermission", "The app has insufficient permissions to call this API"), "forbidden"),
    Trouble("permission-isv", top(50, "Remote service error", "isv.insufficient-permission", "no permission"), "forbidden"),
    Trouble("method-21", top(21, "Missing method"), "gone"),
    Trouble("method-22", top(22, "Invalid method"), "gone"),
    Trouble("arguments-40", top(40, "Missing required arguments", "isv.missing-parameter:query_dto", "missing"), "gone"),
    Trouble("arguments-41", top(41, "Invalid arguments", "isv.invalid-parameter:query_dto", "invalid"), "gone"),
    Trouble("method-iop", iop("InvalidApiPath", "The specified API path is invalid"), "gone"),
    Trouble("inside-false", inner(success=False, error_code="F00-00-10010-007", error_message="system busy"), "told"),
    Trouble("inside-suspended", inner(success=False, error_code="000003", error_message="Your operation rights have been suspended"), "fix"),
    Trouble("nobody-knows-isv", top(15, "Remote service error", "isv.nobody-knows-this", "mend it"), "fix"),
    Trouble("nobody-knows-iop", iop("NobodyKnowsThis", "mend it"), "fix"),
    Trouble("nobody-knows", top(77, "nobody knows this"), "again"),
    Trouble("inside-is-success", inner(is_success=False, error_code="1", error_msg="no"), "told"),
    Trouble("inside-resp-code", inner(resp_code="500", resp_msg="no"), "told"),
    Trouble("inside-rsp-code", inner(rsp_code="500", rsp_msg="no"), "told"),
]

# Of the two calls that make tokens.
TOKEN_ERRORS = [
    Trouble("refresh-token", rest("IllegalRefreshToken", "The specified refresh token is invalid or expired"), "consent"),
    Trouble("refresh-token-400", rest("IllegalRefreshToken", "The specified refresh token is invalid or expired", status=400), "consent"),
    Trouble("migration", top(15, "Remote service error", "isv.account-migration-check-fail", "the account has moved"), "consent"),
    Trouble("isv-402", rest("isv.402", "the ISV is not in order"), "consent"),
    Trouble("type", rest("AUTH_TYPE_UNSUPPORTED", "unsupported"), "consent"),
    Trouble("app-key", rest("InvalidAppkey", "The specified App Key is invalid"), "consent"),
    Trouble("token-ban", rest("AppCallLimit", "App access frequency exceeds the limit. this ban will last 6 seconds"), "wait", 6),
    Trouble("token-busy", rest("ServiceUnavailable", "try later", "ISP"), "again"),
    Trouble("token-signature", rest("IncompleteSignature", "The request signature does not conform to platform standards"), "clock"),
]

# Of HTTP, and of what stands between.
HTTP = [
    Trouble("500", Say(500, "internal error"), "again"),
    Trouble("502-html", Say(502, "<html><body>Bad Gateway</body></html>", {"Content-Type": "text/html"}), "again"),
    Trouble("503-seconds", Say(503, "", {"Retry-After": "3"}), "again"),
    Trouble("429-seconds", Say(429, "", {"Retry-After": "3"}), "again", 3),
    Trouble("429-date", lambda good: Say(429, "", {"Retry-After": http_date(3)}), "again", 3),
    Trouble("429-bare", Say(429, ""), "again"),
    Trouble("dropped", Say(how="drop"), "again"),
    Trouble("reset-in-the-middle", lambda good: whole(good, "reset"), "again"),
    Trouble("cut-body", lambda good: whole(good, "cut"), "again"),
    Trouble("portal", Say(200, "<html><body>Please sign in</body></html>", {"Content-Type": "text/html"}), "again"),
    Trouble("empty", Say(200, "", {"Content-Type": "application/json"}), "again"),
    Trouble("half-a-text", lambda good: Say(200, good.body[:len(good.body) // 2], good.headers), "again"),
    Trouble("no-object", Say(200, "[]", {"Content-Type": "application/json"}), "again"),
    Trouble("deep", Say(200, "[" * 100000, {"Content-Type": "application/json"}), "again"),
    Trouble("giant", Say(200, HUGE, {"Content-Type": "application/json"}), "again"),
    Trouble("redirect", Say(302, "", {"Location": "http://127.0.0.1:1/elsewhere"}), "again"),
    Trouble("bomb", Say(200, gzip.compress(b" " * (64 * 1024 * 1024)), {"Content-Type": "application/json", "Content-Encoding": "gzip"}), "again"),
    Trouble("bad-gzip", lambda good: changed(good, **{"Content-Encoding": "gzip"}), "again"),
]

# Odd, and right all the same.
ODD = [
    Trouble("gzip", lambda good: Say(200, gzip.compress(good.body), good.headers | {"Content-Encoding": "gzip"}), None),
    Trouble("drip", lambda good: whole(good, "drip"), None),
    Trouble("chunked", lambda good: whole(good, "chunked"), None),
    Trouble("as-text", lambda good: changed(good, **{"Content-Type": "text/plain;charset=UTF-8"}), None),
    Trouble("slow", lambda good: Say(200, good.body, good.headers, delay=2), None),
]

ALL = {trouble.name: trouble for trouble in ERRORS + TOKEN_ERRORS + HTTP + ODD}

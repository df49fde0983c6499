"""Notices as the platform writes them, with dates relative to now: for the
end-to-end tests, the machine of tests/vm and `make demo`."""

import base64
import datetime
import email.utils
import hashlib
import quopri

AUTHSERV = "mx.seller.example"
UTC = datetime.timezone.utc
BEIJING = datetime.timezone(datetime.timedelta(hours=8))


def now():
    return datetime.datetime.now(UTC)


def ahead(**delta):
    return now() + datetime.timedelta(**delta)


def beijing(when):
    return when.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M") + " (GMT+8)"


def message(subject, text, sent=None, sender="transaction@notice.aliexpress.com", name="AliExpress",
            authenticated=True, to="store@seller.example", encoding="base64"):
    """The bytes of a message; @text is HTML when it begins with '<'."""
    sent = sent or now()
    domain = sender.split("@")[1]
    mark = hashlib.sha256(f"{subject}{text}{sent}".encode()).hexdigest()[:20]
    passed = "pass" if authenticated else "fail"
    kind = "html" if text.startswith("<") else "plain"
    head = [
        f"Authentication-Results: {AUTHSERV};",
        f"\tdkim={passed} header.d={domain};",
        f"\tdmarc={passed} header.from={domain}",
        f"Received: from out.mailer.example (out.mailer.example [203.0.113.7])",
        f"\tby {AUTHSERV} with ESMTPS id {mark[:10]}; {email.utils.format_datetime(sent)}",
        f"Date: {email.utils.format_datetime(sent)}",
        f"From: {encoded(name)} <{sender}>",
        f"To: {to}",
        f"Subject: {encoded(subject)}",
        f"Message-ID: <{mark}@{domain}>",
        "MIME-Version: 1.0",
        f'Content-Type: text/{kind}; charset="utf-8"',
        f"Content-Transfer-Encoding: {encoding}",
    ]
    body = text.encode()
    body = base64.encodebytes(body) if encoding == "base64" else quopri.encodestring(body)
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def encoded(text):
    return text if text.isascii() else f"=?UTF-8?B?{base64.b64encode(text.encode()).decode()}?="


def counterfeit(deadline, case="IPR2026112500017", sent=None, **more):
    """A penalty with a stated deadline in UTC, to the second."""
    stated = deadline.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") + " UTC"
    return message(
        f"Your product was found to infringe a trademark [{case}]",
        f"<html><body><p>Dear seller,</p><p>your product 1005006123456789 was found to be "
        f"counterfeit: trademark infringement. 2 points were deducted from your account. "
        f"Case number: {case}.</p><p>You may appeal no later than {stated}.</p>"
        f'<p><a href="https://csp.aliexpress.com/m_apps/violation/detail?channelId=2286000">Appeal</a>'
        f"</p></body></html>", sent, **more)


def false_shipment(days, case="XJ20261125", sent=None):
    """Chinese, counted from the notice."""
    return message(
        f"违规处罚通知：虚假发货 {case}",
        f"尊敬的卖家：\n\n您的订单 8187654321098765 被判定为虚假发货，扣2分。\n处罚编号：{case}\n"
        f"如有异议，请在{days}天内登录卖家后台提交申诉。\n\n速卖通\n", sent)


def marketing(sent=None):
    return message("11.11 is over: thank you, and 20 % off promotion tools",
                   "Dear seller, book your campaign slots for December now.\n", sent,
                   sender="news@promotion.aliexpress.com")

"""Mails of real size and shape to measure with: what tests/notices says, dressed as senders dress it.

Platforms send 6 kB of HTML for 1 kB of words: a style sheet, nested tables, a logo, a legal footer, and the
headers that relays and signers add.  Deterministic: the same mails each time.
"""

import base64
import email
import email.policy
import glob
import hashlib
import html
import os
import quopri
import random

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEPT = ("From", "To", "Subject", "Date", "Message-ID", "Reply-To", "Authentication-Results", "List-Unsubscribe")

FOOTERS = {
    "en": "This mail was sent to the address given for your account. Please do not reply to it; use the help centre.",
    "zh": "本邮件由系统自动发送，请勿直接回复。如需帮助，请访问帮助中心。版权所有，保留一切权利。",
    "zh-Hant": "本郵件由系統自動發送，請勿直接回覆。如需協助，請前往說明中心。版權所有。",
    "ru": "Это письмо отправлено автоматически, отвечать на него не нужно. Вопросы можно задать в справочном центре.",
    "es": "Este mensaje se ha enviado automáticamente; no responda a él. Visite el centro de ayuda si tiene preguntas.",
    "pt": "Esta mensagem foi enviada automaticamente; não responda. Em caso de dúvida, visite a central de ajuda.",
    "fr": "Ce message a été envoyé automatiquement, merci de ne pas y répondre. Pour toute question, voir le centre d'aide.",
    "tr": "Bu ileti otomatik olarak gönderilmiştir, lütfen yanıtlamayın. Sorularınız için yardım merkezine bakın.",
    "it": "Questo messaggio è stato inviato automaticamente, si prega di non rispondere. Per domande c'è il centro assistenza.",
    "de": "Diese Nachricht wurde automatisch versandt, bitte antworten Sie nicht. Fragen beantwortet das Hilfezentrum.",
    "pl": "Wiadomość wysłano automatycznie, prosimy na nią nie odpowiadać. Na pytania odpowiada centrum pomocy.",
    "ko": "본 메일은 자동으로 발송되었으며 회신할 수 없습니다. 도움이 필요하시면 고객센터를 방문해 주십시오.",
}

SHEET = """<style type="text/css">
body{margin:0;padding:0;background-color:#f5f5f5;-webkit-text-size-adjust:100%%}
table{border-collapse:collapse;mso-table-lspace:0;mso-table-rspace:0} img{border:0;display:block}
.wrap{width:640px;max-width:100%%} .head{background:#e62e04;height:56px} .t%d{font-size:14px;line-height:22px;color:#333}
@media only screen and (max-width:600px){.wrap{width:100%%!important}.hide{display:none!important}}
</style>"""


def words_of(message):
    """The text of a message as HTML paragraphs."""
    part = message.get_body(preferencelist=("html", "plain"))
    if part is None:
        return ""
    raw = part.get_payload(decode=True) or b""
    try:
        text = raw.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        text = raw.decode("utf-8", "replace")
    if part.get_content_type() == "text/html":
        return text
    return "\n".join(f'<p style="margin:0 0 12px;font-family:Arial,Helvetica,sans-serif">{html.escape(p)}</p>'
                     for p in text.replace("\r", "").split("\n\n"))


def links(rng):
    """The row of little pictures below: shops, networks, preferences."""
    return "".join(f'<a href="https://www.aliexpress.com/{place}?tracelog={rng.getrandbits(96):x}&amp;spm=a2g0o.mail.{n}" '
                   f'target="_blank" style="display:inline-block;margin:0 6px;text-decoration:none">'
                   f'<img src="https://img.alicdn.com/{rng.getrandbits(64):x}.png" width="24" height="24" alt=""></a>'
                   for n, place in enumerate(("p/app.html", "p/help.html", "p/rules.html", "p/settings.html", "p/wishlist.html")))


def dress(words, language, rng):
    """A page around the words."""
    cell = ('<td class="t%d" style="padding:%dpx 24px;font-family:Arial,Helvetica,sans-serif;font-size:14px;'
            'line-height:22px;color:#333333">')
    seed = rng.randrange(100)
    return (f'<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
            f'{SHEET % seed}</head><body><table width="100%" cellpadding="0" cellspacing="0" border="0">'
            f'<tr><td align="center"><table class="wrap" cellpadding="0" cellspacing="0" border="0">'
            f'<tr><td class="head"><img src="https://img.alicdn.com/tfs/{rng.getrandbits(64):x}-170-35.png" '
            f'width="170" height="35" alt=""></td></tr>\n<tr>{cell % (seed, 20)}{words}</td></tr>\n'
            f'<tr>{cell % (seed, 8)}<span style="font-size:12px;color:#999999">{FOOTERS[language]}</span></td></tr>'
            f'<tr>{cell % (seed, 8)}{links(rng)}</td></tr>'
            f'<tr><td><img src="https://gj.example/o/{rng.getrandbits(128):x}.gif" width="1" height="1" alt="">'
            f'</td></tr></table></td></tr></table></body></html>\n')


def encode(page, rng):
    data = page.encode("utf-8")
    if rng.random() < 0.25:
        return "base64", base64.encodebytes(data)
    return "quoted-printable", quopri.encodestring(data)


def relay_headers(rng):
    """What stands above and around the headers of a delivered mail."""
    def token(n):
        return base64.b64encode(rng.randbytes(n)).decode()

    hops = "".join(f"Received: from out{rng.randrange(99)}.mail.example (out.mail.example [192.0.2.{rng.randrange(255)}])\n"
                   f"\tby mx{n}.seller.example with ESMTPS id {rng.getrandbits(40):x}\n"
                   f"\tfor <seller@seller.example>; Mon, 12 Jan 2026 09:0{n}:11 +0800\n" for n in range(3))
    return (hops + "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=notice.aliexpress.com; s=s1024;\n"
            f"\th=Date:From:To:Message-ID:Subject:MIME-Version:Content-Type;\n\tbh={token(32)};\n\tb={token(128)}\n"
            f"ARC-Seal: i=1; a=rsa-sha256; d=mx.seller.example; s=arc; cv=none;\n\tb={token(128)}\n"
            f"X-Envelope-Id: {rng.getrandbits(90):x}\nX-Priority: 3\nX-Mailer: batch-{rng.randrange(9)}\n")


def enlarge(path, language):
    """One message of tests/notices -> bytes of a mail as it would be delivered."""
    rng = random.Random(hashlib.sha256(os.path.basename(path).encode()).digest())
    with open(path, "rb") as file:
        message = email.message_from_binary_file(file, policy=email.policy.default)
    transfer, body = encode(dress(words_of(message), language, rng), rng)
    kept = "".join(f"{name}: {value}\n" for name, value in message.raw_items() if name in KEPT)
    head = (relay_headers(rng) + kept.replace("\r\n", "\n") + "MIME-Version: 1.0\n"
            f"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: {transfer}\n\n")
    return head.encode("utf-8", "surrogateescape") + body


def write(folder):
    """All of them into folder.  Returns: their paths."""
    import json
    paths = []
    for path in sorted(glob.glob(f"{ROOT}/tests/notices/*/*.eml")):
        with open(path[:-4] + ".json", encoding="utf-8") as file:
            language = json.load(file)["language"]
        target = os.path.join(folder, os.path.basename(path))
        with open(target, "wb") as file:
            file.write(enlarge(path, language))
        paths.append(target)
    return paths

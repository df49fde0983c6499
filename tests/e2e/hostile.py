"""A megabyte of text each, made to cost the reader time: what the rules look for, over and over, cut off
just before it would be found; and whatever grows with the square of something.
"""

import glob
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SIZE = 1 << 20

HEAD = ("From: AliExpress <notice@notice.aliexpress.com>\nTo: seller@seller.example\nSubject: penalty\n"
        "Date: Mon, 12 Jan 2026 09:00:00 +0800\nMessage-ID: <1@hostile.example>\nMIME-Version: 1.0\n"
        "Content-Type: text/{}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n")


def plain(text):
    return HEAD.format("plain") + text


def html(text):
    return HEAD.format("html") + text


def fill(text):
    """The text again and again, a megabyte of it."""
    return (text * (SIZE // len(text.encode()) + 1)).encode()[:SIZE].decode("utf-8", "ignore")


def flatten(phrase):
    """The first alternative of each group."""
    while True:
        flat = re.sub(r"[(\[]([^()|\[\]]*)[^()\[\]]*[)\]]", r"\1", phrase)
        if flat == phrase:
            return flat
        phrase = flat


def read_phrases():
    phrases = []
    for path in sorted(glob.glob(f"{ROOT}/conf/rules/*.conf") + glob.glob(f"{ROOT}/conf/rules/time/*.conf")):
        with open(path, encoding="utf-8") as file:
            for line in file:
                found = re.match(r"(?:phrase[^=]*|[a-z-]+ *)= *(.+)", line)
                if found:
                    phrases.append(flatten(found.group(1).strip()))
    return phrases


def as_text(phrase):
    return phrase.replace("*", "x").replace("#", "7")


def of_rules():
    """Bait taken from the rules' own phrases."""
    phrases = read_phrases()
    gaps = sorted((p for p in phrases if "..." in p), key=lambda p: (-p.count("..."), p))
    stems = [p.split("*")[0].split()[-1] for p in phrases if p.split("*")[0].split() and "*" in p]
    yield "first halves of phrases", plain(fill(" ".join(as_text(p.split("...")[0]) for p in phrases) + " "))
    yield "whole phrases", plain(fill(" ".join(as_text(p.replace("...", "a b c")) for p in phrases) + " "))
    yield "gaps a word too long", plain(fill(" ".join(as_text(p.split("...")[0]) + " a b c d e f g " for p in gaps)))
    for n, phrase in enumerate(gaps[:8]):
        parts = [as_text(part).strip() for part in phrase.split("...")]
        yield f"gap {n} opened", plain(fill(parts[0] + " "))
        yield f"gap {n} closed", plain(fill(" " + parts[-1]))
        yield f"gap {n} in one word", plain(fill(parts[0]))
        yield f"gap {n} in a link", html("".join(f'<a href="https://a{i}.b.example/">{parts[0]}</a>' for i in range(18000)))
    for stem in sorted(set(stems), key=lambda s: (len(s), s))[::120]:
        yield f"one word of {stem}", plain(fill(stem.strip("(|[") or "a"))
    yield "one word of all stems", plain(fill("".join(stems)))


def of_text():
    yield "one long word", plain("violat" + "a" * SIZE)
    yield "nested quotes", plain(fill("".join(">" * i + " penalty points deducted within 3 days\n" for i in range(1, 200))))
    yield "dates", plain(fill("12.01.2026 5 January 2026 18:00 2026年1月5日 within 3 days "))
    yield "parts of dates", plain(fill("1 2 3.4.5 6/7/8 12:"))
    yield "digits", plain("9" * SIZE)
    yield "digits and marks", plain(fill("1,2.3,"))
    yield "order numbers", plain("orders: " + ", ".join(str(8000000000000000 + i) for i in range(58000)))
    yield "cased tokens", plain(fill("Case No. A1b2, "))
    yield "labels", plain(fill("Points: 3\nCase number: A-1\nDeadline: 2026-01-05\n"))
    yield "windows", plain(fill("within three (3) business days "))
    yield "number words", plain(fill("einundzwanzig twenty one hundred and "))
    yield "Chinese", plain(fill("扣分违规处罚申诉截止三个工作日内二〇二六年一月五日"))
    yield "Korean", plain(fill("삼십일일이내"))
    yield "marks on letters", plain(fill("e\u0301\u0301\u0301"))
    yield "marks on one letter", plain("e" + fill("\u0301\u0316"))
    yield "composing letters", plain(fill("\u1ea0\u0301"))
    yield "wide letters", plain(fill("\ufdfa"))
    yield "invisible letters", plain(fill("p\u200b"))
    yield "no words", plain(fill("!?;:,-/("))
    yield "abbreviations", plain(fill("e.g. "))
    yield "forwards", plain(fill("---------- Forwarded message\nFrom: a\nDate: b\nSubject: c\n\n"))
    yield "answers", plain(fill("On 5 January 2026, X wrote:\n"))
    yield "addresses", plain("".join(f"https://a{i}.example/ " for i in range(60000)))


def of_html():
    yield "links", html("".join(f'<a href="https://csp.aliexpress.com/{i}">appeal {i}</a> ' for i in range(20000)))
    yield "links elsewhere", html("".join(f'<a href="https://a{i}.aliexpresss.b{i}.com/">appeal</a>' for i in range(20000)))
    yield "deep tables", html(fill("<div><table><tr><td>"))
    yield "one table", html("<table>" + fill("<tr><td>penalty<td>points 3"))
    yield "open brackets", html(fill("<"))
    yield "attributes", html("<a " + fill("a=b "))
    yield "open quotes", html(fill("<a b='"))
    yield "hidden text", html(fill('<p style="color:#fff;background:#fff">x</p>'))
    yield "style sheet", html("<style>" + "".join(f".a{i}{{display:none}}" for i in range(40000)) + "</style>"
                              + '<p class="' + "a1 " * 1000 + '">x</p>')
    yield "open sheets", html(fill("<style>"))
    yield "braces", html("<style>" + fill("@media{"))
    yield "comments", html(fill("<!--"))
    yield "entities", html(fill("&amp&#"))
    yield "list items", html(fill("<li><p>"))
    yield "bold", html(fill("<b>" * 300 + "<p>" * 3 + "</b>"))
    yield "ends of nothing", html("<span>" * 511 + fill("</q>"))


def of_headers():
    yield "results", "Authentication-Results: mx.seller.example; " + fill("dkim=pass header.d=a.com; ") + "\n" + plain("x")
    yield "comments in results", "Authentication-Results: mx.seller.example; " + fill("(") + "\n" + plain("x")
    yield "encoded words", "Subject: " + fill("=?utf-8?Q?a?= ") + "\n" + plain("x")
    yield "senders", "From: " + fill("a<b@c>, ") + "\n" + plain("x")
    yield "headers", "".join(f"X-{i}: a\n" for i in range(90000)) + plain("x")
    multipart = "From: a@b.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
    yield "nested parts", multipart + "".join(f"--b\nContent-Type: multipart/mixed; boundary=b{i}\n\n" for i in range(20000))
    yield "parts", multipart + "--b\nContent-Type: text/plain\n\nx\n" * 30000


def messages():
    """Name and text of each."""
    for group in (of_rules, of_text, of_html, of_headers):
        yield from group()

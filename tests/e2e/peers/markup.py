"""How the services' clients read the text they are given: what is seen, what
can be clicked, who is called, what is set apart.  Small readers, on the eager
side: where clients differ, what one of them makes active is active."""

import html
import html.parser
import re

from .base import Shown, must

# Telegram, Slack and others make a name of a host clickable that has no scheme, too.
BARE = re.compile(r"https?://[^\s<>\"')\]]+|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:com|net|org|example)(?![\w-])(?:/[^\s<>\"')\]]*)?", re.I)
KEEP = 0xF0000  # escaped characters wait in a private plane, so that nothing sees them as markup


def keep(character):
    return chr(KEEP + ord(character)) if ord(character) < 0x10000 else character


def unkeep(text):
    return "".join(chr(ord(c) - KEEP) if KEEP <= ord(c) < KEEP + 0x10000 else c for c in text)


def bare_links(text):
    return [(url, url) for url in BARE.findall(text)]


def plain(text, mentions=None):
    """Text without markup; clients still make addresses clickable."""
    found = re.findall(mentions, text) if mentions else []
    return Shown(text, bare_links(text), found)


MARKS = ("***", "**", "__", "~~", "*", "_", "~", "```", "``", "`")
LINE = re.compile(r"^[ \t]*(#{1,6} |-# |>{1,3} ?|[-*+] |\d+[.)] |\|.*\||={3,}$|-{3,}$|```)", re.M)


def styles(text, marks=MARKS):
    found = []
    any_mark = "|".join(re.escape(mark) for mark in marks)
    for match in re.finditer(rf"(?<![\w*_~|`])({any_mark})(?=\S)(.+?)(?<=\S)\1(?![\w*])", text, re.S):
        found.append((match[1], unkeep(match[2])))
        found += styles(match[2], marks)
    return found


# Of the second line and later only: what a reader sees at the beginning of a
# line that came from outside is for the test to judge.
def blocks(text):
    return [unkeep(line[m.end():]).strip() for line in text.splitlines() if (m := LINE.match(line))]


def markdown(text, mentions=None, escapes=True, entities=False, autolink=True, angle=(), marks=MARKS):
    """Markdown as chats read it.  @mentions: what calls people; @angle: prefixes
    of <...> that are active; @entities: &lt; is shown as <."""
    if escapes:
        text = re.sub(r"\\([!-/:-@\[-`{-~])", lambda m: keep(m[1]), text)
    links, called = [], []

    def link(match):
        links.append((unkeep(match[2]), unkeep(match[3].strip("<>"))))
        return "" if match[1] else match[2]

    text = re.sub(r"(!?)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(\s*(<[^>\n]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)[^)\n]*\)", link, text)
    # [x]: http://... elsewhere makes [x] a link
    for label, target in re.findall(r"^ {0,3}\[([^\]]+)\]:\s*(\S+)", text, re.M):
        links.append((unkeep(label), unkeep(target)))

    def in_angles(match):
        inside = match[1]
        if re.match(r"https?://", inside):
            links.append((unkeep(inside), unkeep(inside)))
            return inside
        if any(re.match(prefix, inside) for prefix in angle):
            called.append(unkeep(match[0]))
            return ""
        return match[0]

    text = re.sub(r"<([^<>\n]+)>", in_angles, text)
    if mentions:
        called += [unkeep(one) for one in re.findall(mentions, text)]
    if autolink:
        # An escaped character ends an address: what follows is other text.
        links += [(unkeep(u), unkeep(u)) for u in re.findall("https?://[^\\s<>\"')\\]\U000f0000-\U000fffff]+", text, re.I)]
    styled = styles(text, marks) + [("line", block) for block in blocks(text)]
    seen = re.sub(r"(\*\*|~~|\|\||(?<!\w)[*_`~](?=\S)|(?<=\S)[*_`~](?!\w))", "", text)
    seen = unkeep(seen)
    return Shown(html.unescape(seen) if entities else seen, links, called, styled)


def slack(text):
    """mrkdwn: only <...> is active, and only & < > are escaped."""
    must(re.fullmatch(r"(?:[^&<>]|&(?:amp|lt|gt);|<[^<>]+>)*", text, re.S),
         f"& < > are to be written &amp; &lt; &gt;: {text!r}")
    links, called = [], []

    def in_angles(match):
        inside, _, label = match[1].partition("|")
        if inside[0] in "!@#":
            called.append(match[0])
            return label
        links.append((unescape_slack(label or inside), unescape_slack(inside)))
        return label or inside

    text = re.sub(r"<([^<>]+)>", in_angles, text)
    styled = [(m[1], unescape_slack(m[2]))
              for m in re.finditer(r"(?<![\w*_~`])([*_~`])(?=\S)([^\n]+?)(?<=\S)\1(?!\w)", text)]
    # Emphasis at both ends of a line is the sender's own; within, it is the text's.
    text = re.sub(r"(?m)^([*_])(?=\S)([^\n*_]+)\1", r"\2", text)
    text = unescape_slack(text)
    return Shown(text, links + [(u, u) for u in BARE.findall(text) if u not in [l for l, _ in links]], called, styled)


def unescape_slack(text):
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


class Tags(html.parser.HTMLParser):
    """HTML as a service with few tags reads it; anything else is a broken rule."""

    def __init__(self, allowed, strict):
        super().__init__(convert_charrefs=True)
        self.allowed, self.strict = allowed, strict
        self.open, self.parts, self.links, self.styled, self.starts = [], [], [], [], []

    def handle_starttag(self, tag, attributes):
        must(not self.strict or tag in self.allowed, f"<{tag}> is no tag here")
        attributes = dict(attributes)
        for name in attributes:
            must(not name.startswith("on"), f"<{tag} {name}> runs a script")
        if tag == "br":
            self.parts.append("\n")
            return
        if tag == "img":
            self.links.append(("image", attributes.get("src", "")))
            return
        if tag in ("p", "div", "tr", "li", "h1", "h2", "h3", "table", "hr", "blockquote"):
            self.parts.append("\n")
        if tag in ("hr", "meta", "link", "input"):
            return
        self.open.append((tag, attributes, len(self.parts)))

    def handle_endtag(self, tag):
        if tag in ("br", "hr", "img", "meta", "link"):
            return
        must(self.open and self.open[-1][0] == tag, f"</{tag}> closes nothing ({[o[0] for o in self.open]} are open)")
        _, attributes, begin = self.open.pop()
        text = "".join(self.parts[begin:])
        if tag == "a":
            self.links.append((text, attributes.get("href", "")))
        elif tag in ("b", "i", "u", "s", "strong", "em", "code", "pre", "h1", "h2", "h3", "blockquote"):
            self.styled.append((tag, text))
        if tag in ("td", "th", "dt"):
            self.parts.append(" ")
        if tag in ("p", "div", "tr", "li", "h1", "h2", "h3", "dd"):
            self.parts.append("\n")

    def handle_data(self, data):
        if not any(tag in ("style", "script", "title") for tag, *_ in self.open):
            self.parts.append(data)

    def handle_comment(self, data):
        must(False, "a comment")


def tags(text, allowed=(), strict=True, mentions=None, exact=True):
    """HTML.  @exact: & and < are escaped as entities, or the service refuses."""
    if exact:
        must(not re.search(r"&(?!(?:amp|lt|gt|quot|apos|#39|#\d+|#x[0-9a-fA-F]+);)", text), "a bare & in HTML")
    must(not strict or not re.search(r"<(?![a-zA-Z/])", text), "a bare < in HTML")
    reader = Tags(set(allowed), strict)
    reader.feed(text)
    reader.close()
    must(not [tag for tag, *_ in reader.open if tag not in ("html", "body", "p", "li")], f"not closed: {reader.open}")
    seen = re.sub(r"\n{2,}", "\n", "".join(reader.parts)).strip()
    labels = [label for label, _ in reader.links]
    links = reader.links + [(u, u) for u in BARE.findall(seen) if not any(u in label for label in labels)]
    return Shown(seen, links, re.findall(mentions, seen) if mentions else [], reader.styled)

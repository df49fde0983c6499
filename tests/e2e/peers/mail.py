"""A mail server that takes alerts: TLS from the first byte or after STARTTLS,
by a certificate authority of its own, login, and every refusal of RFC 5321."""

import base64
import collections
import email
import email.policy
import os
import re
import socket
import ssl
import subprocess
import threading
import time

from . import markup
from .base import Broken, Fault, HUB, Shown, must


def openssl(*arguments, **more):
    subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, **more)


def make_certificate(folder, host="127.0.0.1"):
    """(authority, chain and key) for @host, by a new authority."""
    def at(name):
        return os.path.join(folder, name)

    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", at("ca.key"),
            "-out", at("ca.pem"), "-days", "30", "-subj", "/CN=appeald test authority")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", at("mail.key"), "-out", at("mail.csr"),
            "-subj", f"/CN={host}")
    with open(at("mail.ext"), "w") as file:
        file.write(f"subjectAltName = IP:{host}\n" if re.fullmatch(r"[\d.]+", host) else f"subjectAltName = DNS:{host}\n")
    openssl("x509", "-req", "-in", at("mail.csr"), "-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial", "-out", at("mail.pem"),
            "-days", "30", "-extfile", at("mail.ext"))
    return at("ca.pem"), at("mail.pem"), at("mail.key")


class MailCall:
    """A mail as it came."""

    def __init__(self, sender, recipients, data):
        self.sender, self.recipients, self.at = sender, recipients, time.time()
        self.message = email.message_from_bytes(data, policy=email.policy.default)
        self.data, self.taken, self.rich = data, False, True


class Mail:
    """@tls: "implicit" or "starttls".  @replies: verb -> reply, said once each
    (or for ever with @for_ever) instead of the good one; "drop" closes."""

    kind = "email"
    user, password = "seller@mail.example", "planted-mail-password"
    sender, recipients = "appeald@mail.example", ["boss@mail.example", "second@mail.example"]
    calls_people, idempotent, rich_refusal = True, False, None
    faults = [
        Fault("421-at-once", {"greeting": "421 4.3.2 shutting down"}, "again"),
        Fault("450-greylisted", {"RCPT boss": "450 4.2.0 greylisted, try again", "RCPT second": "450 4.2.0 greylisted, try again"}, "again"),
        # One of two: the other is told at once, this one later.
        Fault("450-one", {"RCPT boss": "450 4.2.0 greylisted, try again"}, "partly"),
        Fault("451-after-data", {".": "451 4.3.0 local error"}, "again"),
        Fault("452-full", {".": "452 4.3.1 insufficient storage"}, "again"),
        Fault("454-login-later", {"AUTH": "454 4.7.0 temporary authentication failure"}, "again"),
        Fault("dropped-in-data", {"DATA": "drop"}, "again"),
        Fault("dropped-after-data", {".": "drop"}, "again"),
        Fault("535-password", {"AUTH": "535 5.7.8 authentication credentials invalid"}, "refused"),
        Fault("550-nobody", {"RCPT boss": "550 5.1.1 no such user", "RCPT second": "550 5.1.1 no such user"}, "refused"),
        Fault("550-one", {"RCPT boss": "550 5.1.1 no such user"}, "partly", for_ever=True),
        Fault("550-and-450", {"RCPT boss": "550 5.1.1 no such user", "RCPT second": "450 4.2.0 greylisted"}, "partly-later"),
        Fault("553-sender", {"MAIL": "553 5.7.1 sender address rejected: not owned by user"}, "refused"),
        Fault("554-after-data", {".": "554 5.7.1 rejected as spam"}, "refused"),
    ]

    def __init__(self, certificate, tls="implicit", offer=True):
        self.calls, self.taken, self.violations = [], [], []
        self.authority, chain, key = certificate
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(chain, key)
        self.tls, self.offer = tls, offer
        self.replies, self.for_ever = {}, False
        self.clear_words = []  # what came before TLS
        self.on_call = self.on_answered = None
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=16)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def play(self, fault):
        self.replies, self.for_ever = dict(fault.say), fault.for_ever

    def config(self, write):
        scheme = "smtps" if self.tls == "implicit" else "smtp"
        return (f"server = {scheme}://127.0.0.1:{self.port}\nca-file = {self.authority}\nfrom = {self.sender}\n"
                f"to = {', '.join(self.recipients)}\nuser = {self.user}\npassword-file = {write('password', self.password)}\n")

    def secrets(self):
        return [self.password, base64.b64encode(self.password.encode()).decode().rstrip("=")[:-1]]

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()

    def accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        connection.settimeout(30)
        try:
            Dialogue(self, connection).run()
        except (OSError, EOFError, ssl.SSLError):
            pass
        finally:
            connection.close()

    def reply(self, verb, good):
        if verb not in self.replies:
            return good
        return self.replies[verb] if self.for_ever else self.replies.pop(verb)

    def take(self, sender, recipients, data):
        call = MailCall(sender, recipients, data)
        self.calls.append(call)
        if self.on_call:
            self.on_call(call)
        try:
            self.check(call)
            call.shown = self.show(call)
        except Broken as broken:
            self.violations.append(str(broken))
            return "554 5.6.0 " + str(broken)[:400].replace("\n", " ")
        said = self.reply(".", "250 2.0.0 queued")
        if said.startswith("250"):
            call.taken = True
            self.taken.append(call)
        return said

    def check(self, call):
        message, head = call.message, call.data.split(b"\r\n\r\n", 1)[0]
        must(b"\n" not in call.data.replace(b"\r\n", b""), "lines end with CRLF")
        must(max(map(len, call.data.split(b"\r\n"))) <= 998, "a line of more than 998 bytes")
        must(call.data.isascii(), "bytes over 127 without 8BITMIME")
        for name in ("Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type"):
            must(len(message.get_all(name, [])) == 1, f"{name} stands {len(message.get_all(name, []))} times")
        must(call.sender == self.sender and call.recipients and set(call.recipients) <= set(self.recipients),
             f"envelope {call.sender} {call.recipients}")
        must(message["From"].addresses[0].addr_spec == self.sender, "From")
        must(sorted(a.addr_spec for a in message["To"].addresses) == sorted(self.recipients), "To")
        must(abs(message["Date"].datetime.timestamp() - call.at) < 300, "Date is not now")
        must(re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", message["Message-ID"].strip()), f"Message-ID {message['Message-ID']!r}")
        must(message.get("Auto-Submitted", "").startswith("auto-"), "Auto-Submitted: out-of-office replies would come back (RFC 3834)")
        must(not message.defects, f"{message.defects}")
        must(all(not part.defects for part in message.walk()), "a part is malformed")
        must(all(len(line) <= 998 for line in head.split(b"\r\n")), "a header line is too long")

    def show(self, call):
        plain, rich = call.message.get_body(("plain",)), call.message.get_body(("html",))
        must(plain is not None, "no text/plain part")
        shown = Shown(str(call.message["Subject"])) + markup.plain(plain.get_content())
        if rich is not None:
            html = markup.tags(rich.get_content(), strict=False)
            must("<script" not in rich.get_content().lower(), "a script")
            must(not re.search(r"<(img|link|iframe)\b", rich.get_content(), re.I), "something is loaded from outside")
            shown += html
        return shown


class Dialogue:
    """One connection."""

    def __init__(self, peer, connection):
        self.peer, self.connection, self.buffer = peer, connection, b""
        self.secure = self.known = False
        self.sender, self.recipients = None, []

    def say(self, line):
        if line == "drop":
            raise EOFError
        self.connection.sendall(line.encode() + b"\r\n")

    def line(self):
        while b"\r\n" not in self.buffer:
            got = self.connection.recv(65536)
            if not got:
                raise EOFError
            self.buffer += got
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        if not self.secure:
            self.peer.clear_words.append(line.decode("latin-1"))
        return line.decode("latin-1")

    def wrap(self):
        must_be_empty = self.buffer
        self.connection = self.peer.context.wrap_socket(self.connection, server_side=True)
        self.secure, self.buffer = True, b""
        if must_be_empty:
            self.peer.violations.append("commands were sent before TLS was there")

    def run(self):
        if self.peer.tls == "implicit":
            self.wrap()
        greeting = self.peer.reply("greeting", "220 mail.example ESMTP")
        self.say(greeting)
        if not greeting.startswith("220"):
            return
        while True:
            line = self.line()
            verb = line.split(" ")[0].upper()
            if verb == "QUIT":
                self.say("221 2.0.0 bye")
                return
            handler = getattr(self, "on_" + verb.lower(), None)
            if handler is None:
                self.say("502 5.5.1 not known")
            else:
                handler(line)

    def on_ehlo(self, line):
        offers = ["mail.example", "SIZE 10000000", "ENHANCEDSTATUSCODES"]
        if self.secure:
            offers.append("AUTH PLAIN LOGIN")
        elif self.peer.offer:
            offers.append("STARTTLS")
        for number, offer in enumerate(offers):
            self.say(f"250{'-' if number < len(offers) - 1 else ' '}{offer}")

    def on_helo(self, line):
        self.say("250 mail.example")

    def on_noop(self, line):
        self.say("250 ok")

    def on_rset(self, line):
        self.sender, self.recipients = None, []
        self.say("250 ok")

    def on_starttls(self, line):
        if not self.peer.offer:
            self.say("502 5.5.1 not known")
            return
        self.say("220 go on")
        self.wrap()

    def on_auth(self, line):
        if not self.secure:
            self.peer.violations.append("a password without TLS")
            self.say("538 5.7.11 encryption required")
            return
        words = line.split(" ")
        if words[1].upper() == "PLAIN":
            answer = words[2] if len(words) > 2 else self.ask("334 ")
            given = base64.b64decode(answer).decode().split("\0")[1:]
        else:
            user = words[2] if len(words) > 2 else self.ask("334 VXNlcm5hbWU6")
            given = [base64.b64decode(user).decode(), base64.b64decode(self.ask("334 UGFzc3dvcmQ6")).decode()]
        said = self.peer.reply("AUTH", "235 2.7.0 ok")
        if said.startswith("235") and given != [self.peer.user, self.peer.password]:
            self.peer.violations.append(f"login {given}")
            said = "535 5.7.8 authentication credentials invalid"
        self.known = said.startswith("235")
        self.say(said)

    def ask(self, line):
        self.say(line)
        return self.line()

    def on_mail(self, line):
        if not self.known:
            self.say("530 5.7.0 authentication required")
            return
        self.sender = re.search("<(.*?)>", line)[1]
        self.say(self.peer.reply("MAIL", "250 2.1.0 ok"))

    def on_rcpt(self, line):
        recipient = re.search("<(.*?)>", line)[1]
        said = self.peer.reply("RCPT " + recipient.split("@")[0], "250 2.1.5 ok")
        if said.startswith("250"):
            self.recipients.append(recipient)
        self.say(said)

    def on_data(self, line):
        if not self.recipients:
            self.say("503 5.5.1 no recipients")
            return
        said = self.peer.reply("DATA", "354 go on")
        self.say(said)
        if not said.startswith("354"):
            return
        while b"\r\n.\r\n" not in self.buffer:
            got = self.connection.recv(65536)
            if not got:
                raise EOFError
            self.buffer += got
        data, self.buffer = self.buffer.split(b"\r\n.\r\n", 1)
        data = re.sub(rb"(^|\r\n)\.", rb"\1", data) + b"\r\n"
        self.say(self.peer.take(self.sender, self.recipients, data))
        self.sender, self.recipients = None, []
        if self.peer.on_answered:
            self.peer.on_answered(None)

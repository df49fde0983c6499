"""A line to a server that can go wrong in every way a network does."""

import ctypes
import os
import select
import socket
import ssl
import struct
import threading

from harness import pause

SO_ATTACH_FILTER, SO_DETACH_FILTER = 26, 27  # socket(7)


def swallow(end, on):
    """The kernel drops whatever comes for this socket, SYN and all, as a dead line does: nothing is acknowledged."""
    if on:
        program = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))  # BPF_RET, 0 bytes
        end.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", 1, ctypes.addressof(program)))
    else:
        end.setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, 0)


class Line:
    """A TCP proxy on loopback. mode: "well"; "hole" (swallows everything, closes
    nothing); "half" (what the server says is swallowed); "drip" (a byte of the
    server at a time); "reset" (each connection is reset); "closed" (each is closed);
    "dead" (no packet arrives, and none is acknowledged)."""

    def __init__(self, target):
        self.target, self.mode, self.pairs = target, "well", []
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if self.mode in ("reset", "closed"):
                self.end(client, self.mode == "reset")
                continue
            server = socket.create_connection(("127.0.0.1", self.target))
            with self.lock:
                self.pairs.append((client, server))
            for source, sink, back in ((client, server, False), (server, client, True)):
                threading.Thread(target=self.carry, args=(source, sink, back), daemon=True).start()

    def carry(self, source, sink, back):
        try:
            while data := source.recv(65536):
                if self.mode in ("hole", "dead") or (self.mode == "half" and back):
                    continue
                if self.mode == "drip" and back:
                    for byte in data:
                        if self.mode == "drip":
                            pause(1)
                        sink.sendall(bytes([byte]))
                    continue
                sink.sendall(data)
        except OSError:
            pass
        if self.mode not in ("hole", "half", "dead"):
            for end in (source, sink):
                self.end(end, False)

    @staticmethod
    def end(end, reset):
        try:
            if reset:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        end.close()

    def break_into(self, mode):
        self.mode = mode
        if mode == "dead":
            swallow(self.listener, True)
            with self.lock:
                for client, _ in self.pairs:
                    swallow(client, True)
        if mode in ("reset", "closed"):
            self.drop(mode == "reset")

    def drop(self, reset=False):
        with self.lock:
            pairs, self.pairs = self.pairs, []
        for client, server in pairs:
            self.end(client, reset)
            self.end(server, False)

    def heal(self):
        """What was in the hole stays there; new connections are good."""
        if self.mode == "dead":
            swallow(self.listener, False)
        self.mode = "well"

    def close(self):
        self.listener.close()
        self.drop()


# --- lines on which somebody speaks for the server -----------------------------------


class Speech:
    """What is said in the server's place while the fault is on; this one says nothing. greet(): to a new client; begin(): to
    one that is there; both end the connection when they return. hear(): the answer to a line of the client's, None: the
    server's. say(): what a line of the server's becomes."""

    def __init__(self, line):
        self.line = line  # asked whether the fault is still on

    greet = begin = None

    def hear(self, peer, command):
        return None

    def say(self, line):
        return line


class Once(Speech):
    """Whoever comes or is there hears @words, and no more."""

    words = b""

    def greet(self, peer):
        peer.sendall(self.words)

    begin = greet


class Bye(Once):
    words = b"* BYE go away\r\n"


class Garbage(Once):
    words = bytes(range(11, 256)) * 12 + b"\r\n"


class Nul(Once):
    words = b"* OK \0 hi\r\n* 1 EXI\0STS\r\n"


class Endless(Speech):
    """A greeting that never ends, or news that do not."""

    words = b""
    pace = 0

    def greet(self, peer):
        while self.line.fault is self:
            peer.sendall(self.words)
            pause(self.pace)

    begin = greet


class EndlessLine(Endless):
    words = b"a" * 65536


class EndlessNews(Endless):
    words = b"* 5 EXISTS\r\n" * 5000


class SlowGreeting(Endless):
    words, pace = b"*", 0.5


class GiantLiteral(Speech):
    def hear(self, peer, command):
        return b"* 1 FETCH (UID 1 BODY[]<0> {4294967295}\r\nabc" if b"FETCH" in command else None


class FlagsFirst(Speech):
    """News of flags before the continuation, and beside each answer: what hangs the packaged library's IDLE."""

    def hear(self, peer, command):
        if b" IDLE" in command or b"FETCH" in command:
            peer.sendall(b"* FLAGS (\\Seen)\r\n* OK still here\r\n* 1 FETCH (FLAGS (\\Seen))\r\n")
        return None


class NoNews(Speech):
    """It never tells of a new message."""

    def say(self, line):
        return b"" if line.endswith(b" EXISTS\r\n") else line


class Stripped(Speech):
    """STARTTLS is nowhere to be had."""

    begin = lambda self, peer: None  # noqa: E731

    def hear(self, peer, command):
        return command.split()[0] + b" NO what?\r\n" if b"STARTTLS" in command else None

    def say(self, line):
        return line.replace(b" STARTTLS", b"")


class Injected(Stripped):
    """Words in the segment that agrees to TLS."""

    say = Speech.say

    def hear(self, peer, command):
        return command.split()[0] + b" OK go\r\n* OK injected\r\n" if b"STARTTLS" in command else None


class Spoken:
    """A proxy that ends TLS with a good certificate and goes on in the clear: it can say anything in the server's name."""

    def __init__(self, server, starttls=False):
        self.server, self.starttls, self.fault, self.open = server, starttls, None, True
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*(os.path.join(server.root, "tls", f"good.{end}") for end in ("pem", "key")))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        fault, ends = self.fault, [client]
        try:
            if not self.starttls:
                ends.append(self.context.wrap_socket(client, server_side=True))
            if fault and fault.greet:
                fault.greet(ends[-1])
                return
            with socket.create_connection(("127.0.0.1", self.server.port)) as server:
                self.carry(ends, server)
        except OSError:
            pass
        finally:
            for end in ends:
                end.close()

    def carry(self, ends, server):
        """Until one of them has enough, or a fault ends it. The last of @ends is the client."""
        begun, rests = self.fault, {}
        while self.open:
            peer = ends[-1]
            if self.fault is not begun:
                begun = self.fault
                if begun and begun.begin:
                    begun.begin(peer)
                    return
            ready = [peer] if isinstance(peer, ssl.SSLSocket) and peer.pending() else select.select([peer, server], [], [], 0.2)[0]
            for end in ready:
                data = end.recv(65536)
                if not data:
                    return
                *lines, rests[end] = (rests.get(end, b"") + data).split(b"\n")
                for line in lines:
                    if end is server:
                        peer.sendall(self.fault.say(line + b"\n") if self.fault else line + b"\n")
                    else:
                        self.obey(ends, server, line + b"\n")

    def obey(self, ends, server, command):
        said = self.fault.hear(ends[-1], command) if self.fault else None
        if said is not None:
            ends[-1].sendall(said)
        elif b"STARTTLS" in command:
            ends[-1].sendall(command.split()[0] + b" OK go\r\n")
            ends.append(self.context.wrap_socket(ends[-1], server_side=True))
        else:
            server.sendall(command)

    def break_into(self, speech):
        self.fault = speech(self)

    def heal(self):
        self.fault = None

    def close(self):
        self.open, self.fault = False, None
        self.listener.close()

"""A line to a server that can go wrong in every way a network does."""

import socket
import struct
import threading

from harness import pause


class Line:
    """A TCP proxy on loopback. mode: "well"; "hole" (swallows everything, closes
    nothing); "half" (what the server says is swallowed); "drip" (a byte of the
    server at a time); "reset" (each connection is reset); "closed" (each is closed)."""

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
                if self.mode == "hole" or (self.mode == "half" and back):
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
        if self.mode not in ("hole", "half"):
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
        self.mode = "well"

    def close(self):
        self.listener.close()
        self.drop()

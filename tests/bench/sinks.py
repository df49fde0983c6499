"""Destinations for bench_delivery, in a process of their own: as many ports as
asked for, each answering at once, late, or 429 above a rate; what came, by port.

    sinks.py PLAN    PLAN: a word for each port: well, slow:SECONDS, rate:N (a minute)

Prints the ports as one JSON line.  Each line on standard input is answered with
one JSON line: for each port the bodies' ranks in order of arrival and their times.
"""

import asyncio
import collections
import json
import re
import sys
import time

HEAD = re.compile(rb"content-length: *(\d+)", re.I)
RANK = re.compile(rb'"deadline" ?: ?"([^"]*)"|appeal until (\S+)')
GOOD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 29\r\n\r\n" + b'{"errcode":0,"errmsg":"okay"}'
LATER = (b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 60\r\nContent-Type: application/json\r\nContent-Length: 45\r\n\r\n"
         b'{"errcode":130101,"errmsg":"send too fast  "}')
assert len(LATER.split(b"\r\n\r\n")[1]) == 45


class Sink:
    def __init__(self, plan):
        word, _, value = plan.partition(":")
        self.delay = float(value) if word == "slow" else 0
        self.rate = int(value) if word == "rate" else 0
        self.recent = collections.deque()
        self.took, self.refused = [], 0

    async def serve(self, reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                found = HEAD.search(head)
                body = await reader.readexactly(int(found[1]) if found else 0)
                if self.delay:
                    await asyncio.sleep(self.delay)
                writer.write(self.answer(body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def answer(self, body):
        now = time.time()
        while self.recent and now - self.recent[0] > 60:
            self.recent.popleft()
        if self.rate and len(self.recent) >= self.rate:
            self.refused += 1
            return LATER
        self.recent.append(now)
        found = RANK.search(body)
        self.took.append((now, (found[1] or found[2]).decode() if found else "", len(body)))
        return GOOD


async def main():
    sinks = [Sink(plan) for plan in sys.argv[1:]]
    servers = [await asyncio.start_server(sink.serve, "127.0.0.1", 0, backlog=64) for sink in sinks]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    loop = asyncio.get_running_loop()
    asked = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    while await asked.readline():
        print(json.dumps([{"took": sink.took, "refused": sink.refused} for sink in sinks]), flush=True)


asyncio.run(main())

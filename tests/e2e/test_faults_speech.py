"""Lines on which somebody says the wrong thing in the server's name, in front of a real Dovecot: each loss of sight is told
within blind-limit, what came meanwhile is alerted soon after the end of the fault, and nothing of it stays."""

import time
import unittest

import faulty
from faults import Faults, ref
from harness import wait_for

# What blinds, and what must not.
BLINDING = {
    "bye": faulty.Bye, "garbage": faulty.Garbage, "nul": faulty.Nul, "line": faulty.EndlessLine, "news": faulty.EndlessNews,
    "greeting": faulty.SlowGreeting, "literal": faulty.GiantLiteral, "stripped": faulty.Stripped, "injected": faulty.Injected,
}
HARMLESS = {"flags": faulty.FlagsFirst}
BY_STARTTLS = ("stripped", "injected")


class SpeechTest(Faults):
    def test_lines_that_speak(self):
        speeches = BLINDING | HARMLESS
        server = self.serve([*speeches, "steady"])
        lines = {user: faulty.Spoken(server, user in BY_STARTTLS) for user in speeches}
        for line in lines.values():
            self.addCleanup(line.close)
        daemon = self.start(server, {user: line.port for user, line in lines.items()} | {"steady": server.tls_port},
                            more={user: {"tls": "starttls"} for user in BY_STARTTLS})
        before = self.warm_up(server, daemon, "steady")

        begun = time.monotonic()
        for user, speech in speeches.items():
            lines[user].break_into(speech)
        for user in [*speeches, "steady"]:
            self.deliver(server, user)
        for user in [*HARMLESS, "steady"]:
            wait_for(lambda: ref(user) in self.cases(), 15, f"{user} is delayed by none")
        print(f"all told after {self.wait_blind(BLINDING, begun):.1f} s")

        healed = time.monotonic()
        for line in lines.values():
            line.heal()
        print(f"healed lines: all alerted after {self.wait_alerted([*speeches, 'steady'], healed):.1f} s")
        self.assert_nothing_stays(daemon, before)


if __name__ == "__main__":
    unittest.main()

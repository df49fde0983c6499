"""A program of one's own as a channel: what it is given, and what its end means."""

import json
import os
import stat
import time
import unittest

import samples
from channels import APPEAL, Daemon
from harness import wait_for
from test_channels import notice

TELL = """#!/usr/bin/env python3
import json, os, sys
folder = {folder!r}
body = sys.stdin.buffer.read()
number = len(os.listdir(folder))
told = dict(argv=sys.argv[1:], body=body.decode(), environment=dict(os.environ), directory=os.getcwd(),
            files=sorted(int(n) for n in os.listdir("/proc/self/fd"))[:-1], group=os.getpgrp(), pid=os.getpid())
with open(os.path.join(folder, "part"), "w") as file:
    json.dump(told, file)
os.rename(os.path.join(folder, "part"), os.path.join(folder, "call-%03d" % number))
{ending}
"""
# The first line of what a program does, and then the verdict it means.
ENDINGS = {
    "well": ("", "taken"),
    "talks": ("sys.stdout.write('x' * 3000000); sys.stderr.write('y' * 900000)", "taken"),
    "floods": ("sys.stderr.write('y' * 30000000 + '\\nplanted end\\n')", "taken"),
    "floods-and-fails": ("sys.stderr.write('y' * 30000000 + '\\nplanted end\\n'); sys.stderr.flush(); sys.exit(77)", "refused"),
    "once-1": ("sys.exit(1 if number == 0 else 0)", "again"),
    "once-75": ("sys.exit(75 if number == 0 else 0)", "again"),
    "once-255": ("sys.exit(255 if number == 0 else 0)", "again"),
    "once-killed": ("number == 0 and os.kill(os.getpid(), 9)", "again"),
    "once-aborted": ("number == 0 and os.abort()", "again"),
    "exit-64": ("sys.exit(64)", "refused"),
    "exit-77": ("print('planted words', file=sys.stderr); sys.exit(77)", "refused"),
    "exit-78": ("sys.exit(78)", "refused"),
}


class CommandTest(Daemon):
    @classmethod
    def add_channels(cls):
        cls.add_peer("webhook", "told")
        for name, (ending, _) in ENDINGS.items():
            os.mkdir(cls.at(name))
            cls.add_command(name, TELL.format(folder=cls.at(name), ending=ending), "high" if name == "well" else "critical")
        cls.add_command("hangs", "#!/bin/sh\necho $$ > '%s'\nsleep 300 & echo $! >> '%s'\nwait\n" % (cls.at("pids"), cls.at("pids")),
                        more="time-limit = 1s\n")
        cls.add_command("deaf", "#!/bin/sh\nexec <&-\nexit 0\n")
        cls.add_command("leaves", "#!/bin/sh\n(sleep 1; head -c 300000 /dev/zero >&2; touch '%s') >/dev/null &\nexit 0\n" % cls.at("rang"))
        cls.add_command("missing", "#!/bin/sh\n")
        cls.add_command("unfit", "\x7fELF no program\n")

    @classmethod
    def at(cls, name):
        return os.path.join(cls.folder, name)

    @classmethod
    def add_command(cls, name, text, severity="critical", more=""):
        path = cls.at(name + ".program")
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, stat.S_IRWXU)
        cls.sections.append(f"[channel {name}]\ntype = command\nseverity = {severity}\n{more}"
                            f"command = {path} --to 'the  boss' \"$HOME\" `id` ; * ~\n")

    def calls(self, name):
        told = []
        for file in sorted(n for n in os.listdir(self.at(name)) if n.startswith("call-")):
            with open(os.path.join(self.at(name), file)) as text:
                told.append(json.load(text))
        return told

    def settled(self, name, wanted):
        wait_for(lambda: wanted(*self.delivery(name)), 40, lambda: f"{name}: {self.delivery(name)}")
        return self.delivery(name)

    def test_what_it_is_given(self):
        deadline = samples.ahead(days=2).replace(microsecond=0)
        self.put(notice("Line\n'; rm -rf \"$HOME\" `id` \x1b[31m", "IPR2026112600777", deadline))
        call = wait_for(lambda: [one for one in self.calls("well") if "IPR2026112600777" in one["body"]], 20, "a call")[0]
        self.assertEqual(call["argv"], ["--to", "the  boss", "$HOME", "`id`", ";", "*", "~"], "no shell reads it")
        self.assertNotIn("IPR2026112600777", json.dumps(call["argv"]) + json.dumps(call["environment"]), "words of mail are no arguments")
        body = json.loads(call["body"])
        self.assertEqual(body["type"], "appeald.alert")
        self.assertEqual(body["data"]["case"]["case_ref"], "IPR2026112600777")
        self.assertEqual(body["data"]["case"]["deadline"], deadline.strftime("%Y-%m-%dT%H:%M:%SZ"))
        self.assertEqual(call["files"], [0, 1, 2], "no file of appeald is open in it")
        self.assertNotIn("NOTIFY_SOCKET", call["environment"])
        self.assertEqual(call["group"], call["pid"], "a process group of its own")

    def test_time_limit(self):
        self.owe("hangs", "--severity", "medium")
        begun = time.monotonic()
        state, _, _, said = self.settled("hangs", lambda state, attempts, *_: attempts >= 1)
        self.assertEqual(state, "owed")
        self.assertFalse(said.startswith("refused"), said)
        self.assertLess(time.monotonic() - begun, 15)
        with open(self.at("pids")) as file:
            pids = [int(line) for line in file][:2]
        wait_for(lambda: not any(self.lives(pid) for pid in pids), 5, f"{pids} ended with all they started")

    def test_what_it_leaves_running_may_talk_on(self):
        """An alarm in the background whose words nobody reads is not silenced."""
        self.owe("leaves", "--severity", "medium")
        self.settled("leaves", lambda state, *_: state == "done")
        self.assertFalse(os.path.exists(self.at("rang")), "nobody waits for it")
        wait_for(lambda: os.path.exists(self.at("rang")), 20, "it went on to its end")

    def test_the_last_words_are_kept(self):
        self.owe("floods-and-fails", "--severity", "medium")
        _, _, _, said = self.settled("floods-and-fails", lambda state, attempts, *_: attempts >= 1)
        self.assertRegex(said, "planted end")

    def lives(self, pid):
        try:
            with open(f"/proc/{pid}/stat") as file:
                return file.read().rpartition(")")[2].split()[0] != "Z"
        except FileNotFoundError:
            return False

    def test_one_that_does_not_listen(self):
        self.owe("deaf", "--severity", "medium")
        self.settled("deaf", lambda state, *_: state == "done")

    def test_no_program(self):
        os.unlink(self.at("missing.program"))
        for name in ("missing", "unfit"):
            self.owe(name, "--severity", "medium")
            _, _, _, said = self.settled(name, lambda state, attempts, *_: attempts >= 1)
            self.assertRegex(said, "^refused", name)


def add_endings():
    for name, (_, verdict) in ENDINGS.items():
        if name == "well":
            continue  # that one takes the notice

        def test(self, name=name, verdict=verdict):
            self.owe(name, "--severity", "medium", "--url", APPEAL)
            if verdict == "refused":
                state, _, _, said = self.settled(name, lambda state, attempts, *_: attempts >= 1)
                self.assertEqual((state, said[:7], len(self.calls(name))), ("owed", "refused", 1))
                return
            _, attempts, _, _ = self.settled(name, lambda state, *_: state == "done")
            calls = self.calls(name)
            self.assertEqual((attempts, len(calls)), (1, 1) if verdict == "taken" else (2, 2))
            self.assertEqual(len({json.loads(call["body"])["data"]["key"] for call in calls}), 1)
        setattr(CommandTest, "test_" + name.replace("-", "_"), test)


add_endings()

if __name__ == "__main__":
    unittest.main()

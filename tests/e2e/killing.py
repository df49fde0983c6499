"""appeald, killed at bad moments: of an exchange with a peer, or before its Nth call that leaves something behind."""

import concurrent.futures
import os
import signal
import subprocess
import threading

import harness


def kill_once(test, peer, when):
    """@test's daemon dies the first time that @peer comes to @when.  Returns: whether it has, an Event."""
    killed = threading.Event()

    def kill(call):
        if not killed.is_set():
            killed.set()
            test.appeald.process.kill()

    setattr(peer, when, kill)
    test.addCleanup(setattr, peer, when, None)
    return killed


class CallByCall:
    """For a class of tests that has crash(say, at), which returns what killed_run() does."""

    @classmethod
    def make_preload(cls, folder):
        cls.preload = os.path.join(folder, "preload_crash.so")
        subprocess.run(["gcc", "-D_GNU_SOURCE", "-shared", "-fPIC", "-O1", "-o", cls.preload,
                        os.path.join(harness.ROOT, "tests/fake/preload_crash.c"), "-ldl"], check=True)

    def killed_run(self, appeald, folder, at):
        """Returns whether it came to its end, and how many calls it made; @at 0: it is not killed."""
        count = os.path.join(folder, "count")
        status, output = appeald.run("--once", LD_PRELOAD=self.preload, APPEALD_CRASH_AT=str(at), APPEALD_CRASH_COUNT=count,
                                     ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0")
        self.assertIn(status, (0, -signal.SIGKILL), output)
        if not os.path.exists(count):
            return status == 0, 0
        with open(count) as file:
            return status == 0, int(file.read())

    def all_calls(self, say):
        ended, steps = self.crash(say, 0)
        self.assertTrue(ended)
        self.assertGreater(steps, 9)
        # They wait most of the time: for what a service takes in a second.
        with concurrent.futures.ThreadPoolExecutor(max_workers=2 if harness.SLOW else 10) as pool:
            stride = 6 if harness.SLOW else 1
            killed = [not end for end, _ in pool.map(lambda at: self.crash(say, at), range(1, steps + 1, stride))]
        self.assertGreater(killed.count(True), len(killed) * 3 // 4)

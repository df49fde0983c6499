"""A bench that misses its target says so by its exit status, and `make bench` lists it at its end."""

import glob
import os
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BENCH = os.path.join(ROOT, "tests/bench")
SOURCE = f"""#!/usr/bin/env python3
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, {BENCH!r})
import wanted
print("figures of {{name}}")
{{end}}
"""


class BenchTest(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-bench-"))

    def bench(self, name, end):
        path = os.path.join(self.folder, f"bench_{name}")
        with open(path, "w") as file:
            file.write(SOURCE.format(name=name, end=end))
        os.chmod(path, 0o755)
        return path

    def run_all(self, *benches):
        done = subprocess.run([os.path.join(BENCH, "run"), *benches], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=60)
        return done.returncode, done.stdout.partition("\nbenches: ")

    def test_all_reached(self):
        status, (figures, _, end) = self.run_all(self.bench("one", "sys.exit(wanted.judge('10 ms', True))"))
        self.assertEqual((status, end), (0, "1, of which 1 reached what is wanted of them\n"))
        self.assertIn("figures of one\n  wanted: 10 ms: reached\n", figures)

    def test_the_missed_are_listed_and_the_others_run(self):
        status, (figures, _, end) = self.run_all(self.bench("slow", "sys.exit(wanted.judge('10 ms', False))"),
                                                 self.bench("broken", "raise OSError('no server')"),
                                                 self.bench("good", "sys.exit(wanted.judge('20 ms', True))"))
        self.assertEqual(status, 1)
        self.assertIn("figures of good", figures)
        self.assertEqual(end, "3, of which 1 reached what is wanted of them\n  bench_slow: wanted: 10 ms: NOT reached\n"
                              "  bench_broken: could not be run (exit status 1)\n")

    def test_each_that_states_a_target_ends_by_it(self):
        benches = glob.glob(os.path.join(BENCH, "bench_*"))
        self.assertGreaterEqual(len(benches), 6)
        for path in benches:
            with self.subTest(os.path.basename(path)), open(path) as file:
                text = file.read()
                self.assertIn("return wanted.judge(", text)
                self.assertIn("sys.exit(main())", text)
                self.assertNotIn("NOT reached", text)


if __name__ == "__main__":
    unittest.main()

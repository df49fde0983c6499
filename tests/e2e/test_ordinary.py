"""Never noise: twenty thousand ordinary mails of a seller's mailbox alert nobody."""

import collections
import json
import os
import subprocess
import tempfile
import unittest

import ordinary

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("APPEALD_BUILD", "build"))
COUNT = 20000


class OrdinaryMail(unittest.TestCase):
    def test_raises_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            box = os.path.join(folder, "ordinary.mbox")
            ordinary.write_mbox(box, COUNT)
            done = subprocess.run([f"{BUILD}/appealctl", "mass-check", "--json", "--authserv-id", "mx.seller.example", box],
                                  cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=600, check=False)
        unread = [line for line in done.stdout.decode().splitlines() if '"kind"' not in line]
        self.assertEqual(done.returncode, 0, (done.stderr.decode(), unread[:5]))
        read, alarms = 0, collections.defaultdict(list)
        for line in done.stdout.decode().splitlines():
            answer = json.loads(line)
            read += 1
            if answer["kind"] != "none":
                why = next((e["text"] for e in answer["evidence"] if e["what"] != "authenticity"), "")
                alarms[answer["kind"], answer["category"], answer["language"], why[:60]].append(answer["file"])
        self.assertEqual(read, COUNT)
        said = "\n".join(f"{len(files):5} {key}" for key, files in sorted(alarms.items(), key=lambda item: -len(item[1]))[:60])
        self.assertEqual(sum(map(len, alarms.values())), 0, "\n" + said)


if __name__ == "__main__":
    unittest.main()

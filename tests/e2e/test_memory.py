"""A password is nowhere in memory but where it must be: not in appeald once it was handed to its child, and in
the child's vault alone, for the next login."""

import base64
import os
import tempfile
import unittest

import samples
from dovecot import Dovecot
from harness import Appeald, wait_for, write_private

PASSWORD = "planted-password-" + "0123456789abcdef"
USER = "seller-of-the-memory-test"


def forms(password, user):
    """As it is, and as AUTHENTICATE PLAIN sends it."""
    return [password.encode(), base64.b64encode(f"\0{user}\0{password}".encode())[:-4]]


def find_in_memory(pid, wanted):
    """Where the bytes stand in the memory that process @pid can write."""
    found = []
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            span, mode, *rest = line.split()
            if "w" not in mode or "r" not in mode:
                continue
            start, end = (int(number, 16) for number in span.split("-"))
            if end - start > 1 << 30:
                continue  # shadow memory of sanitizers
            try:
                memory.seek(start)
                data = memory.read(end - start)
            except OSError:
                continue
            at = data.find(wanted)
            while at >= 0:
                found.append(f"{rest[-1]} {start:x}+{at:x}")
                at = data.find(wanted, at + 1)
    return found


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


def program(pid):
    return os.path.basename(os.readlink(f"/proc/{pid}/exe"))


class Memory(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="apd-memory-"))
        self.server = Dovecot(users={USER: PASSWORD})
        self.addCleanup(self.server.close)
        write_private(os.path.join(self.folder, "mail.password"), PASSWORD + "\n")

    def start(self, *keys):
        daemon = self.enterContext(Appeald(
            f"[imap office]\nhost = localhost\nport = {self.server.tls_port}\ntls = implicit\n"
            f"folders = INBOX, {', '.join('abc')}\nca-file = {self.server.ca}\nuser = {USER}\nauthserv-id = {samples.AUTHSERV}\n" + "\n".join(keys)
            + "\n[channel here]\ntype = terminal\n", self.folder))
        daemon.start()
        wait_for(lambda: "1 source" in "".join(daemon.status_lines()[-1:]) and self.server.logins() > 0, what="login")
        self.server.append(USER, samples.counterfeit(samples.ahead(days=2)))
        wait_for(lambda: "case #1" in daemon.output(), what="a case")
        return daemon

    def check(self, daemon):
        pid = daemon.process.pid
        mail, = [child for child in children(pid) if program(child) == "appeald-mail"]
        try:
            self.assertTrue(find_in_memory(pid, USER.encode()))  # so it would be found
        except PermissionError:
            self.assertNotEqual(os.geteuid(), 0)
            return  # sealed even from its own user
        for form in forms(PASSWORD, USER):
            self.assertEqual(find_in_memory(pid, form), [])
        plain, encoded = (find_in_memory(mail, form) for form in forms(PASSWORD, USER))
        self.assertEqual(len({place.split("+")[0] for place in plain}), 1, plain)  # the vault
        self.assertEqual(encoded, [])

    def test_from_a_file(self):
        self.check(self.start("password-file = mail.password"))

    def test_from_a_command(self):
        self.check(self.start(f"password-command = cat {self.folder}/mail.password"))

    def test_sent_as_plain(self):
        self.check(self.start("password-file = mail.password", "auth = plain"))


if __name__ == "__main__":
    unittest.main()

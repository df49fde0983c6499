"""The manuals name every option and command that the programs have, and no
other; man and mandoc have nothing to say against them."""

import glob
import os
import re
import subprocess
import unittest

from harness import BUILD, ROOT

PAGES = sorted(glob.glob(os.path.join(ROOT, "man/*.[1-8]")))


def run(*command, **more):
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=60,
                          stderr=subprocess.PIPE, encoding="utf-8", env=dict(os.environ, LC_ALL="C.UTF-8"), **more)


def help_of(program, *words):
    done = run(os.path.join(BUILD, program), *words, "--help")
    assert done.returncode == 0, (program, words, done.stderr)
    return done.stdout


def options_in(text):
    """Long options that a --help lists."""
    return set(re.findall(r"^  (?:-\w, )?--([\w-]+)", text, re.M))


def page_of(program):
    (path,) = [path for path in PAGES if os.path.basename(path).rsplit(".", 1)[0] == program]
    with open(path) as file:
        return file.read()


def options_of(page):
    return {name.removeprefix("-") for name in re.findall(r"Fl (?:\w , )?(-[\w-]+)", page)}


def commands():
    listed = help_of("appealctl").split("Commands:\n", 1)[1].split("\n\n", 1)[0]
    return re.findall(r"^  ([\w-]+)", listed, re.M)


class ManualsTest(unittest.TestCase):
    def test_all_are_there(self):
        self.assertEqual([os.path.basename(path) for path in PAGES],
                         ["appealctl.1", "appeald-desktop.1", "appeald.8", "appeald.conf.5"])

    def test_options_of_daemons(self):
        for program in ("appeald", "appeald-desktop"):
            with self.subTest(program=program):
                page = page_of(program)
                self.assertEqual(options_of(page), options_in(help_of(program)))

    def test_options_of_appealctl(self):
        known = options_in(help_of("appealctl"))
        for command in commands():
            known |= options_in(help_of("appealctl", command))
        self.assertEqual(options_of(page_of("appealctl")), known)

    def test_each_command_and_what_it_takes(self):
        page = page_of("appealctl")
        common = options_in(help_of("appealctl"))
        items = re.split(r"^\.It Ic ", page, flags=re.M)[1:]
        described = {item.split()[0]: item for item in items}
        self.assertEqual(set(described), set(commands()))
        for command in commands():
            for option in options_in(help_of("appealctl", command)) - common:
                with self.subTest(command=command, option=option):
                    shared = described["explain"] if command == "mass-check" else ""
                    self.assertIn(f"Fl -{option}", re.sub(r"Fl \w , -", "Fl -", described[command] + shared))

    def test_render_without_warnings(self):
        for path in PAGES:
            with self.subTest(page=os.path.basename(path)):
                done = run("man", "--warnings", "-l", path)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertGreater(len(done.stdout.splitlines()), 30)

    def test_lint(self):
        for path in PAGES:
            with self.subTest(page=os.path.basename(path)):
                done = run("mandoc", "-T", "lint", path)
                # The pages name each other; they are not installed here.
                said = [line for line in done.stdout.splitlines() if "referenced manual not found" not in line]
                self.assertEqual(said, [])

    def test_completion(self):
        def complete(*words):
            script = (f'PATH={BUILD}:$PATH; . {ROOT}/conf/appealctl.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
                      '_appealctl; echo "${COMPREPLY[@]}"')
            return run("bash", "-c", script, "bash", *words).stdout.split()

        self.assertEqual(complete("appealctl", ""), commands())
        self.assertEqual(complete("appealctl", "ca"), ["cases", "calendar"])
        self.assertIn("--why", complete("appealctl", "show", "--"))
        self.assertNotIn("--why", complete("appealctl", "--config", "x", "cases", "--"))


if __name__ == "__main__":
    unittest.main()

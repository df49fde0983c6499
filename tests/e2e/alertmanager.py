"""A real Alertmanager beside a test's daemon."""

import json
import os
import subprocess
import urllib.request

from harness import free_port, wait_for


class Alertmanager:
    """For a class of tests that is a Daemon: start_alertmanager() in its add_channels()."""

    @classmethod
    def start_alertmanager(cls, keys=""):
        """Adds the channel "ops", with these @keys besides."""
        cls.port = free_port()
        with open(os.path.join(cls.folder, "alertmanager.yml"), "w") as file:
            file.write("route:\n  receiver: nobody\nreceivers:\n- name: nobody\n")
        cls.process = subprocess.Popen(
            ["prometheus-alertmanager", f"--config.file={cls.folder}/alertmanager.yml", f"--storage.path={cls.folder}/data",
             f"--web.listen-address=127.0.0.1:{cls.port}", "--cluster.listen-address="],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cls.addClassCleanup(cls.end_alertmanager)
        cls.sections.append(f"[channel ops]\ntype = alertmanager\n{keys}server = http://127.0.0.1:{cls.port}\n")
        wait_for(lambda: cls.alerts() is not None, 60, "Alertmanager")

    @classmethod
    def end_alertmanager(cls):
        cls.process.terminate()
        cls.process.wait(30)

    @classmethod
    def alerts(cls):
        """What fires; None: it does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{cls.port}/api/v2/alerts", timeout=5) as answer:
                return json.load(answer)
        except OSError:
            return None

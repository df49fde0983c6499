"""The popup on notification servers that people run: looked at (the pictures are kept in the build folder),
pressed, replaced and taken down.  dunst stands in test_desktop.py."""

import glob
import os
import re
import subprocess
import unittest

from session import BUILD, Session, wait_for

HOUR = 3600
URL = "https://csp.aliexpress.com/m_apps/violation/detail?channelId=2286000"
LONG = {"en": "Complaint <IPR-20260105-7781> about your product & its images: a title that goes on and on, to see where it is cut",
        "zh": "关于您的商品“儿童灯笼 <红色> & 配件”的知识产权投诉通知，请在截止时间前提交申诉材料，逾期将无法申诉，并可能导致商品下架和扣分处理",
        "ru": "Жалоба <IPR-20260105-7781> на ваш товар & его изображения: заголовок, который всё не кончается и не кончается"}


class Servers:
    """What is alike of them.  A server's own windows are told from others by their size."""

    def setUp(self):
        self.session = Session()
        self.addCleanup(self.session.close)
        self.session.start_bus()
        self.session.start_display()
        self.start_server()
        wait_for(lambda: self.bus("GetServerInformation"), what="the server")

    def bus(self, method):
        return subprocess.run(["gdbus", "call", "--session", "-d", "org.freedesktop.Notifications", "-o", "/org/freedesktop/Notifications",
                               "-m", f"org.freedesktop.Notifications.{method}"], env=self.session.env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=20).stdout

    def start(self, *command):
        return self.session.processes.start(*command, env=self.session.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def xdotool(self, *arguments):
        return subprocess.run(["xdotool", *arguments], env=self.session.env, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, timeout=20).stdout

    def popups(self):
        """Geometry (x, y, width, height) of each popup on the screen."""
        found = []
        for window in self.xdotool("search", "--onlyvisible", "--name", ".*").split():
            numbers = re.findall(r"-?\d+", self.xdotool("getwindowgeometry", window).partition("Position:")[2].replace("(screen: 0)", ""))
            if len(numbers) == 4 and 250 <= int(numbers[2]) < 1000 and 80 <= int(numbers[3]) < 800:
                found.append(tuple(map(int, numbers)))
        return found

    def show(self, language, *owed):
        self.session.configure(channel=f"type = desktop\nlanguage = {language}")
        cases = [self.session.owe(*options) for options in owed]
        self.session.desktop()
        self.session.wait_deliveries(*["done"] * len(owed))
        return cases

    def wait_popups(self, count):
        wait_for(lambda: len(self.popups()) == count, what=lambda: f"{count} popups: {self.popups()}")

    def settled(self):
        """A popup may grow while it appears."""
        last = None
        def same():
            nonlocal last
            now, before = self.popups(), last
            last = now
            return now and now == before
        wait_for(same, what="a popup at rest")
        return last

    def picture(self, name):
        self.settled()
        os.makedirs(f"{BUILD}/pictures", exist_ok=True)
        path = f"{BUILD}/pictures/{name}.png"
        subprocess.run(["import", "-window", "root", path], env=self.session.env, check=True, timeout=30)
        self.assertGreater(os.path.getsize(path), 2000)

    def click(self, across, up):
        """At a part of the popup's width, and so many pixels above its lower edge."""
        (x, y, width, height), *_ = self.settled()
        self.xdotool("mousemove", str(x + int(width * across)), str(y + height - up), "click", "1")

    def test_it_fits_the_screen(self):
        for language in LONG:
            with self.subTest(language):
                if language != "en":
                    self.session.processes.end_all()
                    self.setUp()
                self.show(language, ("--url", URL, "--seconds", str(5 * HOUR + 60), "--subject", LONG[language]))
                self.wait_popups(1)
                self.picture(f"desktop-{self.name}-{language}")
                (x, y, width, height), = self.popups()
                self.assertTrue(0 <= x and x + width <= 1100 and 0 <= y and y + height <= 900, (x, y, width, height))
                self.assertLessEqual(width, 720)

    def test_a_button_is_pressed(self):
        case, = self.show("en", ("--seconds", str(5 * HOUR + 60)))
        self.wait_popups(1)
        self.click(*self.acknowledge)
        wait_for(lambda: self.session.state(case) == "acknowledged", what="acknowledged by the button")
        self.wait_popups(0)

    def test_a_later_alert_takes_its_place(self):
        case, = self.show("en", ("--seconds", str(5 * HOUR + 60)))
        self.wait_popups(1)
        self.session.owe("--case", str(case), "--reason", "step")
        self.session.wait_deliveries("done", "done")
        self.wait_popups(1)

    def test_answered_elsewhere_it_goes(self):
        case, = self.show("en", ("--seconds", str(5 * HOUR + 60)))
        self.wait_popups(1)
        self.session.ctl("ack", str(case))
        self.wait_popups(0)

    def test_a_server_that_restarts_gets_it_again(self):
        self.show("en", ("--seconds", str(5 * HOUR + 60)))
        self.wait_popups(1)
        self.session.processes.end(self.server)
        self.wait_popups(0)
        self.start_server()
        self.wait_popups(1)


class XfceTest(Servers, unittest.TestCase):
    name, acknowledge = "xfce", (0.45, 31)
    folder = next(iter(glob.glob("/usr/lib/*/xfce4")), "")

    def start_server(self):
        if not hasattr(self, "settings") or self.settings.poll() is not None:
            self.settings = self.start(f"{self.folder}/xfconf/xfconfd")
            wait_for(lambda: "Xfconf" in subprocess.run(
                ["gdbus", "call", "--session", "-d", "org.freedesktop.DBus", "-o", "/", "-m", "org.freedesktop.DBus.ListNames"],
                env=self.session.env, text=True, stdout=subprocess.PIPE, timeout=20).stdout, what="xfconfd")
        self.server = self.start(f"{self.folder}/notifyd/xfce4-notifyd")


class NotificationDaemonTest(Servers, unittest.TestCase):
    name, acknowledge = "notification-daemon", (0.46, 37)

    def start_server(self):
        self.server = self.start("/usr/lib/notification-daemon/notification-daemon")

    def test_a_click_opens_the_page(self):
        opened = f"{self.session.home}/opened"
        os.makedirs(f"{self.session.home}/data/applications")
        for path, text in (("data/applications/browser.desktop", "[Desktop Entry]\nType=Application\nName=Browser\n"
                            f"Exec={self.session.home}/browser %u\nMimeType=x-scheme-handler/https;\n"),
                           ("data/applications/mimeapps.list", "[Default Applications]\nx-scheme-handler/https=browser.desktop\n"),
                           ("browser", f'#!/bin/sh\nprintf %s "$1" >{opened}.new && mv {opened}.new {opened}\n')):
            with open(f"{self.session.home}/{path}", "w") as file:
                file.write(text)
        os.chmod(f"{self.session.home}/browser", 0o755)
        case, = self.show("en", ("--url", URL))
        self.wait_popups(1)
        self.click(0.5, 150)
        wait_for(lambda: os.path.exists(opened), what="the browser")
        with open(opened) as file:
            self.assertEqual(file.read(), URL)
        self.assertEqual(self.session.state(case), "open", "who looks has not answered")


if __name__ == "__main__":
    unittest.main()

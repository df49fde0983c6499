"""Popups: shown, settled, kept true, on a server that records and on dunst."""

import os
import signal
import subprocess
import unittest

from session import BUILD, Notifyd, Session, wait_for

HOUR = 3600
URL = "https://sellercenter.aliexpress.com/appeal/7781"


class DesktopTest(unittest.TestCase):
    def setUp(self):
        self.session = self.new_session()
        self.session.configure()
        self.session.start_bus()

    def new_session(self, folder=None):
        session = Session(folder)
        self.addCleanup(session.close)
        return session

    def test_a_popup_is_shown_and_marked_done(self):
        case = self.session.owe("--url", URL, "--seconds", str(53 * HOUR + 60))
        server = Notifyd(self.session)
        self.session.desktop()

        popup = server.popup()
        self.assertTrue(popup["title"].startswith("2 days 5 hours left"), popup["title"])
        self.assertIn("<b>Deadline:</b>", popup["body"].split("\n")[0])
        self.assertIn("Beijing time", popup["body"].split("\n")[0])
        self.assertEqual(list(popup["buttons"]), ["default", "ack", "snooze", "open"])
        self.assertEqual((popup["urgency"], popup["timeout"], popup["replaces"]), (1, 0, 0))
        self.session.wait_deliveries("done")
        self.assertEqual(self.session.state(case), "open")
        server.quiet()

    def test_less_than_a_day_is_critical_and_no_url_no_button(self):
        self.session.owe("--seconds", str(5 * HOUR + 60))
        server = Notifyd(self.session)
        self.session.desktop()

        popup = server.popup()
        self.assertEqual(popup["urgency"], 2)
        self.assertTrue(popup["title"].startswith("5 hours left"), popup["title"])
        self.assertEqual(list(popup["buttons"]), ["ack", "snooze"])

    def test_buttons_act_on_the_ledger(self):
        first = self.session.owe()
        server = Notifyd(self.session)
        self.session.desktop()

        popup = server.popup()
        self.session.wait_deliveries("done")
        server.order(f"press {popup['id']} ack")
        wait_for(lambda: self.session.state(first) == "acknowledged", what="acknowledged")
        self.assertIn("person (desktop)", self.session.rows("SELECT by FROM history"))

        second = self.session.owe()
        popup = server.popup() if (e := server.next())["event"] == "close" else e
        server.order(f"press {popup['id']} snooze")
        wait_for(lambda: self.session.rows(
            f"SELECT snoozed_until FROM cases WHERE id = {second}")[0] > 0, what="snoozed")
        self.assertEqual(self.session.state(second), "open")

    def test_acknowledged_elsewhere_closes_the_popup(self):
        case = self.session.owe()
        server = Notifyd(self.session)
        self.session.desktop()
        popup = server.popup()
        self.session.wait_deliveries("done")

        self.session.ctl("ack", str(case))
        self.assertEqual(server.next(), {"event": "close", "id": popup["id"]})

    def test_a_later_alert_takes_the_popup_of_the_earlier(self):
        case = self.session.owe("--seconds", str(30 * HOUR + 60))
        server = Notifyd(self.session)
        self.session.desktop()
        popup = server.popup()
        self.session.wait_deliveries("done")

        self.session.owe("--case", str(case), "--reason", "step")
        self.assertEqual(server.popup()["replaces"], popup["id"])
        self.session.wait_deliveries("done", "done")

    def test_what_a_person_closed_stays_closed_until_the_next_alert(self):
        # Ten minutes and a moment left: the popup would change in that moment.
        case = self.session.owe("--seconds", "603")
        server = Notifyd(self.session)
        self.session.desktop()
        popup = server.popup()
        self.session.wait_deliveries("done")
        server.order(f"dismiss {popup['id']}")
        server.quiet(seconds=4)

        self.session.owe("--case", str(case), "--reason", "step")
        self.assertEqual(server.popup()["replaces"], 0)

    def test_the_countdown_changes_in_place(self):
        self.session.owe("--seconds", "1203")
        server = Notifyd(self.session)
        self.session.desktop()
        first = server.popup()
        self.assertTrue(first["title"].startswith("20 minutes left"), first["title"])

        second = server.popup()
        self.assertTrue(second["title"].startswith("10 minutes left"), second["title"])
        self.assertEqual(second["replaces"], first["id"])

    def test_text_of_a_mail_is_inert(self):
        evil = "<b>Evil</b> & <img src='file:///etc/passwd'> subject"
        self.session.owe("--subject", evil)
        server = Notifyd(self.session)
        self.session.desktop()
        body = server.popup()["body"]
        self.assertIn("&lt;b&gt;Evil&lt;/b&gt; &amp; &lt;img", body)
        self.assertNotIn("<img", body)

    def test_a_plain_server_gets_plain_text_and_commands(self):
        case = self.session.owe("--subject", "<i>a</i> & b", "--url", URL)
        server = Notifyd(self.session, "--without", "actions", "--without", "body-markup")
        self.session.desktop()
        popup = server.popup()
        self.assertIn("<i>a</i> & b", popup["body"])
        self.assertNotIn("<b>", popup["body"])
        self.assertIn(f"appealctl ack {case}", popup["body"])
        self.assertEqual(popup["buttons"], {})

    def test_the_page_is_offered_once_and_where_there_is_room(self):
        for name, buttons, click in (("Xfce Notify Daemon", ["default", "ack", "snooze"], False),
                                     ("Notification Daemon", ["default", "ack", "snooze"], True),
                                     ("gnome-shell", ["default", "ack", "snooze", "open"], False)):
            with self.subTest(name):
                session = self.new_session()
                session.configure()
                session.start_bus()
                session.owe("--url", URL)
                server = Notifyd(session, "--name", name)
                session.desktop()
                popup = server.popup()
                self.assertEqual(list(popup["buttons"]), buttons)
                self.assertEqual("Click here to open the appeal page" in popup["body"], click, popup["body"])

    def test_owed_until_a_server_comes(self):
        self.session.owe()
        self.session.desktop()
        other = self.session.owe()  # the program is up or not: both stay owed
        self.assertEqual(self.session.deliveries(), ["owed", "owed"])

        server = Notifyd(self.session)
        self.assertEqual({server.popup()["id"], server.popup()["id"]}, {1, 2})
        self.session.wait_deliveries("done", "done")
        self.assertEqual(self.session.state(other), "open")

    def test_a_hung_server_is_waited_for(self):
        self.session.owe()
        hung = Notifyd(self.session, "--hang")
        desktop = self.session.desktop()
        self.assertEqual(hung.next()["event"], "hung")
        self.assertEqual(self.session.deliveries(), ["owed"])
        hung.end()
        server = Notifyd(self.session)
        server.popup()
        self.session.wait_deliveries("done")
        self.assertEqual(self.session.processes.end(desktop), 0)

    def test_a_server_that_restarts_gets_what_was_shown(self):
        case = self.session.owe("--subject", "shown")
        closed = self.session.owe("--subject", "closed by hand")
        server = Notifyd(self.session)
        self.session.desktop()
        popups = {("closed" in p["body"]): p for p in (server.popup(), server.popup())}
        self.session.wait_deliveries("done", "done")
        server.order(f"dismiss {popups[True]['id']}")
        server.quiet()
        server.end()

        again = Notifyd(self.session)
        popup = again.popup()
        self.assertNotIn("closed by hand", popup["body"])
        self.assertEqual(popup["replaces"], 0)  # the old number may be a stranger's
        again.quiet()
        again.order(f"press {popup['id']} ack")
        wait_for(lambda: self.session.state(case) == "acknowledged", what="acknowledged")
        self.assertEqual(self.session.state(closed), "open")

    def test_a_restart_shows_again_with_buttons_that_work(self):
        case = self.session.owe("--subject", "shown")
        taken = self.session.owe("--subject", "taken meanwhile")
        closed = self.session.owe("--subject", "closed by hand")
        server = Notifyd(self.session)
        desktop = self.session.desktop()
        words = {"closed by": closed, "taken": taken, "shown": case}
        popups = {}
        for _ in words:
            popup = server.popup()
            popups[next(w for w in words if w in popup["body"])] = popup["id"]
        self.session.wait_deliveries("done", "done", "done")
        server.order(f"dismiss {popups['closed by']}")
        server.quiet()
        self.session.processes.end(desktop, signal.SIGKILL)
        self.session.ctl("ack", str(taken))

        self.session.desktop()
        events = [server.next() for _ in range(3)]
        self.assertEqual(sorted(e["id"] for e in events if e["event"] == "close"),
                         sorted([popups["taken"], popups["shown"]]))
        again = next(e for e in events if e["event"] == "notify")
        self.assertIn("shown", again["body"])
        server.quiet()
        server.order(f"press {again['id']} ack")
        wait_for(lambda: self.session.state(case) == "acknowledged", what="acknowledged")
        self.assertEqual(self.session.state(closed), "open")

    def test_a_restart_shows_a_summary_again(self):
        cases = [self.session.owe("--seconds", str(n * 10 * HOUR)) for n in (5, 3, 4, 6, 7)]
        server = Notifyd(self.session)
        desktop = self.session.desktop()
        popup = server.popup()
        self.session.wait_deliveries(*["done"] * 5)
        self.session.processes.end(desktop, signal.SIGKILL)
        self.session.ctl("ack", str(cases[0]))

        self.session.desktop()
        events = [server.next(), server.next()]
        self.assertIn({"event": "close", "id": popup["id"]}, events)
        again = next(e for e in events if e["event"] == "notify")
        self.assertTrue(again["title"].startswith("4 open cases"), again["title"])
        server.quiet()

    def test_a_test_alert_is_waited_for(self):
        self.session.owe()
        status, text = self.session.ask("test", "desk")
        self.assertEqual(status, 1)
        self.assertIn("owed: appeald-desktop shows it as soon as", text)

        server = Notifyd(self.session)
        self.session.desktop()
        self.session.wait_deliveries("done", "done")
        status, text = self.session.ask("test", "desk")
        self.assertEqual(status, 0)
        self.assertIn("taken: a session's notification server took the popup", text)
        self.assertIn("Test alert", [server.popup()["title"] for _ in range(3)][-1])

    def test_a_refused_popup_says_why(self):
        self.session.owe()
        Notifyd(self.session, "--refuse")
        self.session.desktop()
        wait_for(lambda: "no popups today" in str(self.session.rows(
            "SELECT last_error FROM deliveries")), what="last_error")
        self.assertEqual(self.session.deliveries(), ["owed"])

    def test_the_bus_restarts(self):
        self.session.owe()
        server = Notifyd(self.session)
        desktop = self.session.desktop()
        server.popup()
        self.session.wait_deliveries("done")
        server.end()
        self.session.processes.end(self.session.bus)

        self.session.start_bus()
        server = Notifyd(self.session)
        server.popup(seconds=40)
        self.assertEqual(self.session.processes.end(desktop), 0)

    def test_many_at_login_are_one(self):
        cases = [self.session.owe("--seconds", str(n * 10 * HOUR)) for n in (5, 3, 4, 6, 7)]
        server = Notifyd(self.session)
        self.session.desktop()
        popup = server.popup()
        self.assertTrue(popup["title"].startswith("5 open cases"), popup["title"])
        self.assertTrue(popup["body"].startswith(f"#{cases[1]} "), popup["body"])
        self.assertEqual(popup["urgency"], 1)
        self.session.wait_deliveries(*["done"] * 5)
        server.quiet()

        self.session.ctl("ack", str(cases[0]))
        self.assertTrue(server.popup()["title"].startswith("4 open cases"))
        for case in cases[1:]:
            self.session.ctl("ack", str(case))
        while (event := server.next())["event"] != "close":
            pass
        self.assertEqual(event["id"], popup["id"])

    def test_a_summary_is_as_urgent_as_its_first_case(self):
        for n in (5, 30, 40, 60):
            self.session.owe("--seconds", str(n * HOUR))
        server = Notifyd(self.session)
        self.session.desktop()
        self.assertEqual(server.popup()["urgency"], 2)

    def test_a_ledger_that_comes_later(self):
        server = Notifyd(self.session)
        self.session.desktop()
        self.session.owe()
        server.popup()
        self.session.wait_deliveries("done")

    def test_two_sessions_both_show(self):
        other = self.new_session(self.session.folder)
        other.configure()
        other.start_bus()
        servers = [Notifyd(s) for s in (self.session, other)]
        seen = self.session.owe()
        desktops = [s.desktop() for s in (self.session, other)]
        # Whichever comes first shows what was owed before.
        wait_for(lambda: self.session.deliveries() == ["done"], what="the first")
        self.session.ctl("ack", str(seen))
        wait_for(lambda: all(p.poll() is None for p in desktops), what="both run")
        self.drain_until_watching(servers)

        case = self.session.owe("--subject", "for both")
        popups = [self.popup_saying(server, "for both") for server in servers]
        self.session.wait_deliveries("done", *["done"] * (len(self.session.deliveries()) - 1))

        servers[0].order(f"press {popups[0]['id']} ack")
        wait_for(lambda: self.session.state(case) == "acknowledged", what="acknowledged")
        while servers[1].next() != {"event": "close", "id": popups[1]["id"]}:
            pass

    def popup_saying(self, server, text):
        while True:
            event = server.next()
            if event["event"] == "notify" and text in event["body"]:
                return event

    def drain_until_watching(self, servers):
        """Owes probes until both sessions show one: then both watch."""
        def both():
            case = self.session.owe("--subject", "probe")
            wait_for(lambda: "owed" not in self.session.deliveries(), what="probe")
            heard = [not s.lines.empty() for s in servers]
            self.session.ctl("ack", str(case))
            return all(heard)
        wait_for(both, what="both sessions watch")

    def test_without_a_desktop_channel(self):
        self.session.configure(channel="type = terminal")
        run = subprocess.run([f"{BUILD}/appeald-desktop", "--config", self.session.config],
                             env=self.session.env, stderr=subprocess.PIPE, text=True, timeout=20)
        self.assertEqual(run.returncode, 78)
        self.assertIn("no channel of type desktop", run.stderr)

    def test_options(self):
        for arguments, status in ((["--version"], 0), (["--help"], 0), (["--nonsense"], 2),
                                  (["stray"], 2), (["--config", "/nonexistent"], 78)):
            with self.subTest(arguments):
                run = subprocess.run([f"{BUILD}/appeald-desktop", *arguments], timeout=20,
                                     env=self.session.env, stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE)
                self.assertEqual(run.returncode, status)

    def test_no_bus_at_all(self):
        del self.session.env["DBUS_SESSION_BUS_ADDRESS"]
        self.session.owe()
        desktop = self.session.desktop()
        with self.assertRaises(subprocess.TimeoutExpired):
            desktop.wait(timeout=2)
        self.assertEqual(self.session.processes.end(desktop), 0)
        self.assertEqual(self.session.deliveries(), ["owed"])


DUNSTRC = """[global]
width = 520
height = 400
offset = 20x20
origin = top-right
font = DejaVu Sans 11
format = "<b>%s</b>\\n%b"
padding = 14
horizontal_padding = 16
frame_width = 2
corner_radius = 6
dmenu = {pick}
[urgency_normal]
background = "#20303c"
foreground = "#f4f6f8"
frame_color = "#5aa0d0"
[urgency_critical]
background = "#402020"
foreground = "#fff4f0"
frame_color = "#e05040"
"""

# Stands for a person who chooses from dunst's menu of buttons.
PICK = "#!/bin/sh\ngrep -m1 Acknowledge\n"


class DunstTest(unittest.TestCase):
    def setUp(self):
        self.session = Session()
        self.addCleanup(self.session.close)
        self.session.configure()
        self.session.start_bus()
        self.session.start_display()
        self.dunst = self.start_dunst()

    def start_dunst(self):
        pick, config = f"{self.session.home}/pick", f"{self.session.home}/dunstrc"
        with open(pick, "w") as f:
            f.write(PICK)
        os.chmod(pick, 0o755)
        with open(config, "w") as f:
            f.write(DUNSTRC.format(pick=pick))
        dunst = self.session.processes.start("dunst", "-config", config, env=self.session.env,
                                             stderr=subprocess.DEVNULL)
        wait_for(lambda: self.dunstctl("count", "displayed") != "", what="dunst")
        return dunst

    def dunstctl(self, *arguments):
        return subprocess.run(["dunstctl", *arguments], env=self.session.env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              timeout=20).stdout.strip()

    def wait_shown(self, n):
        wait_for(lambda: self.dunstctl("count", "displayed") == str(n), what=f"{n} shown")

    def picture(self, name):
        os.makedirs(f"{BUILD}/pictures", exist_ok=True)
        path = f"{BUILD}/pictures/{name}.png"
        subprocess.run(["import", "-window", "root", path], env=self.session.env, check=True,
                       timeout=30)
        self.assertGreater(os.path.getsize(path), 2000)

    def test_a_popup_whose_acknowledge_button_is_pressed(self):
        case = self.session.owe("--url", URL, "--seconds", str(5 * HOUR + 60), "--subject",
                                "Complaint <IPR-20260105-7781> about your product & its images")
        self.session.desktop()
        self.session.wait_deliveries("done")
        self.wait_shown(1)
        self.picture("desktop-dunst")

        self.dunstctl("context")
        wait_for(lambda: self.session.state(case) == "acknowledged", what="acknowledged")
        self.wait_shown(0)

    def test_a_click_opens_the_page(self):
        opened = f"{self.session.home}/opened"
        os.makedirs(f"{self.session.home}/data/applications")
        with open(f"{self.session.home}/data/applications/browser.desktop", "w") as f:
            f.write("[Desktop Entry]\nType=Application\nName=Browser\n"
                    f"Exec={self.session.home}/browser %u\nMimeType=x-scheme-handler/https;\n")
        with open(f"{self.session.home}/data/applications/mimeapps.list", "w") as f:
            f.write("[Default Applications]\nx-scheme-handler/https=browser.desktop\n")
        with open(f"{self.session.home}/browser", "w") as f:
            f.write(f'#!/bin/sh\nprintf %s "$1" >{opened}.new && mv {opened}.new {opened}\n')
        os.chmod(f"{self.session.home}/browser", 0o755)

        case = self.session.owe("--url", URL)
        self.session.desktop()
        self.session.wait_deliveries("done")
        self.wait_shown(1)
        self.dunstctl("action", "0")
        wait_for(lambda: os.path.exists(opened), what="browser")
        with open(opened) as f:
            self.assertEqual(f.read(), URL)
        self.assertEqual(self.session.state(case), "open")

    def test_several_popups_and_a_restart_of_dunst(self):
        self.session.owe("--seconds", str(60 * HOUR), "--url", URL)
        self.session.owe("--seconds", str(20 * HOUR))
        self.session.desktop()
        self.session.wait_deliveries("done", "done")
        self.wait_shown(2)
        self.picture("desktop-dunst-two")

        self.session.processes.end(self.dunst, signal.SIGKILL)
        self.dunst = self.start_dunst()
        self.wait_shown(2)

    def test_many_at_login(self):
        for n in (50, 30, 9, 120, 200):
            self.session.owe("--seconds", str(n * HOUR))
        self.session.desktop()
        self.wait_shown(1)
        self.picture("desktop-dunst-login")


if __name__ == "__main__":
    unittest.main()

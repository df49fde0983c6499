"""IMAP servers of other makes, private to a test as dovecot.py is: Cyrus and Courier, of Debian's packages, which
`make servers` unpacks into the build folder."""

import atexit
import functools
import imaplib
import os
import platform
import pwd
import shutil
import smtplib
import socket
import struct
import subprocess
import tempfile
import threading
import time

from dovecot import free_port, make_certificates, wait_for
from harness import ROOT

UNPACKED = os.path.join(ROOT, "build", "servers")


@functools.cache
def programs():
    """Where the servers' files are. They run as "mail" when we are root, who may not look into our folder."""
    if not os.path.exists(os.path.join(UNPACKED, "done")):
        raise AssertionError("Cyrus and Courier are not unpacked: make servers")
    if os.geteuid() != 0:
        return os.path.join(UNPACKED, "root")
    copy = tempfile.mkdtemp(prefix="apd-servers-")
    atexit.register(shutil.rmtree, copy, ignore_errors=True)
    os.chmod(copy, 0o755)
    return shutil.copytree(os.path.join(UNPACKED, "root"), os.path.join(copy, "root"), symlinks=True)


def libraries():
    machine = f"{platform.machine()}-linux-gnu"
    return ":".join(os.path.join(programs(), folder)
                    for folder in ("usr/lib", f"usr/lib/{machine}", f"lib/{machine}", "usr/lib/cyrus"))


class Passwords(threading.Thread):
    """A daemon that is asked whether a password is right, over a socket."""

    def __init__(self, path, answer):
        super().__init__(daemon=True)
        self.answer_one = answer
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        os.chmod(path, 0o777)
        self.start()

    def run(self):
        while True:
            try:
                asker, _ = self.listener.accept()
            except OSError:
                return
            with asker:
                asker.sendall(self.answer_one(asker))

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.join(5)


class Server:
    """What the two have in common. As root it runs as "mail"."""

    tls = "implicit"

    def __init__(self, users, idle=True):
        self.users, self.idle = dict(users), idle
        self.root = tempfile.mkdtemp(prefix="apd-server-")
        self.port, self.tls_port = free_port(), free_port()
        self.processes = []
        self.owner = pwd.getpwnam("mail") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        os.chmod(self.root, 0o755)
        os.mkdir(os.path.join(self.root, "tls"))
        make_certificates(os.path.join(self.root, "tls"))
        self.ca = os.path.join(self.root, "tls", "ca.pem")
        self.passwords = Passwords(os.path.join(self.root, "passwords"), self.answer)
        self.prepare()
        for folder, _, files in os.walk(self.root):
            for name in (folder, *(os.path.join(folder, file) for file in files)):
                os.chown(name, self.owner.pw_uid, self.owner.pw_gid)
        self.start()

    def path(self, *parts):
        return os.path.join(self.root, *parts)

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)
        return self.path(name)

    def run(self, *command, **environment):
        environ = {"PATH": os.environ["PATH"], "LD_LIBRARY_PATH": libraries(), **environment}
        as_owner = {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        with open(self.path("log"), "ab") as log:
            self.processes.append(subprocess.Popen(command, env=environ, cwd=self.root, start_new_session=True, **as_owner,
                                                   stdin=subprocess.DEVNULL, stdout=log, stderr=log))

    def answers(self):
        for process in self.processes:
            if process.poll() is not None:
                raise AssertionError(f"{process.args[0]} ended: {self.log()}")
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as plain:
                return plain.recv(64).startswith(b"* OK")
        except OSError:
            return False

    def log(self):
        with open(self.path("log"), errors="replace") as file:
            return file.read()

    def stop(self):
        """With the sessions: they are in the group of the one that was started."""
        for process in self.processes:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                pass
            try:
                os.killpg(process.pid, 9)
            except ProcessLookupError:
                pass
            process.wait(10)
        self.processes = []

    def close(self):
        self.stop()
        self.passwords.close()
        shutil.rmtree(self.root, ignore_errors=True)

    def imap(self, user):
        client = imaplib.IMAP4("127.0.0.1", self.port)
        client.login(user, self.users[user])
        return client

    def append(self, user, data, folder="INBOX"):
        client = self.imap(user)
        answer = client.append(f'"{folder}"', "", imaplib.Time2Internaldate(time.time()), data)
        client.logout()
        if answer[0] != "OK":
            raise AssertionError(answer)


class Cyrus(Server):
    def answer(self, asker):
        """saslauthd's protocol: counted strings, user, password, service, realm."""
        fields = []
        for _ in range(4):
            size = struct.unpack("!H", asker.recv(2))[0]
            fields.append(asker.recv(size).decode() if size else "")
        good = self.users.get(fields[0]) == fields[1]
        return struct.pack("!H", 2) + (b"OK" if good else b"NO")

    def prepare(self):
        for folder in ("conf/socket", "conf/db", "conf/proc", "spool"):
            os.makedirs(self.path(folder))
        self.config = self.write("imapd.conf", f"""
configdirectory: {self.path("conf")}
defaultpartition: default
partition-default: {self.path("spool")}
admins: nobody-is
cyrus_user: {self.owner.pw_name}
sasl_pwcheck_method: saslauthd
sasl_saslauthd_path: {self.path("passwords")}
sasl_mech_list: PLAIN
allowplaintext: yes
unixhierarchysep: yes
altnamespace: yes
autocreate_quota: 0
autocreate_post: yes
imapidlepoll: {60 if self.idle else 0}
tls_server_cert: {self.path("tls", "good.pem")}
tls_server_key: {self.path("tls", "good.key")}
""")
        run = f"{programs()}/usr/lib/cyrus/bin/%s -C {self.config}"
        self.write("cyrus.conf", f"""
START {{
  recover cmd="{run % "ctl_cyrusdb"} -r"
  idled cmd="{run % "idled"}"
}}
SERVICES {{
  imap cmd="{run % "imapd"}" listen="127.0.0.1:{self.port}" prefork=0 proto=tcp4
  imaps cmd="{run % "imapd"} -s" listen="127.0.0.1:{self.tls_port}" prefork=0 proto=tcp4
  lmtp cmd="{run % "lmtpd"} -a" listen="{self.path("conf/socket/lmtp")}" prefork=0
}}
EVENTS {{
}}
""")

    def start(self):
        self.run(f"{programs()}/usr/lib/cyrus/bin/master", "-M", self.path("cyrus.conf"), "-C", self.config,
                 "-p", self.path("conf/master.pid"), "-D", CYRUS_VERBOSE="0")
        wait_for(lambda: self.answers() and os.path.exists(self.path("conf/socket/lmtp")), what="Cyrus starts")

    def deliver(self, user, data, sender="notice@example.com"):
        self.imap(user).logout()  # makes the mailbox at the first time
        with smtplib.LMTP(self.path("conf/socket/lmtp")) as lmtp:
            lmtp.sendmail(sender, [user], data)


class Courier(Server):
    tls = "starttls"

    def answer(self, asker):
        """authdaemond's protocol: "AUTH n", then service, kind, user and password."""
        lines = [line for line in asker.recv(4096).decode().split("\n") if not line.startswith("TCPREMOTEIP=")]
        if lines[0].startswith("AUTH "):
            user, good = lines[3], self.users.get(lines[3]) == lines[4]
        else:
            user, good = lines[0].split(" ")[-1], True
        return (f"UID={self.owner.pw_uid}\nGID={self.owner.pw_gid}\nHOME={self.path('home', user)}\nADDRESS={user}\n.\n"
                if good else "FAIL\n").encode()

    def prepare(self):
        for user in self.users:
            for part in ("cur", "new", "tmp"):
                os.makedirs(self.path("home", user, "Maildir", part))
        with open(self.path("tls", "good.pem")) as certificate, open(self.path("tls", "good.key")) as key:
            self.write("both.pem", key.read() + certificate.read())
        subprocess.run(["gcc", "-D_GNU_SOURCE", "-shared", "-fPIC", "-O1", "-o", self.path("preload.so"),
                        f"{ROOT}/tests/fake/preload_authdaemon.c", "-ldl"], check=True)

    def start(self):
        self.run(f"{programs()}/usr/sbin/couriertcpd", "-address=127.0.0.1", "-maxprocs=40", "-maxperip=40", "-nodnslookup",
                 "-noidentlookup", str(self.port), f"{programs()}/usr/lib/courier/courier/imaplogin", f"{programs()}/usr/bin/imapd",
                 "Maildir", LD_PRELOAD=self.path("preload.so"), TEST_AUTHDAEMON=self.path("passwords"),
                 IMAP_CAPABILITY="IMAP4rev1 UIDPLUS CHILDREN NAMESPACE" + (" IDLE" if self.idle else ""),
                 IMAP_STARTTLS="YES", IMAP_IDLE_TIMEOUT="1", IMAP_ENHANCEDIDLE="0", IMAP_USELOCKS="1", IMAP_UMASK="022",
                 IMAP_KEYWORDS="1", IMAP_CHECK_ALL_FOLDERS="0", IMAP_OBSOLETE_CLIENT="0", IMAP_DISABLETHREADSORT="0",
                 IMAP_TRASHFOLDERNAME="Trash", IMAP_MOVE_EXPUNGE_TO_TRASH="0", MAILDIRPATH="Maildir",
                 COURIERTLS=f"{programs()}/usr/bin/couriertls", TLS_CERTFILE=self.path("both.pem"), TLS_VERIFYPEER="NONE",
                 TLS_PRIORITY="NORMAL")
        wait_for(self.answers, what="Courier starts")

    def deliver(self, user, data, sender=None):
        """As an agent does that knows Maildir."""
        name = f"{time.time_ns()}.{os.getpid()}.test"
        aside = self.path("home", user, "Maildir/tmp", name)
        with open(aside, "wb") as file:
            file.write(data.replace(b"\r\n", b"\n"))
        os.chown(aside, self.owner.pw_uid, self.owner.pw_gid)
        os.rename(aside, self.path("home", user, "Maildir/new", name))

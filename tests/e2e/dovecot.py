"""A private Dovecot for tests: real IMAP and LMTP on free ports of loopback.

    with Dovecot(users={"seller": "secret"}) as server:
        server.deliver("seller", b"From: ...")

Its certificate authority is made by openssl, once per folder:
server.ca is the file to trust; certificate= chooses what the server shows:
"good" (for localhost and 127.0.0.1), "wrong-ca", "wrong-host", "expired",
"not-yet", "self-signed".
"""
import grp
import imaplib
import os
import pwd
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time

from harness import free_port

CERTIFICATES = ("good", "wrong-ca", "wrong-host", "expired", "not-yet", "self-signed")


def wait_for(condition, seconds=20, what="condition"):
    """Waits until condition() is true, and returns what it gave."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        select_pause(0.02)


def select_pause(seconds):
    import select
    select.select([], [], [], seconds)


def openssl(*args, cwd):
    subprocess.run(("openssl",) + args, cwd=cwd, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def make_authority(folder, name):
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "3650", "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out",
            f"{name}.pem", "-addext", "basicConstraints=critical,CA:TRUE", cwd=folder)
    open(os.path.join(folder, f"{name}.index"), "w").close()


def make_certificates(folder):
    """Makes all of CERTIFICATES in folder: NAME.pem and NAME.key; and ca.pem."""
    for name in ("ca", "stranger"):
        make_authority(folder, name)
    with open(os.path.join(folder, "ca.cnf"), "w") as config:
        config.write("[ca]\ndefault_ca=d\n[d]\ndatabase=$ENV::AUTHORITY.index\nnew_certs_dir=.\n"
                     "default_md=sha256\npolicy=p\nrand_serial=yes\nunique_subject=no\n"
                     "copy_extensions=copy\n[p]\ncommonName=supplied\n")
    host = "DNS:localhost,IP:127.0.0.1"
    for name, authority, alternative, start, end in (
            ("good", "ca", host, "20200101000000Z", "20491231000000Z"),
            ("wrong-ca", "stranger", host, "20200101000000Z", "20491231000000Z"),
            ("wrong-host", "ca", "DNS:imap.other.example", "20200101000000Z", "20491231000000Z"),
            ("expired", "ca", host, "20200101000000Z", "20210101000000Z"),
            ("not-yet", "ca", host, "20480101000000Z", "20491231000000Z")):
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                "/CN=test", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-addext",
                f"subjectAltName={alternative}", cwd=folder)
        subprocess.run(("openssl", "ca", "-batch", "-config", "ca.cnf", "-cert",
                        f"{authority}.pem", "-keyfile", f"{authority}.key", "-in", f"{name}.csr",
                        "-out", f"{name}.pem", "-startdate", start, "-enddate", end, "-notext"),
                       cwd=folder, check=True, capture_output=True,
                       env=dict(os.environ, AUTHORITY=authority))
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "3650", "-subj", "/CN=localhost", "-addext", f"subjectAltName={host}",
            "-keyout", "self-signed.key", "-out", "self-signed.pem", cwd=folder)


CONFIG = """
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/log
protocols = imap lmtp
listen = 127.0.0.1
instance_name = test-{imap}
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:~/Maildir
mail_fsync = never
disable_plaintext_auth = no
auth_mechanisms = {mechanisms}
auth_failure_delay = 0
login_trusted_networks =
mail_max_userip_connections = 3000
verbose_proctitle = no
ssl = yes
ssl_cert = <{root}/tls/{certificate}.pem
ssl_key = <{root}/tls/{certificate}.key
ssl_min_protocol = {minimum}
ssl_cipher_list = ALL:@SECLEVEL=0
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {root}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/home/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox "Odd Spam" {{
    special_use = \\Junk
    auto = {junk}
  }}
}}
service imap-login {{
  chroot =
  client_limit = 4000
  process_limit = 20
  service_count = 0
  vsz_limit = 0
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service imap {{
  process_limit = 3000
  vsz_limit = 0
}}
service anvil {{
  chroot =
  client_limit = 8000
}}
service auth {{
  client_limit = 8000
}}
service stats {{
  chroot =
  client_limit = 8000
}}
service lmtp {{
  unix_listener lmtp {{
    mode = 0666
  }}
}}
{extra}
"""


class Dovecot:
    def __init__(self, users=None, certificate="good", minimum="TLSv1.2", junk="no", extra="",
                 folder=None, mechanisms="plain login"):
        self.root = folder or tempfile.mkdtemp(prefix="dovecot-")
        self.users = dict(users or {"seller": "secret"})
        self.certificate, self.minimum, self.junk, self.extra = certificate, minimum, junk, extra
        self.mechanisms = mechanisms
        self.port, self.tls_port = free_port(), free_port()
        self.process = None
        os.chmod(self.root, 0o755)
        for name in ("run", "state", "home", "tls"):
            os.makedirs(os.path.join(self.root, name), exist_ok=True)
        make_certificates(os.path.join(self.root, "tls"))
        self.ca = os.path.join(self.root, "tls", "ca.pem")
        self._set_owner()
        self.write_users()
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _set_owner(self):
        if os.geteuid() == 0:
            names = {"internal": "dovecot", "login": "dovenull"}
            owner = pwd.getpwnam("mail")
            self.uid, self.gid = owner.pw_uid, owner.pw_gid
            for name in ("home",):
                os.chown(os.path.join(self.root, name), self.uid, self.gid)
        else:
            me = pwd.getpwuid(os.geteuid()).pw_name
            names = {"internal": me, "login": me}
            self.uid, self.gid = os.geteuid(), os.getegid()
        names["internal_group"] = grp.getgrgid(pwd.getpwnam(names["internal"]).pw_gid).gr_name
        self.names = names

    def write_users(self):
        """Takes self.users into effect; also while the server runs."""
        with open(os.path.join(self.root, "users"), "w") as file:
            for user, password in self.users.items():
                file.write(f"{user}:{{PLAIN}}{password}\n")
        os.chmod(os.path.join(self.root, "users"), 0o644)

    def write_config(self):
        self.config = os.path.join(self.root, "dovecot.conf")
        with open(self.config, "w") as file:
            file.write(CONFIG.format(root=self.root, imap=self.port, imaps=self.tls_port,
                                     uid=self.uid, gid=self.gid, certificate=self.certificate,
                                     minimum=self.minimum, junk=self.junk, mechanisms=self.mechanisms,
                                     extra=self.extra(self.root) if callable(self.extra) else self.extra,
                                     **self.names))

    def start(self, certificate=None):
        self.certificate = certificate or self.certificate
        self.write_config()
        self.process = subprocess.Popen(("dovecot", "-F", "-c", self.config),
                                        stdin=subprocess.DEVNULL)
        wait_for(self._answers, what="Dovecot starts")

    def _answers(self):
        if self.process.poll() is not None:
            raise AssertionError("Dovecot ended: " + self.log())
        try:
            with socket.create_connection(("127.0.0.1", self.tls_port), 1), \
                    socket.create_connection(("127.0.0.1", self.port), 1) as plain:
                return plain.recv(64).startswith(b"* OK") and \
                    os.path.exists(os.path.join(self.root, "run", "lmtp"))
        except OSError:
            return False

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    def restart(self, certificate=None):
        self.stop()
        self.start(certificate)

    def close(self):
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)

    def log(self):
        try:
            with open(os.path.join(self.root, "log"), errors="replace") as file:
                return file.read()
        except OSError:
            return ""

    def logins(self):
        """How often a password was accepted or rejected."""
        return self.log().count("Info: Login:") + self.log().count("auth failed")

    def deliver(self, user, data, sender="notice@example.com"):
        """One message by LMTP, as a mail server would."""
        with smtplib.LMTP(os.path.join(self.root, "run", "lmtp")) as lmtp:
            lmtp.sendmail(sender, [user], data)

    def imap(self, user):
        """A client of another kind: imaplib, logged in."""
        client = imaplib.IMAP4("127.0.0.1", self.port)
        client.login(user, self.users[user])
        return client

    def append(self, user, data, folder="INBOX", flags="", date=None):
        """One message by APPEND; date: INTERNALDATE in seconds since the epoch."""
        client = self.imap(user)
        name = f'"{folder}"'
        if client.select(name)[0] != "OK":
            client.create(name)
        when = imaplib.Time2Internaldate(date if date is not None else time.time())
        answer = client.append(name, flags, when, data)
        client.logout()
        if answer[0] != "OK":
            raise AssertionError(answer)

    def doveadm(self, *args):
        return subprocess.run(("doveadm", "-c", self.config) + args, check=True,
                              capture_output=True, text=True).stdout

    def doveadm_tried(self, *args):
        """What it says, also when it says no."""
        run = subprocess.run(("doveadm", "-c", self.config) + args, capture_output=True, text=True)
        return run.stdout + run.stderr

    def change_uidvalidity(self, user, folder="INBOX"):
        """As after a restore from backup: every message gets a new UID."""
        client = self.imap(user)
        client.select(f'"{folder}"')
        now = int(client.response("UIDVALIDITY")[1][0])
        client.logout()
        self.doveadm("mailbox", "update", "-u", user, "--uid-validity", str(now + 1000), folder)

    def flags(self, user, folder="INBOX"):
        """What another client sees of each message."""
        client = self.imap(user)
        client.select(f'"{folder}"', readonly=True)
        _, data = client.fetch("1:*", "(FLAGS)")
        client.logout()
        return [line.decode() for line in data if line]

    def kick(self, user):
        """Ends every session of user."""
        self.doveadm("kick", user)

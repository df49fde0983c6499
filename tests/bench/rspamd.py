"""A yardstick: rspamd with sixty rules of our kind, one worker, nothing else switched on."""

import glob
import http.client
import os
import socket
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")

# Five a language: finding, points, measure, complaint, time.
RULES = {
    "EN": ("violat|infring|penal[ti]|breach", "deduct.{0,40}points?|penalty points", "remov|delist|suspend|frozen|restrict",
           "rights? (holder|owner)|complaint|counter.?notice", "(within|by|before|until) .{0,40}(days?|hours|20[0-9]{2})"),
    "ZH": ("违规|侵权|处罚", "扣.{0,8}分", "下架|删除|冻结|限制|关闭", "权利人|投诉|反通知", "(工作日|日|小时)内|截止|之前"),
    "TW": ("違規|侵權|處罰", "扣.{0,8}分", "下架|刪除|凍結|限制|關閉", "權利人|投訴|反通知", "(工作日|日|小時)內|截止|之前"),
    "RU": ("наруш|санкци|штраф", "(списан|начислен).{0,40}балл", "удал|заблокир|ограничен|заморож", "правообладател|жалоб|встречн",
           "(в течение|до|не позднее) .{0,40}(дн|час|20[0-9]{2})"),
    "ES": ("infracci|incumpl|sanci[oó]n", "(deduc|rest).{0,40}puntos?", "retirad|suspendid|bloquead|congelad", "titular|reclamaci|contranotificaci",
           "(en un plazo|antes del?|hasta) .{0,40}(d[ií]as|horas|20[0-9]{2})"),
    "PT": ("infra[cç]|viola[cç]|penalidade", "(dedu[zç]|descont).{0,40}pontos?", "removid|suspens|bloquead|congelad", "titular|reclama[cç]|contranotifica",
           "(no prazo|antes de|at[eé]) .{0,40}(dias|horas|20[0-9]{2})"),
    "FR": ("infraction|violation|sanction|contrefa", "(d[eé]duit|retir).{0,40}points?", "supprim|suspendu|gel[eé]|restrei", "titulaire|plainte|contre-notification",
           "(dans un d[eé]lai|avant|jusqu) .{0,40}(jours|heures|20[0-9]{2})"),
    "TR": ("ihlal|ceza|yapt[iı]r[iı]m", "(puan).{0,40}(d[uü][sş]|kes)", "kald[iı]r[iı]l|ask[iı]ya|dondur|k[iı]s[iı]tla", "hak sahib|[sş]ikayet|kar[sş][iı] bildirim",
           "(i[cç]inde|kadar|[oö]nce).{0,40}(g[uü]n|saat|20[0-9]{2})"),
    "IT": ("violazion|sanzion|contraffa", "(detratt|dedott).{0,40}punti?", "rimoss|sospes|bloccat|congelat", "titolare|reclamo|contronotifica",
           "(entro|prima del|fino a) .{0,40}(giorni|ore|20[0-9]{2})"),
    "DE": ("verst(o[sß]|oss)|verletz|sanktion|strafpunkt", "punkte?.{0,40}(abgezogen|abzug)", "entfernt|gesperrt|eingefroren|eingeschr", "rechteinhaber|beschwerde|gegendarstellung",
           "(innerhalb|bis|binnen|vor) .{0,40}(tage|stunden|20[0-9]{2})"),
    "PL": ("narusz|kar[ayęo]|sankcj", "(odj[eę]|odlicz).{0,40}punkt", "usuni[eę]t|zablokowan|zamro[zż]on|ograniczon", "w[lł]a[sś]ciciel praw|skarg|sprzeciw",
           "(w terminie|w ci[aą]gu|do dnia|przed) .{0,40}(dni|godzin|20[0-9]{2})"),
    "KO": ("위반|침해|제재|벌점", "(점|포인트).{0,12}(차감|감점|공제)", "삭제|정지|동결|제한", "권리자|신고|이의", "(이내|까지|전에)"),
}

CONFIG = """
options {{ pidfile = "{dir}/pid"; filters = "regexp"; hs_cache_dir = "{dir}"; dns {{ nameserver = ["127.0.0.1:{port}"]; }}
    disable_monitoring = true; {user} }}
logging {{ type = "file"; filename = "{dir}/log"; level = "warning"; }}
worker "normal" {{ bind_socket = "127.0.0.1:{port}"; count = 1; }}
worker "hs_helper" {{ count = 1; }}
metric {{ name = "default"; actions {{ reject = 1000; }} }}
modules {{ path = "/usr/share/rspamd/plugins/multimap.lua"; }}
multimap {{ APPEAL_FROM {{ type = "from"; filter = "email:domain"; map = "{dir}/senders"; }} }}
regexp {{
{rules}
}}
"""

SENDERS = ("aliexpress.com", "notice.aliexpress.com", "alibaba.com", "alibaba-inc.com", "alibabagroup.com")


def write_config(folder, port):
    rules = "\n".join(f'  "APPEAL_{name}_{n}" = {{ re = "/{text}/iu{{mime}}"; score = 1.0; }}'.replace("\\", "\\\\")
                      for name, texts in RULES.items() for n, text in enumerate(texts))
    user = '' if os.geteuid() else 'run_as_root = true;'
    with open(f"{folder}/senders", "w", encoding="utf-8") as file:
        file.write("\n".join(SENDERS) + "\n")
    with open(f"{folder}/conf", "w", encoding="utf-8") as file:
        file.write(CONFIG.format(dir=folder, port=port, rules=rules, user=user))
    return f"{folder}/conf"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what, condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"rspamd: waited {seconds} s for {what}")
        time.sleep(0.02)


def workers_of(pid):
    """The normal worker, by its title."""
    found = []
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                fields = file.read().rsplit(")", 1)[1].split()
            with open(path[:-4] + "cmdline", "rb") as file:
                title = file.read()
        except OSError:
            continue
        if fields[1] == str(pid) and b"normal" in title:
            found.append(int(path.split("/")[2]))
    return found


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def check(port, mail):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/checkv2", body=mail)
    answer = connection.getresponse().read()
    connection.close()
    return answer


class Rspamd:
    """Started for the time of a with block."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.config = write_config(folder, self.port)

    def __enter__(self):
        command = ["rspamd", "-f", "-c", self.config]
        if os.geteuid() == 0:
            command.append("-i")
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for("its worker", lambda: self.answers() and workers_of(self.process.pid))
        wait_for("its automata", lambda: glob.glob(f"{self.folder}/*.hs"))
        self.worker = workers_of(self.process.pid)[0]
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def log(self):
        try:
            with open(f"{self.folder}/log", encoding="utf-8", errors="replace") as file:
                return file.read()
        except OSError:
            return ""

    def answers(self):
        if self.process.poll() is not None:
            raise RuntimeError("rspamd ended: " + self.log()[-2000:])
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def measure(self, mails, seconds):
        """Messages a second of the worker's processor, and how many mails met a rule."""
        hits = sum(b"APPEAL_" in check(self.port, mail) for mail in mails)
        start, done = processor_seconds(self.worker), 0
        while processor_seconds(self.worker) - start < seconds:
            for mail in mails:
                check(self.port, mail)
            done += len(mails)
        return done / (processor_seconds(self.worker) - start), hits

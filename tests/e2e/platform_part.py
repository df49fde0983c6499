"""What the tests of the platform's endpoints share: an appeald that asks the test
gateway, with its app, its token and a webhook."""

import json
import os
import time

from harness import SECRET, Appeald, write_private
from peers.gateway import Gateway

SOURCE = "aliexpress api"


def config_of(gateway, folder, peer, more="", watch="diagnosis, disputes, products", poll="1s", redirect="https://seller.example/callback", own_rules=None):
    secret = write_private(os.path.join(folder, "app-secret"), gateway.secret + "\n")
    url = write_private(os.path.join(folder, "hook-url"), peer.url + "\n")
    key = write_private(os.path.join(folder, "hook-secret"), SECRET + "\n")
    own = f"user-rules-dir = {own_rules}\n" if own_rules else ""
    return f"""[appeald]
blind-limit = 2s
{own}[{SOURCE}]
gateway = {gateway.base}
app-key = {gateway.app_key}
app-secret-file = {secret}
redirect = {redirect}
watch = {watch}
poll = {poll}
[channel hook]
type = webhook
url-file = {url}
secret-file = {key}
{more}
"""


def place_token(folder, name, token):
    """At once and whole, as `appealctl login` does it."""
    write_private(os.path.join(folder, name + ".new"), json.dumps(token))
    os.rename(os.path.join(folder, name + ".new"), os.path.join(folder, name))


def write_token(appeald, gateway, **changes):
    """As after `appealctl login`."""
    given = gateway.tokens.issue(gateway.now() + gateway.tokens.refresh_lives)
    now = int(time.time())
    token = {"version": 1, "access_token": given["access_token"], "refresh_token": given["refresh_token"],
             "user": gateway.app_key, "client_id": gateway.app_key, "token_url": gateway.base + "/rest/auth/token/refresh",
             "obtained": now, "expires": now + int(given["expires_in"]), "login": now,
             "refresh_expires": int(given["refresh_token_valid_time"]) // 1000} | changes
    folder = os.path.join(appeald.state, "tokens")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    place_token(folder, "aliexpress@api.token", {k: v for k, v in token.items() if v is not None})


def cases_of(appeald):
    status, output = appeald.ctl("cases", "--all", "--json")
    read = json.loads(output)
    return read["cases"] if isinstance(read, dict) else read

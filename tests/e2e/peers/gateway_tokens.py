"""The consent page and tokens of the platform: a code lives 3 minutes and serves
once; a refresh makes a new access token, but the day on which the seller must
consent again never moves."""

import secrets
import urllib.parse

from .base import Say, must

DAY = 86400
LIVES = {"test": (DAY, 2 * DAY), "online": (30 * DAY, 60 * DAY)}  # access, refresh: by the state of the app
CODE_LIVES = 180


class Tokens:
    """@now: the gateway's clock, in seconds.  All may be changed by a test."""

    def __init__(self, app_key, now):
        self.app_key, self.now = app_key, now
        self.access_lives, self.refresh_lives = LIVES["online"]
        self.refreshable = True       # False: refresh_expires_in is 0
        self.replaces = True          # a refresh token that was used is dead
        self.numbers = int            # or str: both are seen
        self.platform = "seller_center"
        self.callback = None          # the address registered for the app
        self.codes, self.access, self.refresh = {}, {}, {}
        self.issued = []              # every token and code there was: none may be told to anybody

    # --- the seller --------------------------------------------------------------

    def consent(self, callback=None):
        """The seller clicks "authorise": the code."""
        code = "3_500102_planted" + secrets.token_urlsafe(18)
        self.codes[code] = {"until": self.now() + CODE_LIVES, "callback": callback}
        self.issued.append(code)
        return code

    def browse(self, url, yes=True, state=None):
        """A browser at the consent address: gives where it is sent."""
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query, keep_blank_values=True))
        must(query.get("response_type") == "code", "response_type is not code")
        must(query.get("client_id") == self.app_key, "client_id is not the app key")
        must(query.get("force_auth") == "true", "force_auth=true is missing: an old consent would be taken")
        must(query.get("redirect_uri"), "redirect_uri is missing")
        must(self.callback in (None, query["redirect_uri"]), "redirect_uri is not the one registered")
        back = {"code": self.consent(query["redirect_uri"])} if yes else {"error": "access_denied"}
        if state or "state" in query:
            back["state"] = state or query["state"]
        join = "&" if "?" in query["redirect_uri"] else "?"
        return query["redirect_uri"] + join + urllib.parse.urlencode(back)

    def withdraw(self):
        """The seller takes the consent back."""
        self.access.clear()
        self.refresh.clear()

    def expire_access(self):
        self.access.clear()

    # --- the endpoints -----------------------------------------------------------

    def create(self, parameters):
        code = self.codes.pop(parameters.get("code"), None)
        if "uuid" in parameters or code is None or code["until"] < self.now():
            return error("InvalidCode", "Invalid authorization code; please do not set the uuid")
        return self.issue(self.now() + self.refresh_lives)

    def renew(self, parameters):
        held = self.refresh.get(parameters.get("refresh_token"))
        if held is None or held["until"] <= self.now() or not self.refreshable:
            return error("IllegalRefreshToken", "The specified refresh token is invalid or expired")
        if self.replaces:
            del self.refresh[parameters["refresh_token"]]
        return self.issue(held["until"])

    def issue(self, until):
        now = self.now()
        access, refresh = "planted-access-" + secrets.token_urlsafe(24), "planted-refresh-" + secrets.token_urlsafe(24)
        self.access[access] = now + self.access_lives
        self.refresh[refresh] = {"until": until}
        self.issued += [access, refresh]
        left = max(int(until - now), 0) if self.refreshable else 0
        return {"refresh_token_valid_time": self.numbers(int(until * 1000)), "expire_time": self.numbers(int((now + self.access_lives) * 1000)),
                "expires_in": self.numbers(self.access_lives), "refresh_expires_in": self.numbers(left),
                "access_token": access, "refresh_token": refresh, "havana_id": "3000021188814", "locale": "zh_CN",
                "user_nick": "cn1532741690ylfi", "user_id": "9007199254740993", "seller_id": "9007199254740993",
                "account": "seller@163.example", "account_platform": self.platform, "account_id": None, "sp": "ae"}

    def is_good(self, token):
        return self.access.get(token, 0) > self.now()


def error(code, message, kind="ISV"):
    """Shape 3, of /rest."""
    return Say(200, {"type": kind, "code": code, "message": message, "request_id": "0baf58" + secrets.token_hex(8)})

"""The test gateway of the platform's API is itself tested: by the vectors of the
documents, and by a client written for this file alone."""

import email.utils
import gzip
import http.client
import json
import os
import ssl
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

from dovecot import make_certificates
from peers.gateway import ALL, Gateway
from peers.gateway_sign import VECTORS, base_string, sign
from peers.gateway_store import BIG, pacific

DIAGNOSIS, ISSUES = "aliexpress.merchant.diagnosis.query", "aliexpress.issue.issuelist.get"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *unused):
        return None


class Client:
    def __init__(self, gateway, context=None):
        self.gateway, self.token = gateway, None
        self.opener = urllib.request.build_opener(NoRedirect, urllib.request.HTTPSHandler(context=context))

    def sync(self, method, prefix="", **more):
        head = dict(app_key=self.gateway.app_key, v="2.0", timestamp=str(int(time.time() * 1000)), method=method, format="json",
                    partner_id="test", sign_method="sha256", simplify="true")
        head |= {"session": self.token} if self.token else {}
        body = {name: more.pop(name) for name in list(more) if name not in head and name != "sign"}
        return self.send("/sync", {name: value for name, value in (head | more).items() if value is not None}, body, prefix)

    def rest(self, path, **body):
        head = dict(app_key=self.gateway.app_key, timestamp=str(int(time.time() * 1000)), sign_method="sha256")
        return self.send("/rest" + path, head, body, path)

    def send(self, path, head, body, prefix, verb="POST"):
        head.setdefault("sign", sign(self.gateway.secret, head | body, prefix))
        form = urllib.parse.urlencode(body)
        if verb == "GET":
            head, form = head | body, ""
        request = urllib.request.Request(f"{self.gateway.base}{path}?{urllib.parse.urlencode(head)}", form.encode() if verb == "POST" else None,
                                         {"Accept-Encoding": "gzip"})
        with self.opener.open(request, timeout=10) as answer:
            self.date = answer.headers["Date"]
            self.text = answer.read()
            if answer.headers["Content-Encoding"] == "gzip":
                self.text = gzip.decompress(self.text)
        return json.loads(self.text)

    def log_in(self):
        answer = self.rest("/auth/token/create", code=self.gateway.tokens.consent())
        self.token = answer["access_token"]
        return answer


class Case(unittest.TestCase):
    def setUp(self):
        self.gateway = self.enterContext(Gateway())
        self.store = self.gateway.store
        self.client = Client(self.gateway)
        self.client.log_in()

    def code_of(self, answer):
        return answer["error_response"]["code"] if "error_response" in answer else answer["code"]


class SignTest(unittest.TestCase):
    def test_vectors(self):
        for name, prefix, parameters, signed, wanted in VECTORS:
            with self.subTest(name):
                self.assertEqual(base_string(parameters, prefix), signed)
                self.assertEqual(sign("helloworld", parameters, prefix), wanted)


class AnswerTest(Case):
    def test_both_styles(self):
        self.store.level, self.store.issue_num = 200, 3
        plain = self.client.sync(DIAGNOSIS)
        self.assertEqual(plain["response"]["diagnosisResult"]["level"]["levelCode"], 200)
        wrapped = self.client.sync(DIAGNOSIS, simplify="false")
        self.assertEqual(wrapped["aliexpress_merchant_diagnosis_query_response"], {"response": plain["response"]})
        self.assertEqual(wrapped["code"], "0")
        self.assertEqual(self.gateway.violations, [])

    def test_lists_in_all_their_forms(self):
        query = json.dumps({"current_page": 1, "page_size": 50, "issue_status": "processing"})
        for empty, wanted in (("[]", []), ("{}", {}), ("missing", "none"), ("null", None)):
            self.store.empty = empty
            self.assertEqual(self.client.sync(ISSUES, query_dto=query).get("data_list", "none"), wanted)
        self.store.add_issue()
        self.assertEqual(self.client.sync(ISSUES, query_dto=query)["data_list"][0]["issue_id"], BIG + 2)
        wrapped = self.client.sync(ISSUES, query_dto=query, simplify="false")["aliexpress_issue_issuelist_get_response"]
        self.assertEqual(len(wrapped["data_list"]["issue_api_issue_dto"]), 1)
        self.store.single = True
        self.assertIsInstance(self.client.sync(ISSUES, query_dto=query)["data_list"], dict)
        self.store.ids = str
        self.assertEqual(self.client.sync(ISSUES, query_dto=query)["data_list"]["issue_id"], str(BIG + 2))

    def test_pages(self):
        made = [self.store.add_issue() for _ in range(7)]
        seen = []
        for current in range(1, 5):
            answer = self.client.sync(ISSUES, query_dto=json.dumps({"current_page": current, "page_size": 2}))
            seen += [row["issue_id"] for row in answer["data_list"]]
            if answer["current_page"] * answer["page_size"] >= answer["total_item"]:
                break
        self.assertEqual(sorted(seen), made)
        answer = self.client.sync(ISSUES, query_dto=json.dumps({"current_page": 1, "page_size": 51}))
        self.assertEqual(self.code_of(answer), 41)
        self.assertEqual(len(self.gateway.violations), 1)

    def test_details_and_times(self):
        self.assertEqual(pacific(1751371200), "2025-07-01 05:00:00")  # -7
        self.assertEqual(pacific(1735732800), "2025-01-01 04:00:00")  # -8
        issue = self.store.add_issue(until=1751371200)
        detail = self.client.sync("aliexpress.issue.detail.get", issue_id=str(issue), buyer_login_id="ru1234567890")["result_object"]
        self.assertEqual((detail["id"], detail["timeout_trigger_time"]), (issue, "2025-07-01 05:00:00"))
        self.store.change_issue(issue, reverse_detail_status="wait_for_your_evidence", timeout_trigger_time="2026-03-08 02:30:00")
        detail = self.client.sync("aliexpress.issue.detail.get", issue_id=str(issue), buyer_login_id="ru1234567890")["result_object"]
        self.assertEqual(detail["timeout_trigger_time"], "2026-03-08 02:30:00")
        wrong = self.client.sync("aliexpress.issue.detail.get", issue_id="1", buyer_login_id="x")
        self.assertIs(wrong["result"]["success"], False)

    def test_products_and_parcels(self):
        product = self.store.add_problem()
        page = self.client.sync("aliexpress.product.diagnosis.pageQueryProblem", operate_status="0", current_page="1", page_size="10")
        self.assertEqual([row["product_id"] for row in page["problematic_product_list"]], [product])
        order = self.store.add_abnormal(time.time() + 86400)
        page = self.client.sync("aliexpress.logistics.abnormalorder.query", current_page="1", page_size="10")
        self.assertEqual([row["trade_order_id"] for row in page["result"]], [order])

    def test_messages_backwards(self):
        now = time.time()
        made = [self.store.say(f"message {n}", at=now - 100 + n // 2) for n in range(45)]  # two of each instant
        seen, start, last = [], int(now * 1000), None
        for _ in range(9):
            query = {"buyer_id": "2671514005", "page_size": 20, "start_time": start} | ({"last_message_id": last} if last else {})
            data = self.client.sync("aliexpress/message/history/list", im_query_message_dto=json.dumps(query))["result"]["data"]
            seen += [row["message_id"] for row in data["message_list"]]
            start, last = data["next_start_time"], data["last_message_id"]
            if not data["has_more"]:
                break
        self.assertEqual(seen, made[::-1])
        buyers = self.client.sync("aliexpress/message/history/buyer/list", ae_im_query_session_dto=json.dumps({"page_size": 20, "start_time": int(now * 1000)}))
        self.assertEqual(len(buyers["result"]["data"]["buyer_list"]), 1)

    def test_chat_by_either_way(self):
        name, query = "aliexpress/message/history/list", json.dumps({"buyer_id": "1", "page_size": 20, "start_time": 1})
        self.assertEqual(self.client.sync(name, prefix=name, im_query_message_dto=query)["code"], "0")
        self.gateway.chat = ("sync", "")
        self.assertEqual(self.code_of(self.client.sync(name, prefix=name, im_query_message_dto=query)), "IncompleteSignature")
        self.assertEqual(self.client.sync(name, im_query_message_dto=query)["code"], "0")
        self.gateway.chat = ("rest", "/" + name)
        self.assertEqual(self.code_of(self.client.sync(name, im_query_message_dto=query)), "InvalidApiPath")
        head = dict(app_key=self.gateway.app_key, timestamp=str(int(time.time() * 1000)), sign_method="sha256", access_token=self.client.token)
        self.assertEqual(self.client.send("/rest/" + name, head, {"im_query_message_dto": query}, "/" + name)["code"], "0")


class RefusalTest(Case):
    def expect(self, answer, code):
        self.assertEqual(self.code_of(answer), code)

    def test_what_is_wrong_with_a_call(self):
        for more, iop, top in (({"sign": "0" * 64}, "IncompleteSignature", 25), ({"app_key": "1"}, "InvalidAppkey", 29),
                               ({"sign_method": "md5"}, "IncompleteSignature", 25), ({"timestamp": "1517820392000"}, "IllegalTimestamp", 31),
                               ({"session": "stolen"}, "IllegalAccessToken", 27), ({"session": None}, "IllegalAccessToken", 27),
                               ({"method": "aliexpress.no.such"}, "InvalidApiPath", 22), ({"timestamp": None}, "MissingParameter", 43)):
            with self.subTest(more):
                method = more.pop("method", DIAGNOSIS)
                self.gateway.style = "iop"
                self.expect(self.client.sync(method, **more), iop)
                self.gateway.style = "top"
                self.expect(self.client.sync(method, **more), top)
        self.gateway.style = "iop"
        lower = Client(self.gateway)
        lower.token = self.client.token
        head = dict(app_key=self.gateway.app_key, timestamp=str(int(time.time() * 1000)), method=DIAGNOSIS, sign_method="sha256", session=lower.token)
        good = sign(self.gateway.secret, head)
        self.expect(lower.send("/sync", head | {"sign": good.lower()}, {}, ""), "IncompleteSignature")
        self.expect(lower.send("/sync", head | {"sign": good}, {}, "", verb="GET"), "UnsupportedParamMapping")
        self.expect(lower.send("/sync", head | {"sign": good}, {"empty": ""}, ""), "MissingParameter")
        self.assertEqual(lower.send("/sync", head | {"sign": good}, {}, "")["code"], "0")

    def test_clock(self):
        for skew, good in ((7190, True), (-7190, True), (7300, False), (-7300, False)):
            self.gateway.skew = skew
            self.client.token = None
            answer = self.client.rest("/auth/token/create", code=self.gateway.tokens.consent())
            self.assertEqual(answer["code"] == "0", good, answer)
            told = email.utils.parsedate_to_datetime(self.client.date).timestamp()
            self.assertAlmostEqual(told - time.time(), skew, delta=3)

    def test_ban(self):
        self.gateway.quota[DIAGNOSIS] = (2, 60, 2)
        self.assertEqual([self.code_of(self.client.sync(DIAGNOSIS)) for _ in range(3)], ["0", "0", "ApiCallLimit"])
        self.gateway.style = "top"
        answer = self.client.sync(DIAGNOSIS)["error_response"]
        self.assertEqual(answer["code"], 7)
        self.assertRegex(answer["sub_msg"], r"^This ban will last for [012] more seconds$")
        self.assertTrue(self.gateway.calls[-1].in_ban)
        self.assertEqual(self.client.sync(ISSUES, query_dto="{}")["code"], "0")

    def test_forbidden_and_gone(self):
        self.gateway.forbidden.add(DIAGNOSIS)
        self.gateway.gone.add(ISSUES)
        self.expect(self.client.sync(DIAGNOSIS), "InsufficientPermission")
        self.expect(self.client.sync(ISSUES, query_dto="{}"), "InvalidApiPath")
        self.assertEqual(self.gateway.violations, [])


class TokenTest(Case):
    def test_lives(self):
        clock = [time.time()]
        self.gateway.clock = lambda: clock[0]
        first = self.client.log_in()
        self.assertEqual((first["expires_in"], first["refresh_expires_in"]), (30 * 86400, 60 * 86400))
        second = self.client.rest("/auth/token/refresh", refresh_token=first["refresh_token"])
        self.assertEqual(second["refresh_token_valid_time"], first["refresh_token_valid_time"])
        self.assertEqual(self.client.rest("/auth/token/refresh", refresh_token=first["refresh_token"])["code"], "IllegalRefreshToken")
        # Six thousand seconds on: the clock of the client is still within its window.
        self.gateway.tokens.access_lives = 5000
        third = self.client.rest("/auth/token/refresh", refresh_token=second["refresh_token"])
        clock[0] += 6000
        self.client.token = third["access_token"]
        self.assertEqual(self.code_of(self.client.sync(DIAGNOSIS)), "IllegalAccessToken")
        self.gateway.tokens.refreshable = False
        self.assertEqual(self.client.rest("/auth/token/refresh", refresh_token=third["refresh_token"])["code"], "IllegalRefreshToken")

    def test_codes(self):
        code = self.gateway.tokens.consent()
        self.assertEqual(self.client.rest("/auth/token/create", code=code, uuid="x")["code"], "InvalidCode")
        code = self.gateway.tokens.consent()
        self.assertEqual(self.client.rest("/auth/token/create", code=code)["code"], "0")
        self.assertEqual(self.client.rest("/auth/token/create", code=code)["code"], "InvalidCode")
        code = self.gateway.tokens.consent()
        self.gateway.skew = 200
        self.assertEqual(self.client.rest("/auth/token/create", code=code)["code"], "InvalidCode")

    def test_consent(self):
        query = urllib.parse.urlencode(dict(response_type="code", force_auth="true", redirect_uri="http://127.0.0.1:9/back",
                                            client_id=self.gateway.app_key, state="s"))
        connection = http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=10)
        connection.request("GET", "/oauth/authorize?" + query)
        place = connection.getresponse().headers["Location"]
        connection.close()
        back = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(place).query))
        self.assertEqual(back["state"], "s")
        self.assertEqual(self.client.rest("/auth/token/create", code=back["code"])["code"], "0")

    def test_through_sync(self):
        first = self.client.log_in()
        self.client.token = None
        answer = self.client.sync("/auth/token/refresh", prefix="/auth/token/refresh", refresh_token=first["refresh_token"], simplify="false")
        self.assertIn("access_token", answer["aliexpress_system_oauth_token_refresh_response"])


class FaultTest(Case):
    def test_each(self):
        for name, trouble in ALL.items():
            with self.subTest(name):
                self.gateway.fail(DIAGNOSIS, name, times=1)
                try:
                    answer = self.client.sync(DIAGNOSIS)
                    good = isinstance(answer, dict) and answer.get("code") == "0" and "response" in answer
                except (OSError, ValueError, http.client.HTTPException, EOFError, RecursionError):
                    good = False
                self.assertEqual(good, trouble.remedy is None)
                self.assertEqual(self.gateway.calls[-1].outcome, name)
        self.assertEqual(self.client.sync(DIAGNOSIS)["code"], "0")
        self.assertEqual(self.gateway.violations, [])

    def test_tls(self):
        with tempfile.TemporaryDirectory(prefix="apd-gateway-") as folder:
            make_certificates(folder)
            tls = (os.path.join(folder, "good.pem"), os.path.join(folder, "good.key"))
            with Gateway(tls=tls) as gateway:
                client = Client(gateway, ssl.create_default_context(cafile=os.path.join(folder, "ca.pem")))
                client.log_in()
                self.assertEqual(client.sync(DIAGNOSIS)["code"], "0")


if __name__ == "__main__":
    unittest.main()

"""A store as the platform's API tells of it: health, disputes, products with
problems, parcels held back, messages.  A test changes it while it runs.

Only what the documents name is told; shapes of which no sample is public are
those of the published data types.
"""

import datetime
import json
import threading
import time
import zoneinfo

from .base import must

PACIFIC = zoneinfo.ZoneInfo("America/Los_Angeles")
BIG = 9007199254740993  # 2^53 + 1: a double cannot hold it

LEVELS = {0: "healthy", 100: "average", 200: "serious", 300: "frozen", 400: "closed"}


def pacific(when):
    """As orders and disputes tell times: without an offset. Texts stay as they are."""
    if when is None or isinstance(when, str):
        return when
    return datetime.datetime.fromtimestamp(when, PACIFIC).strftime("%Y-%m-%d %H:%M:%S")


class Many(list):
    """A list, and how its elements are called where nothing is simplified."""

    def __init__(self, of, item):
        super().__init__(of)
        self.item = item


class Refused(Exception):
    """The business error of a method: shape 4."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code, self.message = code, message


def number(parameters, name, default=None, most=None):
    value = parameters.get(name, default)
    must(value is not None and str(value).isdigit(), f"{name} is no number: {value!r}")
    must(most is None or int(value) <= most, f"{name} is {value}, at most {most}")
    return int(value)


def dto(parameters, name):
    """JSON text in one field."""
    try:
        value = json.loads(parameters.get(name, ""))
    except ValueError:
        value = None
    must(isinstance(value, dict), f"{name} is no JSON object: {parameters.get(name)!r}")
    return value


class Store:
    def __init__(self):
        self.lock = threading.RLock()
        self.level, self.issue_num, self.desc = 0, 0, ""
        self.action_url = "https://csp.aliexpress.com/m_apps/health?channelId=2286001"
        self.issues, self.chats, self.problems, self.abnormal, self.products = {}, {}, [], [], {}
        self.problem_types = {"CATEGORY": "Product in a wrong category", "IMAGE": "Main picture below the standard"}
        self.ids = int           # or str
        self.empty = "[]"        # "{}", "missing", "null": what an empty list is
        self.single = False      # one element stands without its array
        self.paging = "right"    # "stuck": always the first page; "endless": the total grows; "no-total"; "short": the second is empty
        self.broken = set()      # disputes of which the details are not to be had, and buyers whose chats are not
        self.on_page = None      # called after each page of a numbered list
        self.abnormal_names = {} # how members of abnormal orders are called instead: nothing is published of them
        self.number = BIG

    def next_number(self):
        self.number += 2
        return self.number

    # --- what a test does ----------------------------------------------------------

    def add_issue(self, until=None, status="processing", detail="wait_for_your_response", issue=None, order=None, **more):
        """A dispute; @until: seconds since the epoch, or text as it is to stand there."""
        with self.lock:
            issue, order = issue or self.next_number(), order or self.next_number()
            now = time.time()
            self.issues[issue] = {
                "id": issue, "issue_id": issue, "order_id": order, "parent_order_id": order, "buyer_login_id": "ru1234567890",
                "issue_status": status, "reverse_detail_status": detail, "timeout_trigger_time": until, "gmt_create": now,
                "gmt_modified": now, "timeout_type": "WAIT_SOLUTION_TIMEOUT", "reason_chinese": "货物与描述不符",
                "reason_english": "Item not as described", "issue_reason": "Item not as described", "issue_reason_id": 3017,
                "product_id": 1005000000000000 + issue % 1000000, "product_name": "Lantern", "refund_money_max": "12.50",
                "refund_money_max_currency": "USD", **more}
            return issue

    def change_issue(self, issue, **more):
        with self.lock:
            self.issues[issue] |= {"gmt_modified": time.time()} | more

    def add_problem(self, kind="CATEGORY", title="Lantern", operate_status=0, product=None, suggestion="Choose another category"):
        with self.lock:
            product = product or 1005000000000000 + len(self.problems)
            self.problems.append({
                "product_id": product, "product_title": title, "operate_status": operate_status,
                "product_problem": {"problem_type": kind, "problem_description": self.problem_types.get(kind, kind)},
                "product_impact": "Less exposure", "main_picture": "https://ae01.alicdn.com/kf/x.jpg", "optimization_suggestion": suggestion})
            return product

    def add_abnormal(self, until, reason="Size over the limit", order=None):
        """A parcel that a warehouse holds until the seller decides.  The documents name the method and say that
        it has a deadline; what its members are called they do not: see abnormal_names."""
        with self.lock:
            order = order or self.next_number()
            self.abnormal.append({"id": self.next_number(), "trade_order_id": order, "abnormal_code": "OVERSIZE", "abnormal_reason": reason,
                                  "over_time": until, "order_status_code": "wait_seller_decision", "order_status_name": "Held",
                                  "gmt_create": time.time(), "intl_tracking_no": "LP00123456789012"})
            return order

    def say(self, text, buyer="2671514005", at=None, system=True, raw=None):
        """A message; @system: of the platform (type 2).  @raw: its content as it is."""
        with self.lock:
            chat = self.chats.setdefault(str(buyer), [])
            message = {"message_id": str(self.next_number()), "from_account_id": str(buyer), "from_account_type": 11, "to_account_id": "1",
                       "to_account_type": 12, "template_id": 1, "type": 2 if system else 1, "send_time": int((at or time.time()) * 1000),
                       "content": raw if raw is not None else json.dumps({"txt": text}, ensure_ascii=False)}
            chat.append(message)
            chat.sort(key=lambda one: (one["send_time"], one["message_id"]))
            return message["message_id"]

    # --- the methods -----------------------------------------------------------------

    def page(self, rows, current, size):
        total = len(rows)
        if self.paging == "stuck":
            current = 1
        if self.paging == "endless":
            total = current * size + 1
        page = [] if self.paging == "short" and current > 1 else rows[(current - 1) * size:current * size]
        if self.on_page:
            self.on_page(current)
        return page, total

    def diagnosis(self, parameters):
        return {"response": {"success": True, "error_code": "", "error_message": "", "diagnosisResult": {
            "level": {"levelCode": self.level, "name": LEVELS.get(self.level, "?")}, "issue_num": self.issue_num,
            "action_url": self.action_url, "shop_status_desc": self.desc}}}

    def problem_kinds(self, parameters):
        return {"success": True, "error_code": "", "error_message": "", "product_problem_type_list": Many(
            ({"problem_type": kind, "problem_description": text} for kind, text in self.problem_types.items()), "product_problem_type")}

    def problem_page(self, parameters):
        current, size = number(parameters, "current_page", 1), number(parameters, "page_size", 10)
        wanted = parameters.get("operate_status", "0")
        rows, total = self.page([p for p in self.problems if str(p["operate_status"]) == wanted], current, size)
        rows = [row | {"product_id": self.ids(row["product_id"])} for row in rows]
        answer = {"success": True, "problematic_product_list": Many(rows, "problematic_product"), "total_count": total,
                  "page_size": size, "current_page": current}
        return self.without_total(answer, "total_count")

    def issue_list(self, parameters):
        query = dto(parameters, "query_dto")
        current, size = number(query, "current_page", 1), number(query, "page_size", 10, most=50)
        must(query.get("issue_status") in (None, "processing", "canceled_issue", "finish"), f"issue_status {query.get('issue_status')!r}")
        names = ("issue_id", "issue_status", "order_id", "parent_order_id", "buyer_login_id", "gmt_create", "gmt_modified",
                 "reason_chinese", "reason_english")
        held = sorted(self.issues.values(), key=lambda one: (-one["gmt_create"], -one["id"]))
        rows, total = self.page([one for one in held if query.get("issue_status") in (None, one["issue_status"])
                                 and query.get("order_no") in (None, one["order_id"])], current, size)
        answer = {"current_page": current, "page_size": size, "total_item": total,
                  "data_list": Many((self.told(row, names) for row in rows), "issue_api_issue_dto")}
        return self.without_total(answer, "total_item")

    def issue_detail(self, parameters):
        one = self.issues.get(number(parameters, "issue_id"))
        if one is not None and one["id"] in self.broken:
            raise Refused("F00-00-10010-007", "system busy")
        if one is None or parameters.get("buyer_login_id") != one["buyer_login_id"]:
            raise Refused("issue.not.exist", "the issue does not exist")
        names = [name for name in one if name not in ("issue_id", "reason_chinese", "reason_english")]
        return {"result_object": self.told(one, names) | {"process_dto_list": Many([], "api_issue_process_dto"),
                                                          "buyer_solution_list": Many([], "solution_api_dto")}}

    def told(self, one, names):
        row = {name: one[name] for name in names if one.get(name) is not None}
        for name in ("id", "issue_id", "order_id", "parent_order_id", "product_id"):
            if name in row:
                row[name] = self.ids(row[name])
        for name in ("gmt_create", "gmt_modified", "timeout_trigger_time", "over_time"):
            if name in row:
                row[name] = pacific(row[name])
        return row

    def abnormal_page(self, parameters):
        current, size = number(parameters, "current_page", 1), number(parameters, "page_size", 10)
        rows, total = self.page(self.abnormal, current, size)
        rows = [self.told(row, list(row)) | {"trade_order_id": self.ids(row["trade_order_id"])} for row in rows]
        rows = [{self.abnormal_names.get(name, name): value for name, value in row.items() if self.abnormal_names.get(name, name)} for row in rows]
        answer = {"is_success": True, "error_desc": "", "result": Many(rows, "aeop_warehouse_abnormal_order_result"), "total_count": total,
                  "total_page": -(-total // size), "current_page": current}
        answer = {self.abnormal_names.get(name, name): value for name, value in answer.items()}
        return self.without_total(self.without_total(answer, "total_count"), "total_page")

    def without_total(self, answer, name):
        return {key: value for key, value in answer.items() if not (self.paging == "no-total" and key == name)}

    def product_status(self, parameters):
        product = number(parameters, "product_id")
        return {"result": {"product_id": self.ids(product), "status": self.products.get(product, "approved"),
                           "time_stamp": pacific(time.time()), "error_code": 0, "error_message": ""}}

    # --- messages: backwards in time -------------------------------------------------

    def buyer_list(self, parameters):
        query = dto(parameters, "ae_im_query_session_dto")
        size, start = number(query, "page_size", 20), number(query, "start_time")
        last = {buyer: chat[-1]["send_time"] for buyer, chat in self.chats.items() if chat}
        rows = sorted(((at, buyer) for buyer, at in last.items()), reverse=True)
        rows = [row for row in rows if row < (start, query.get("last_buyer_id", "\uffff"))]
        page, more = rows[:size], len(rows) > size
        return {"result": {"success": True, "error_code": "", "error_message": "", "data": {
            "buyer_list": Many(({"buyer_id": buyer, "last_message_time": at} for at, buyer in page), "buyer"), "has_more": more,
            "next_start_time": page[-1][0] if page else start, "last_buyer_id": page[-1][1] if page else ""}}}

    def message_list(self, parameters):
        query = dto(parameters, "im_query_message_dto")
        size, start = number(query, "page_size", 20, most=20), number(query, "start_time")
        chat = self.chats.get(str(query.get("buyer_id")), [])
        if str(query.get("buyer_id")) in self.broken:
            raise Refused("F00-00-10010-007", "system busy")
        rows = [one for one in reversed(chat)
                if (one["send_time"], one["message_id"]) < (start, query.get("last_message_id", "\uffff"))]
        if self.paging == "stuck":
            rows = list(reversed(chat))
        page, more = rows[:size], len(rows) > size or self.paging in ("stuck", "endless")
        return {"result": {"success": True, "error_code": "", "error_message": "", "data": {
            "message_list": Many((dict(one) for one in page), "message"), "has_more": more,
            "next_start_time": page[-1]["send_time"] if page else start, "last_message_id": page[-1]["message_id"] if page else ""}}}


def styled(value, simplified, store):
    """@value in one of the two styles of an answer."""
    if isinstance(value, Many):
        return styled_list(value, simplified, store)
    if isinstance(value, dict):
        pairs = ((name, styled(part, simplified, store)) for name, part in value.items())
        return {name: part for name, part in pairs if part is not Ellipsis}
    if isinstance(value, list):
        return [styled(part, simplified, store) for part in value]
    return value


def styled_list(value, simplified, store):
    if not value:
        return {"[]": [] if simplified else {value.item: []}, "{}": {}, "missing": ..., "null": None}[store.empty]
    rows = [styled(row, simplified, store) for row in value]
    if store.single and len(rows) == 1:
        rows = rows[0]
    return rows if simplified else {value.item: rows}

"""How a request to the platform's API is signed, reckoned from the documents.

A parameter with an empty value is not signed; names stand in byte order.
"""

import hashlib
import hmac


def base_string(parameters, prefix=""):
    """What is signed: @prefix (the path of /rest), then names and values."""
    kept = sorted((name, value) for name, value in parameters.items() if name and name != "sign" and value.strip())
    return prefix + "".join(name + value for name, value in sorted(kept, key=lambda pair: pair[0].encode()))


def sign(secret, parameters, prefix=""):
    message = base_string(parameters, prefix).encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest().upper()


# The vectors: (name, prefix, parameters, what is signed, signature); secret "helloworld".
CODE = "3_500102_JxZ05Ux3cnnSSUm6dCxYg6Q26"
AT = "1517820392000"
VECTORS = [
    ("V1", "", dict(app_key="123456", format="json", method="aliexpress.merchant.diagnosis.query",
                    partner_id="iop-sdk-java-20181207", session="test", sign_method="sha256", simplify="true",
                    timestamp=AT, v="2.0"),
     "app_key123456formatjsonmethodaliexpress.merchant.diagnosis.querypartner_idiop-sdk-java-20181207sessiontest"
     "sign_methodsha256simplifytruetimestamp1517820392000v2.0",
     "571146246767C34C4A82B4947DD5E5642DD8E166A493CEDA672E4982D2D1695E"),
    ("V2", "/auth/token/create", dict(app_key="123456", code=CODE, sign_method="sha256", timestamp=AT),
     f"/auth/token/createapp_key123456code{CODE}sign_methodsha256timestamp1517820392000",
     "CCA1A050ED98960288B872455ACBC479189840218C8F552D5375C662086446C7"),
    ("V3", "/order/get", dict(access_token="test", app_key="123456", order_id="1234", sign_method="sha256", timestamp=AT),
     "/order/getaccess_tokentestapp_key123456order_id1234sign_methodsha256timestamp1517820392000",
     "4190D32361CFB9581350222F345CB77F3B19F0E31D162316848A2C1FFD5FAB4A"),
    ("V4", "", {"A": "1", "a": "3", "aB": "4", "a_": "2", "app_key": "123456", "method": "aliexpress.issue.issuelist.get",
                "query_dto": '{"current_page":1,"page_size":50,"issue_status":"processing","memo":"速卖通 & é"}',
                "session": "test", "sign_method": "sha256", "timestamp": AT, "empty": "", "blank": "  ", "sign": "X"},
     'A1a3aB4a_2app_key123456methodaliexpress.issue.issuelist.getquery_dto{"current_page":1,"page_size":50,'
     '"issue_status":"processing","memo":"速卖通 & é"}sessiontestsign_methodsha256timestamp1517820392000',
     "B6E348272E7609938D8A6C32469773A1A87E0B41658A54CCB73F632446CC7FC4"),
    ("V5", "/auth/token/create", dict(app_key="123456", code=CODE, format="json", method="/auth/token/create",
                                      partner_id="iop-sdk-python-20220609", sign_method="sha256", simplify="false", timestamp=AT),
     f"/auth/token/createapp_key123456code{CODE}formatjsonmethod/auth/token/createpartner_idiop-sdk-python-20220609"
     "sign_methodsha256simplifyfalsetimestamp1517820392000",
     "E0D95E51BB122DE87855A6A09BC3514F6C92642EAB0EDF9698F255494C93E50C"),
]

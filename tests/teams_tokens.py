"""Who signs what Teams sends, on this machine; and every way to forge it that we could think of."""

import base64
import hashlib
import hmac
import json
from collections import Counter
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import cache

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.teams_loopback import Reply, json_reply, served
from tests.teams_tenant import APP_ID

ISSUER = "https://api.botframework.com"
EMULATOR = "d6d49420-f39b-4df7-a1dc-d59a935871db"
OTHER_APP = "00000000-0000-4000-8000-0000000000cc"
OTHER_TENANT = "99999999-0000-4000-8000-000000000009"
LEEWAY = timedelta(minutes=5)
GONE = object()


class Issuer:
    """Publishes its keys at `openid_url`, and signs with them.

    `fetches` counts what was asked for, "metadata" and "keys"; `breaks` is None, "hang", "fail" or "garbage".
    """

    def __init__(self, app_id, service_url, now):
        self.app_id, self.service_url, self.now = app_id, service_url, now
        self.openid_url = ""
        self.fetches = Counter()
        self.breaks = None
        self.generation = 1

    @property
    def kid(self):
        return f"teams-{self.generation}"

    @property
    def key(self):
        return _rsa_key(self.kid)

    def rotate(self):
        """Sign with a new key from now on, and no longer publish the old one."""
        self.generation += 1

    def claims(self, **changes):
        """Return good claims with some changed, or left out where the change is GONE."""
        at = self.now()
        good = {
            "iss": ISSUER,
            "aud": self.app_id,
            "serviceurl": self.service_url,
            "nbf": int((at - LEEWAY).timestamp()),
            "exp": int((at + timedelta(hours=1)).timestamp()),
        }
        return {name: value for name, value in (good | changes).items() if value is not GONE}

    def token(self, **changes):
        """Return a token: a good one, or with some claims changed."""
        return self.signed(self.claims(**changes))

    def signed(self, claims, key=None, algorithm="RS256", **head):
        """Return claims signed, by our key unless told otherwise; `head` changes the token's head."""
        return jwt.encode(claims, key or self.key, algorithm, headers={"kid": self.kid} | head)

    def headers(self, activity):
        """Return the headers with which an activity is posted."""
        return {"Authorization": f"Bearer {self.token(serviceurl=activity['serviceUrl'])}"}

    def answer(self, request):
        """Answer over HTTP."""
        asked = "keys" if request.parts[-1] == "keys" else "metadata"
        self.fetches[asked] += 1
        if self.breaks == "hang":
            request.hang()
            return None
        if self.breaks is not None:
            return Reply(500 if self.breaks == "fail" else 200, b"<html>", "text/html")
        if asked == "keys":
            return json_reply(200, {"keys": [_published(self.kid, "msteams"), _published("elsewhere", "webchat")]})
        keys = self.openid_url.rpartition("/.well-known/")[0] + "/.well-known/keys"
        algorithms = {"id_token_signing_alg_values_supported": ["RS256"]}
        return json_reply(200, {"issuer": ISSUER, "jwks_uri": keys, **algorithms})


@contextmanager
def running_issuer(service_url, app_id=APP_ID, now=lambda: datetime.now(UTC)):
    """Run an issuer for what is sent from `service_url` to one app."""
    issuer = Issuer(app_id, service_url, now)
    with served(issuer.answer) as origin:
        issuer.openid_url = f"{origin}/v1/.well-known/openidconfiguration"
        yield issuer


def changed(activity, changes):
    """Return an activity with places changed, named like conversation.tenantId, or taken out where GONE."""
    copy = deepcopy(activity)
    for path, value in changes.items():
        *way, last = path.split(".")
        place = copy
        for name in way:
            place = place.setdefault(name, {})
        if value is GONE:
            place.pop(last, None)
        else:
            place[last] = value
    return copy


def forged(issuer, service_url):
    """Return requests that Teams did not make, by name: an Authorization (None: none) and changes to an activity.

    The changes are for `changed`; the activity is to come from `service_url`.
    """
    good = issuer.token(serviceurl=service_url)
    claims = issuer.claims(serviceurl=service_url)
    bearers = {**_wrong_claims(issuer, claims), **_wrong_signatures(issuer, claims), **_broken(good)}
    found = {name: (f"Bearer {token}", {}) for name, token in bearers.items()}
    found |= {name: (header, {}) for name, header in _wrong_headers(good).items()}
    found |= {name: (f"Bearer {good}", changes) for name, changes in _wrong_activities(service_url).items()}
    for name, address in _foreign_addresses().items():
        found[f"signed for {name}"] = (f"Bearer {issuer.token(serviceurl=address)}", {"serviceUrl": address})
    return found


def _wrong_claims(issuer, claims):
    at = issuer.now()
    times = {
        "expired ten minutes ago": {"exp": at - timedelta(minutes=10)},
        "expired a year ago": {"exp": at - timedelta(days=365)},
        "never expires": {"exp": GONE},
        "not yet valid": {"nbf": at + timedelta(minutes=10), "exp": at + timedelta(hours=1)},
    }
    times = {
        name: {claim: int(value.timestamp()) if value is not GONE else GONE for claim, value in changes.items()}
        for name, changes in times.items()
    }
    v2 = f"https://login.microsoftonline.com/{EMULATOR}/v2.0"
    by_emulator = {"serviceurl": GONE, "tid": EMULATOR}
    wrong = {
        **times,
        "for another app": {"aud": OTHER_APP},
        "for nobody": {"aud": ""},
        "for a list of others": {"aud": [OTHER_APP]},
        "for a list with us in it": {"aud": [OTHER_APP, issuer.app_id]},
        "without audience": {"aud": GONE},
        "for another app of the tenant": {"aud": OTHER_APP, "appid": issuer.app_id},
        "by another issuer": {"iss": "https://issuer.example.test"},
        "by no issuer": {"iss": GONE},
        "by an issuer without https": {"iss": "http://api.botframework.com"},
        "by an issuer with a slash": {"iss": f"{ISSUER}/"},
        "by an issuer that begins like it": {"iss": f"{ISSUER}.example.test"},
        "by the emulator, v1": {
            "iss": f"https://sts.windows.net/{EMULATOR}/",
            "ver": "1.0",
            "appid": issuer.app_id,
            **by_emulator,
        },
        "by the emulator, v2": {"iss": v2, "ver": "2.0", "azp": issuer.app_id, **by_emulator},
        "of a skill, v1": {
            "iss": f"https://sts.windows.net/{EMULATOR}/",
            "ver": "1.0",
            "appid": OTHER_APP,
            **by_emulator,
        },
        "of a skill, v2": {"iss": v2, "ver": "2.0", "azp": OTHER_APP, **by_emulator},
        "of a skill, by the right issuer": {"ver": "1.0", "appid": OTHER_APP, "serviceurl": GONE},
        "for another host": {"serviceurl": "https://smba.example.test/teams/"},
        "for another path": {"serviceurl": claims["serviceurl"] + "elsewhere/"},
        "for no service": {"serviceurl": ""},
        "without serviceurl": {"serviceurl": GONE},
    }
    return {
        name: issuer.signed({claim: value for claim, value in (claims | changes).items() if value is not GONE})
        for name, changes in wrong.items()
    }


def _wrong_signatures(issuer, claims):
    public = issuer.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    other = _rsa_key("nobody's")
    return {
        "by another key": issuer.signed(claims, other),
        "by an unknown key": issuer.signed(claims, other, kid="unknown"),
        "by a key that is not named": _by_hand(claims, _rs256(issuer.key), alg="RS256"),
        "by another key that is not named": _by_hand(claims, _rs256(other), alg="RS256"),
        "by a key it brings along": issuer.signed(claims, other, jwk=json.loads(_jwk(other)), kid="mine"),
        "by a key for another channel": issuer.signed(claims, _rsa_key("elsewhere"), kid="elsewhere"),
        "unsigned": _by_hand(claims, lambda _: b"", alg="none", kid=issuer.kid),
        "unsigned, in capitals": _by_hand(claims, lambda _: b"", alg="NONE", kid=issuer.kid),
        "unsigned with a signature": _by_hand(claims, _rs256(issuer.key), alg="none", kid=issuer.kid),
        "HS256 with the public key": _by_hand(claims, _hs256(public), alg="HS256", kid=issuer.kid),
        "HS256 with a guess": _by_hand(claims, _hs256(b"secret"), alg="HS256", kid=issuer.kid),
        "RS384": issuer.signed(claims, algorithm="RS384"),
        "PS256": issuer.signed(claims, algorithm="PS256"),
        "ES256": issuer.signed(claims, ec.generate_private_key(ec.SECP256R1()), "ES256"),
    }


def _broken(good):
    head, payload, signature = good.split(".")
    other = _part({**json.loads(_unpart(payload)), "exp": 9_999_999_999})
    cut = {"head": (head[:-7], payload, signature), "payload": (head, payload[:-7], signature)}
    return {
        **{f"with its {name} cut": ".".join(parts) for name, parts in cut.items()},
        "with its signature cut": f"{head}.{payload}.{signature[:-7]}",
        "without its signature": f"{head}.{payload}.",
        "of two parts": f"{head}.{payload}",
        "of four parts": f"{good}.{signature}",
        "changed after it was signed": f"{head}.{other}.{signature}",
        "with the signature of another": f"{head}.{payload}.{_b64(hashlib.sha256(b'another').digest() * 8)}",
        "garbage": "garbage",
        "garbage in three parts": "a.b.c",
    }


def _wrong_headers(good):
    return {
        "no header": None,
        "an empty header": "",
        "Bearer alone": "Bearer",
        "Bearer and a blank": "Bearer ",
        "bearer alone": "bearer",
        "a token without Bearer": good,
        "two tokens": f"Bearer {good} {good}",
        "two tokens and a comma": f"Bearer {good}, Bearer {good}",
        "Basic": "Basic " + base64.b64encode(b"coach:coach").decode(),
        "Basic with a token": f"Basic {good}",
    }


def _wrong_activities(service_url):
    ids = ("conversation.tenantId", "channelData.tenant.id")
    foreign = {f"from {name}": {"serviceUrl": url} for name, url in _foreign_addresses().items()}
    return {
        **foreign,
        "from another path": {"serviceUrl": f"{service_url}elsewhere/"},
        "from nowhere": {"serviceUrl": ""},
        "from nowhere at all": {"serviceUrl": GONE},
        "a conversation of another tenant": {ids[0]: OTHER_TENANT},
        "a channel of another tenant": {ids[1]: OTHER_TENANT},
        "another tenant in both": dict.fromkeys(ids, OTHER_TENANT),
        "two other tenants": {ids[0]: OTHER_TENANT, ids[1]: OTHER_TENANT.replace("9", "8")},
        "no tenant": dict.fromkeys(ids, GONE),
        "an empty tenant": dict.fromkeys(ids, ""),
        "another channel": {"channelId": "webchat"},
        "the emulator's channel": {"channelId": "emulator"},
        "no channel": {"channelId": GONE},
    }


def _foreign_addresses():
    return {
        "a foreign host": "https://smba.example.test/teams/",
        "a host that begins like Teams": "https://smba.trafficmanager.net.example.test/teams/",
        "a host behind a name": "https://smba.trafficmanager.net@example.test/teams/",
        "Teams without https": "http://smba.trafficmanager.net/teams/",
        "a host that begins like this machine": "http://127.0.0.1.example.test:3978/teams/",
    }


@cache
def _rsa_key(name):
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _jwk(key):
    return jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())


def _published(kid, channel):
    return {**json.loads(_jwk(_rsa_key(kid))), "use": "sig", "kid": kid, "x5t": kid, "endorsements": [channel]}


def _by_hand(claims, sign, **head):
    signed = f"{_part({'typ': 'JWT', **head})}.{_part(claims)}"
    return f"{signed}.{_b64(sign(signed.encode()))}"


def _rs256(key):
    return lambda signed: jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(signed, key)


def _hs256(secret):
    return lambda signed: hmac.new(secret, signed, hashlib.sha256).digest()


def _part(content):
    return _b64(json.dumps(content).encode())


def _unpart(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _b64(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

"""Who signs what Teams sends: what is good is believed by the SDK, and every forgery breaks a rule of its own."""

import asyncio
import json

import jwt
import pytest
import requests
from botframework.connector.auth import JwtTokenExtractor, VerifyOptions

from tests.teams_tenant import APP_ID, TENANT_ID
from tests.teams_tokens import GONE, ISSUER, LEEWAY, changed, forged, running_issuer

SERVICE_URL = "https://smba.trafficmanager.net/teams/"
ACTIVITY = {
    "type": "message",
    "channelId": "msteams",
    "serviceUrl": SERVICE_URL,
    "conversation": {"id": "a:1", "tenantId": TENANT_ID},
    "channelData": {"tenant": {"id": TENANT_ID}},
}


@pytest.fixture
def issuer():
    with running_issuer(SERVICE_URL) as issuer:
        yield issuer


def published(issuer):
    metadata = requests.get(issuer.openid_url, timeout=5).json()
    return {key["kid"]: key for key in requests.get(metadata["jwks_uri"], timeout=5).json()["keys"]}


def fault(keys, header, activity):
    """Return the first rule a request breaks, None where it breaks none."""
    scheme, _, token = (header or "").partition(" ")
    if scheme != "Bearer" or not token or " " in token:
        return "header"
    try:
        head = jwt.get_unverified_header(token)
        key = keys.get(head.get("kid"))
        if head["alg"] != "RS256" or key is None or "msteams" not in key["endorsements"]:
            return "key"
        claims = jwt.decode(
            token,
            jwt.PyJWK(key).key,
            ["RS256"],
            leeway=LEEWAY,
            issuer=ISSUER,
            options={"require": ["exp", "iss", "aud", "serviceurl"], "verify_aud": False},
        )
    except jwt.PyJWTError as error:
        return type(error).__name__
    if claims["aud"] != APP_ID:
        return "audience"
    return _activity_fault(claims, activity)


def _activity_fault(claims, activity):
    tenants = {activity["conversation"].get("tenantId"), activity["channelData"]["tenant"].get("id")}
    if tenants != {TENANT_ID}:
        return "tenant"
    if activity.get("channelId") != "msteams":
        return "channel"
    if claims["serviceurl"] != activity.get("serviceUrl"):
        return "serviceurl"
    return None if activity["serviceUrl"] == SERVICE_URL else "host"


def test_a_good_token_breaks_no_rule(issuer):
    assert fault(published(issuer), issuer.headers(ACTIVITY)["Authorization"], ACTIVITY) is None


def test_every_forgery_breaks_one(issuer):
    keys = published(issuer)
    found = forged(issuer, SERVICE_URL)
    faults = {name: fault(keys, header, changed(ACTIVITY, changes)) for name, (header, changes) in found.items()}
    assert [name for name, broken in faults.items() if broken is None] == []
    assert len(found) >= 40
    assert len({(header, json.dumps(changes, default=str)) for header, changes in found.values()}) == len(found)
    assert set(faults.values()) >= {
        *("header", "key", "audience", "tenant", "channel", "serviceurl", "host"),
        *(
            "ExpiredSignatureError",
            "ImmatureSignatureError",
            "InvalidSignatureError",
            "InvalidIssuerError",
            "DecodeError",
        ),
    }


def test_the_sdk_believes_a_good_token_and_asks_for_the_keys_once(issuer):
    extractor = JwtTokenExtractor(VerifyOptions(ISSUER, None, 300, False), issuer.openid_url, ["RS256"])
    for _ in range(2):
        header = issuer.headers(ACTIVITY)["Authorization"]
        identity = asyncio.run(extractor.get_identity_from_auth_header(header, "msteams", []))
        assert identity.is_authenticated
        assert identity.claims["serviceurl"] == SERVICE_URL
    assert issuer.fetches == {"metadata": 1, "keys": 1}


def test_a_new_key_takes_the_place_of_the_old_one(issuer):
    old = issuer.token()
    issuer.rotate()
    keys = published(issuer)
    assert fault(keys, f"Bearer {old}", ACTIVITY) == "key"
    assert fault(keys, f"Bearer {issuer.token()}", ACTIVITY) is None


def test_it_can_fail_talk_nonsense_and_hang(issuer):
    issuer.breaks = "fail"
    assert requests.get(issuer.openid_url, timeout=5).status_code == 500
    issuer.breaks = "garbage"
    with pytest.raises(ValueError, match="Expecting"):
        requests.get(issuer.openid_url, timeout=5).json()
    issuer.breaks = "hang"
    with pytest.raises(requests.Timeout):
        requests.get(issuer.openid_url, timeout=0.2)
    assert issuer.fetches == {"metadata": 3}


def test_changes_leave_the_activity_as_it_was():
    activity = changed(ACTIVITY, {"conversation.tenantId": "x", "serviceUrl": GONE, "channelData.team.id": "y"})
    assert activity["conversation"] == {"id": "a:1", "tenantId": "x"}
    assert activity["channelData"]["team"] == {"id": "y"}
    assert "serviceUrl" not in activity
    assert ACTIVITY["conversation"]["tenantId"] == TENANT_ID

"""The rules of xAPI 1.0.3 for a statement (adlnet/xAPI-Spec, xAPI-Data.md) that ours touch, written from the text.

Timestamps are held to RFC 3339 with a time zone, as IEEE 9274.1.1 asks, and durations to ISO 8601:2004 4.4.3.2.
"""

import re
from datetime import datetime
from urllib.parse import urlsplit
from uuid import RFC_4122, UUID

UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
DURATION = re.compile(r"P(?!$)(\d+W|(\d+Y)?(\d+M)?(\d+D)?(T(?!$)(\d+H)?(\d+M)?(\d+(\.\d{1,2})?S)?)?)")
LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
IDENTIFIERS = {"mbox", "mbox_sha1sum", "openid", "account"}
STATEMENT = {"id", "actor", "verb", "object", "result", "context", "timestamp"}
RESULT = {"score", "success", "completion", "response", "duration", "extensions"}
CONTEXT = {"registration", "platform", "contextActivities", "language", "extensions", "instructor", "team", "revision"}


def check(statement):
    """Assert that a record store must take a statement."""
    # 2.4: an unknown property, or one whose value is null, makes a store reject it.
    assert STATEMENT - {"result", "context"} <= statement.keys() <= STATEMENT
    assert_no_null(statement)
    assert_uuid(statement["id"])
    assert_agent(statement["actor"])
    assert statement["verb"].keys() <= {"id", "display"}
    assert_iri(statement["verb"]["id"])
    assert_language_map(statement["verb"]["display"])
    assert_activity(statement["object"])
    assert RFC_3339.fullmatch(statement["timestamp"])
    assert not statement["timestamp"].endswith("-00:00")
    assert datetime.fromisoformat(statement["timestamp"]).tzinfo is not None
    if "result" in statement:
        assert_result(statement["result"])
    if "context" in statement:
        assert_context(statement["context"])


def assert_no_null(value):
    assert value is not None
    if isinstance(value, dict):
        for name, held in value.items():
            # 4.1: what stands under an extension may be anything.
            if name != "extensions":
                assert_no_null(held)
    elif isinstance(value, list):
        for held in value:
            assert_no_null(held)


def assert_uuid(text):
    assert UUID_TEXT.fullmatch(text)
    assert UUID(text).variant == RFC_4122


def assert_iri(text):
    parts = urlsplit(text)
    assert parts.scheme
    assert parts.netloc or parts.scheme == "urn"
    assert not re.search(r'[\s<>"{}|\\^`]', text)


def assert_language_map(names):
    assert names
    for tag, text in names.items():
        assert LANGUAGE_TAG.fullmatch(tag)
        assert isinstance(text, str)


def assert_agent(agent):
    assert agent.get("objectType", "Agent") == "Agent"
    assert agent.keys() <= {"objectType", "name", *IDENTIFIERS}
    # 2.4.2.1: exactly one inverse functional identifier.
    assert len(agent.keys() & IDENTIFIERS) == 1
    if "mbox" in agent:
        assert re.fullmatch(r"mailto:[^\s@]+@[^\s@]+", agent["mbox"])
    if "account" in agent:
        assert agent["account"].keys() == {"homePage", "name"}
        # An IRL: an IRI that is a URL.
        assert urlsplit(agent["account"]["homePage"]).scheme in ("https", "http")
        assert agent["account"]["name"]


def assert_activity(activity):
    assert activity.get("objectType", "Activity") == "Activity"
    assert activity.keys() <= {"objectType", "id", "definition"}
    assert_iri(activity["id"])
    if "definition" in activity:
        assert activity["definition"].keys() <= {"name", "description", "type", "moreInfo", "extensions"}
        assert_iri(activity["definition"]["type"])
        assert_language_map(activity["definition"]["name"])


def assert_result(result):
    assert result
    assert result.keys() <= RESULT
    for name in ("success", "completion"):
        assert isinstance(result.get(name, True), bool)
    assert isinstance(result.get("response", ""), str)
    if "score" in result:
        assert result["score"].keys() <= {"scaled", "raw", "min", "max"}
        assert -1 <= result["score"]["scaled"] <= 1
    if "duration" in result:
        assert DURATION.fullmatch(result["duration"])
    for name in result.get("extensions", {}):
        assert_iri(name)


def assert_context(context):
    assert context.keys() <= CONTEXT
    if "registration" in context:
        assert_uuid(context["registration"])
    activities = context.get("contextActivities", {})
    assert activities.keys() <= {"parent", "grouping", "category", "other"}
    for listed in activities.values():
        for activity in listed:
            assert_activity(activity)

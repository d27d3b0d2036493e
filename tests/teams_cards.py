"""What Coach may say in Teams: an outgoing message checked, its words, and what can be pressed in it."""

import json
import re
from functools import cache

from jsonschema import Draft6Validator
from jsonschema.exceptions import best_match

from tests.support import SHARED

CARD_TYPE = "application/vnd.microsoft.card.adaptive"
VERSION = "1.5"
MOST_BYTES = 24_000
MOST_TITLE = 75
MOST_REFRESHED_PEOPLE = 60
MOST_CITATIONS, MOST_NAME, MOST_ABSTRACT, MOST_KEYWORDS, MOST_KEYWORD = 20, 80, 160, 3, 28
LABEL_TYPE = "https://schema.org/Message"
LABEL = {"@type": "Message", "@context": "https://schema.org"}
AI_GENERATED = ["AIGeneratedContent"]
SAYS_NOTHING = {"", "new message"}
REFUSED_TYPES = {
    "ImageSet": "loads from elsewhere",
    "Media": "loads from elsewhere",
    "FactSet": "reads markdown in what it shows",
}
ADDRESS_KEY = re.compile(r"(url|uri|backgroundimage)s?$", re.IGNORECASE)
# A picture within the card, and a page of Coach's own.
PICTURE = re.compile(r"data:image/png;base64,[A-Za-z0-9+/]+={0,2}")
PAGE = re.compile(r"(?:https://|http://(?:127\.0\.0\.1|localhost|\[::1\])[:/])[!-~]+")
DATA_KEYS = {"action", "value"}
OPAQUE = re.compile(r"[A-Za-z0-9_-]{1,64}")
# Where an element may hold others, in the order they are read.
CHILDREN = ("body", "items", "columns", "rows", "cells", "inlines", "selectAction", "inlineAction", "actions", "card")
# One line that neither markdown nor a client that finds links and dates reads as anything but these characters.
HARMLESS = re.compile(
    r"""(?!\d+[.)](?:\s|$))            # no list
    (?:[^\W_]|[("'“‘£€$…])             # and no quotation, heading, code or rule
    (?:[^\W_]|[ ,;:?!'"“”‘’()%£€$…·–—+-]
      |\.(?=[ )”"]|$)|(?<=\d)\.(?=\d)|(?<![/:])/(?!/)|&(?=[ ]))*""",
    re.VERBOSE,
)


def findings(activity):
    """Return what is wrong with a message on its way out, nothing when it is fine."""
    found = [f"{where} is an address" for where in _addresses(activity) if where != "serviceUrl"]
    kinds = [attachment.get("contentType") for attachment in activity.get("attachments") or []]
    found += [f"an attachment of type {kind}" for kind in kinds if kind != CARD_TYPE]
    for card in cards(activity):
        found += card_findings(card)
    return [*found, *_message_findings(activity), *_entity_findings(activity)]


def card_findings(card):
    """Return what is wrong with a card."""
    found = [f"version {card.get('version')!r}"] if card.get("version") != VERSION else []
    if (size := len(json.dumps(card, ensure_ascii=False, separators=(",", ":")).encode())) > MOST_BYTES:
        found.append(f"{size} bytes")
    if "entities" in card.get("msteams", {}):
        found.append("msteams.entities")
    if len(card.get("refresh", {}).get("userIds", [])) > MOST_REFRESHED_PEOPLE:
        found.append("refresh for too many people")
    # Teams takes `msteams` where the schema, which is not of Teams, does not.
    if (schema := _schema()) and (
        error := best_match(schema.iter_errors({name: part for name, part in card.items() if name != "msteams"}))
    ):
        found.append(f"{error.json_path}: {error.message}")
    ids = [part.get("id") for _, part in _objects(card) if _is_input(part)]
    found += [f"two inputs with the id {name!r}" for name in sorted({str(name) for name in ids if ids.count(name) > 1})]
    for where, part in _objects(card):
        found += [f"{where}: {fault}" for fault in _part_findings(part)]
    return found


def cards(activity):
    """Return the cards of a message."""
    return [part["content"] for part in activity.get("attachments") or [] if part.get("contentType") == CARD_TYPE]


def words(activity):
    """Return the words of a message as a person reads them, a line a block; labels of buttons are left out."""
    return "\n".join(line for line in (activity.get("text", ""), *_lines(cards(activity))) if line)


def pressable(activity):
    """Return what can be pressed, by its label, that behind "..." too; the first where two are called the same."""
    found = {}
    for part in _shown(cards(activity)):
        if part.get("type") in ("Action.Execute", "Action.Submit", "Action.OpenUrl") and part.get("isEnabled", True):
            found.setdefault(part.get("title", ""), part)
    return found


def fields(activity):
    """Return what can be filled in."""
    return [part for part in _shown(cards(activity)) if _is_input(part)]


@cache
def _schema():
    path = SHARED / f"wire/teams/schemas/adaptive-card-{VERSION}.0.json"
    return Draft6Validator(json.loads(path.read_text())) if path.is_file() else None


def _message_findings(activity):
    text, shown = activity.get("text", ""), cards(activity)
    if not text and not shown:
        yield "neither words nor a card"
    if text and shown:
        yield "words beside a card: Teams makes two messages of it and names neither"
    previews = [text, activity.get("summary", ""), *(card.get("fallbackText", "") for card in shown)]
    if all(str(preview).strip().lower() in SAYS_NOTHING for preview in previews):
        yield "nothing to read in a notification"
    if activity.get("textFormat") != "plain" and text and not HARMLESS.fullmatch(text):
        yield "text that is read as markdown"
    loop = (activity.get("channelData") or {}).get("feedbackLoop")
    if loop is not None and loop.get("type") not in ("default", "custom"):
        yield "a feedbackLoop of no known type"


def _part_findings(part):
    kind = str(part.get("type", ""))
    if kind in REFUSED_TYPES:
        yield f"{kind} {REFUSED_TYPES[kind]}"
    if kind == "TextBlock" and not HARMLESS.fullmatch(part.get("text", "")):
        yield "a TextBlock whose words markdown may change"
    if kind == "Image" and not part.get("altText", "").strip():
        yield "a picture nobody hears of"
    if kind.startswith("Action."):
        yield from _action_findings(kind, part)
    if _is_input(part):
        yield from _input_findings(part)


def _action_findings(kind, part):
    if not 0 < len(part.get("title", "").strip()) <= MOST_TITLE:
        yield f"a title of {len(part.get('title', ''))} characters"
    if kind not in ("Action.Execute", "Action.Submit"):
        return
    data = part["data"] if isinstance(part.get("data"), dict) else {}
    if not data.keys() <= DATA_KEYS or not isinstance(data.get("action"), str):
        yield "data that is not an action and a value"
    elif not OPAQUE.fullmatch(str(data.get("value", "none"))):
        yield "a value that says something"
    if kind == "Action.Execute":
        if part.get("verb") != data.get("action"):
            yield "a verb other than its action"
        fallback = part.get("fallback")
        if not isinstance(fallback, dict) or fallback.get("type") != "Action.Submit" or fallback.get("data") != data:
            yield "no fallback that submits the same"


def _input_findings(part):
    if not part.get("id") or part["id"] in DATA_KEYS:
        yield "an input without an id of its own"
    read = [part.get("label", ""), *([part.get("errorMessage", "")] if part.get("isRequired") else [])]
    read += [choice.get("title", "") for choice in part.get("choices", [])]
    read += [part.get("title", "")] if part.get("type") == "Input.Toggle" else []
    if not all(read):
        yield "an input without a label or errorMessage"
    elif not all(HARMLESS.fullmatch(line) for line in read):
        yield "an input whose words markdown may change"


def _entity_findings(activity):
    entities = activity.get("entities") or []
    for kind in sorted({str(entity.get("type")) for entity in entities} - {LABEL_TYPE}):
        yield f"an entity of type {kind}"
    labels = [entity for entity in entities if entity.get("type") == LABEL_TYPE]
    if len(labels) > 1:
        yield "two labels"
    for label in labels:
        if any(label.get(name) != value for name, value in LABEL.items()):
            yield "a label that is no Message of schema.org"
        kinds = label.get("additionalType") or []
        if kinds != AI_GENERATED and (kinds or not label.get("citation")):
            yield "a label that is neither of a machine nor of citations"
        yield from _citation_findings(label.get("citation", []), words(activity))


def _citation_findings(citations, text):
    if len(citations) > MOST_CITATIONS:
        yield f"{len(citations)} citations"
    positions = [citation.get("position") for citation in citations]
    if len(set(positions)) < len(positions):
        yield "two citations with one number"
    for citation in citations:
        about, number = citation.get("appearance", {}), citation.get("position")
        if citation.get("@type") != "Claim" or about.get("@type") != "DigitalDocument" or type(number) is not int:
            yield f"citation {number} is no Claim about a DigitalDocument"
        if f"[{number}]" not in text:
            yield f"citation {number} is not marked in the words"
        lengths = {"name": MOST_NAME, "abstract": MOST_ABSTRACT}
        if any(not 0 < len(about.get(name, "")) <= most for name, most in lengths.items()):
            yield f"citation {number} has a name or abstract that is empty or too long"
        keywords = about.get("keywords", [])
        if len(keywords) > MOST_KEYWORDS or any(len(keyword) > MOST_KEYWORD for keyword in keywords):
            yield f"citation {number} has too many or too long keywords"
        if extra := about.keys() - {"@type", "name", "abstract", "keywords"}:
            yield f"citation {number} has {', '.join(sorted(extra))}"


def _addresses(node, where=""):
    if isinstance(node, dict):
        for name, part in node.items():
            here = f"{where}.{name}".lstrip(".")
            is_picture = node.get("type") == "Image" and name == "url" and PICTURE.fullmatch(str(part))
            is_page = node.get("type") == "Action.OpenUrl" and name == "url" and PAGE.fullmatch(str(part))
            if ADDRESS_KEY.search(name) and not (is_picture or is_page):
                yield here
            yield from _addresses(part, here)
    elif isinstance(node, list):
        for number, part in enumerate(node):
            yield from _addresses(part, f"{where}[{number}]")


def _objects(node, where="card"):
    if isinstance(node, dict):
        yield where, node
        for name, part in node.items():
            if name != "data":
                yield from _objects(part, f"{where}.{name}")
    elif isinstance(node, list):
        for number, part in enumerate(node):
            yield from _objects(part, f"{where}[{number}]")


def _is_input(part):
    return str(part.get("type", "")).startswith("Input.")


def _shown(node):
    if isinstance(node, list):
        for part in node:
            yield from _shown(part)
    elif isinstance(node, dict) and node.get("isVisible", True):
        yield node
        for name in CHILDREN:
            yield from _shown(node.get(name, []))


def _lines(node):
    if isinstance(node, list):
        for part in node:
            yield from _lines(part)
    elif isinstance(node, dict) and node.get("isVisible", True):
        kind = str(node.get("type", ""))
        if kind == "RichTextBlock":
            yield "".join(run if isinstance(run, str) else run.get("text", "") for run in node["inlines"])
        elif kind == "Table":
            yield from ("\t".join(" ".join(_lines(cell["items"])) for cell in row["cells"]) for row in node["rows"])
        elif kind == "TextBlock":
            yield node.get("text", "")
        elif kind == "Image":
            yield node.get("altText", "")
        elif _is_input(node):
            yield from (node.get("label", ""), *(choice["title"] for choice in node.get("choices", [])))
        else:
            yield from _lines([node[name] for name in ("body", "items", "columns") if name in node])

"""Owns the package a Teams app for Coach is uploaded as: the manifest and two icons, in one zip."""

import io
import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from metrics.errors import Refusal

ICONS = Path(__file__).parent / "icons"
FILES = ("manifest.json", "color.png", "outline.png")
# The earliest a zip can say. The same words make the same bytes, and a package of ours can be told from another zip.
WRITTEN_AT = (1980, 1, 1, 0, 0, 0)
COMPANY_CHARACTERS = 32
URL_CHARACTERS = 2048
ADDRESS = re.compile(r"https://(?:[a-z0-9-]+\.)+[a-z0-9-]+(?::[0-9]{1,5})?(?:[/?#][!-~]*)?", re.IGNORECASE | re.ASCII)
VERSION = re.compile(r"(?:0|[1-9][0-9]{0,8})(?:\.(?:0|[1-9][0-9]{0,8})){2}")

DESCRIPTION = "Answers how your company does things, in quotes from its own SOPs."
FULL_DESCRIPTION = (
    "Ask how your company does things, in your own words. Answers are quotes from its own SOPs, each with its place; "
    "what none covers is said so, with somebody to ask. There are short lessons too.\n\n"
    "In a channel or group chat Coach gets only what mentions it, and answers only from SOPs open to everyone. Coach "
    "is for learning; it is not for pay, discipline or promotion."
)
# Pairs of title and description; each title means something to bot/grammar.py.
COMMANDS = (
    ("help", "How to ask"),
    ("about", "What Coach reads, stores and shows"),
    ("lesson", "A short lesson, now"),
    ("practice", "Practise a skill, whenever you like"),
    ("progress", "See how your learning goes"),
    ("progress team", "See how the people you manage get on"),
)
PERSONAL_COMMANDS = (
    ("home", "Your day: lesson, skills and questions"),
    ("link", "Join your Slack and Teams accounts"),
    ("settings", "What Coach sends you"),
    ("my data", "What is stored about you, and who looked"),
)
EXAMPLE = "How do I call in sick?"
PRIVATE_EXAMPLE = "privately how do I call in sick?"


@dataclass(frozen=True)
class Publisher:
    """Who gives the app to its staff: the company's name, and its pages with https."""

    company: str
    website: str
    privacy: str
    terms: str


def manifest(app_id: str, version: str, publisher: Publisher, has_slash: bool = False) -> dict[str, Any]:
    """Return the manifest as JSON values; the app bears the id of its bot.

    `has_slash` also offers the commands after a slash, a public preview of Teams. Raises Refusal for a version, a
    name or an address Teams would not take.
    """
    _check(version, publisher)
    shared = [_command(*words) for words in COMMANDS]
    personal = [*shared, *(_command(*words) for words in PERSONAL_COMMANDS)]
    example = _prompt(EXAMPLE, "An example: ask in your own words")
    aside = _prompt(PRIVATE_EXAMPLE, "The answer comes in your own chat with Coach")
    in_public = ["team", "groupChat"]
    lists: list[dict[str, Any]] = [
        {"scopes": ["personal"], "commands": [*personal, example]},
        {"scopes": in_public, "commands": [*shared, example, aside]},
    ]
    if has_slash:
        lists.append({"scopes": in_public, "triggers": ["slash"], "commands": shared})
    return {
        "$schema": "https://developer.microsoft.com/json-schemas/teams/v1.29/MicrosoftTeams.schema.json",
        "manifestVersion": "1.29",
        "version": version,
        "id": app_id,
        "developer": {
            "name": publisher.company,
            "websiteUrl": publisher.website,
            "privacyUrl": publisher.privacy,
            "termsOfUseUrl": publisher.terms,
        },
        "name": {"short": "Coach", "full": "Coach: how your company does things"},
        "description": {"short": DESCRIPTION, "full": FULL_DESCRIPTION},
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#1d3557",
        "defaultInstallScope": "personal",
        "bots": [
            {
                "botId": app_id,
                "scopes": ["personal", *in_public],
                "isNotificationOnly": False,
                "supportsCalling": False,
                "supportsVideo": False,
                "supportsFiles": False,
                **({"supportsTargetedMessages": True} if has_slash else {}),
                "commandLists": lists,
            }
        ],
    }


def package(made: dict[str, Any]) -> bytes:
    """Return the zip Teams takes: the manifest and the two icons."""
    contents = [
        json.dumps(made, ensure_ascii=False, indent=2).encode(),
        *((ICONS / name).read_bytes() for name in FILES[1:]),
    ]
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in zip(FILES, contents, strict=True):
            archive.writestr(zipfile.ZipInfo(name, WRITTEN_AT), content, zipfile.ZIP_DEFLATED)
    return zipped.getvalue()


def is_package(path: Path) -> bool:
    """Say whether a file is a package `package` made."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = [(entry.filename, entry.date_time) for entry in archive.infolist()]
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError):
        # What zipfile raises for no zip at all, for one of a newer format, and for names in no encoding it knows.
        return False
    return found == [(name, WRITTEN_AT) for name in FILES]


def _check(version: str, publisher: Publisher) -> None:
    if not VERSION.fullmatch(version):
        raise Refusal("--version takes three numbers, such as 1.0.1; Teams refuses a version it has already.")
    name = publisher.company
    if not name.strip() or not name.isprintable() or len(name) > COMPANY_CHARACTERS:
        raise Refusal(
            f"--company takes the name of your company, in one line of up to {COMPANY_CHARACTERS} characters."
        )
    pages = {"--website": publisher.website, "--privacy": publisher.privacy, "--terms": publisher.terms}
    for option, url in pages.items():
        if not ADDRESS.fullmatch(url) or len(url) > URL_CHARACTERS:
            raise Refusal(f"{option} takes the address of a page with https, such as https://www.example.com/staff")


def _prompt(text: str, description: str) -> dict[str, Any]:
    return {**_command(text, description), "type": "prompt", "prompt": text}


def _command(title: str, description: str) -> dict[str, Any]:
    return {"title": title, "description": description}

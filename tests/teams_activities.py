"""The shapes of what Teams sends to a bot."""

import html
import uuid
from datetime import UTC
from zoneinfo import ZoneInfo

from tests.teams_tenant import COACH


def activity(connector, user, place, kind, root=None, **more):
    """Return an activity of a person in a conversation; `more` are fields of its own, joined to those all have."""
    tenant, at, zone = connector.tenant, connector.now().astimezone(UTC), user.time_zone
    shape = {
        "type": kind,
        "id": f"f:{uuid.uuid4()}",
        "timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "localTimestamp": at.astimezone(ZoneInfo(zone)).isoformat(timespec="milliseconds"),
        "localTimezone": zone,
        "channelId": "msteams",
        "serviceUrl": connector.service_url,
        "from": {"id": user.id, "name": user.name, "aadObjectId": user.aad_object_id},
        "recipient": {"id": tenant.bot_id, "name": COACH},
        "conversation": {
            **({} if place.kind == "personal" else {"isGroup": True}),
            "conversationType": place.kind,
            "tenantId": tenant.id,
            "id": f"{place.id};messageid={root}" if root else place.id,
        },
        "locale": "en-GB",
        "entities": [{"type": "clientInfo", "locale": "en-GB", "country": "GB", "platform": "Web", "timezone": zone}],
        "channelData": {"tenant": {"id": tenant.id}, **_channel(place)},
    }
    return joined(shape, more)


def joined(shape, more):
    """Return an activity with more in it: entities are added to its own, and so is channelData."""
    both = {**shape, **more}
    both["entities"] = shape["entities"] + more.get("entities", [])
    both["channelData"] = shape["channelData"] | more.get("channelData", {})
    return both


def written(text):
    """Return what a message of plain words holds."""
    return {"text": text, "textFormat": "plain"}


def mentioning(text, marks):
    """Return what a message holds that mentions these (id, name): Coach first, others at its end.

    Teams adds the words once more in HTML, as an attachment that nobody attached.
    """
    first, *others = (f"<at>{name}</at>" for _, name in marks)
    marked = html.escape(text)
    for number, (_, name) in enumerate(marks):
        span = f'<span itemtype="http://schema.skype.com/Mention" itemscope="" itemid="{number}">{name}</span>'
        marked = f"{marked}&nbsp;{span}" if number else f"{span}&nbsp;{marked}"
    return {
        **written(" ".join([first, text, *others])),
        "attachments": [{"contentType": "text/html", "content": f"<div><div>{marked}</div></div>"}],
        "entities": [
            {"type": "mention", "mentioned": {"id": id_, "name": name}, "text": f"<at>{name}</at>"}
            for id_, name in marks
        ],
    }


def mentions(activity):
    """Return the (id, name) of everybody a message mentions."""
    mentioned = [entity["mentioned"] for entity in activity["entities"] if entity["type"] == "mention"]
    return [(one["id"], one["name"]) for one in mentioned]


def attached(name):
    """Return how a file is attached, or by its name a picture."""
    ending, address = name.rpartition(".")[2], f"https://files.example.test/{name}"
    if ending in ("png", "jpg"):
        return {"contentType": f"image/{ending}", "contentUrl": address}
    return {
        "contentType": "application/vnd.microsoft.teams.file.download.info",
        "contentUrl": address,
        "name": name,
        "content": {"downloadUrl": f"{address}?once", "uniqueId": str(uuid.uuid4()), "fileType": ending},
    }


def _channel(place):
    if place.kind != "channel":
        return {}
    return {
        "teamsChannelId": place.id,
        "teamsTeamId": place.team,
        "channel": {"id": place.id},
        "team": {"id": place.team},
    }

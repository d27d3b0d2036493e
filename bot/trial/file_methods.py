"""Owns the Web API methods that bring a file in: an address to post it to, the post, and the message that shows it."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.trial.access import Failed, as_kept, channel_to_write_in, sound_message
from bot.trial.workspace import Json, Upload, Workspace

# https://docs.slack.dev/reference/methods/files.getUploadURLExternal
ALT_CHARACTERS = 1_000
MOST_BYTES = 1_000_000_000


@dataclass(frozen=True)
class Posted:
    """What an upload is answered: a status and words."""

    status: int
    text: str


def offer_upload(workspace: Workspace, arguments: Json) -> Json:
    """files.getUploadURLExternal; `upload_url` comes without the origin."""
    name, length = arguments["filename"], arguments["length"]
    if not name or not 0 < length <= MOST_BYTES:
        raise Failed("invalid_arguments", ("[ERROR] must be a name and a length of at least 1",))
    if len(arguments.get("alt_txt") or "") > ALT_CHARACTERS:
        raise Failed("alt_txt_too_large")
    upload = Upload(workspace.new_id("F"), name, int(length), workspace.new_id("", 32))
    workspace.files[upload.id] = upload
    return {"ok": True, "upload_url": f"/upload/{upload.token}", "file_id": upload.id}


def take_upload(workspace: Workspace, token: str, content: bytes) -> Posted:
    """Keep what was posted to the address of an upload."""
    upload = next((upload for upload in workspace.files.values() if upload.token == token), None)
    if upload is None or upload.channel_id is not None:
        return Posted(404, "not_found")
    if len(content) != upload.length:
        return Posted(400, "the length is not what was said")
    upload.content = content
    return Posted(200, f"OK - {len(content)}")


def complete_upload(workspace: Workspace, arguments: Json) -> Json:
    """files.completeUploadExternal: one message shows all files; blocks count only without an initial comment."""
    uploads = [_uploaded(workspace, given) for given in arguments["files"]]
    if not uploads:
        raise Failed("invalid_arguments", ("[ERROR] must be at least one file [json-pointer:/files]",))
    done = {"ok": True, "files": [{"id": upload.id, "title": upload.title} for upload in uploads]}
    if not arguments.get("channel_id"):
        return done
    channel = channel_to_write_in(workspace, arguments["channel_id"])
    comment = arguments.get("initial_comment") or ""
    blocks = None if comment else arguments.get("blocks")
    if blocks:
        sound_message({"blocks": blocks})
    for upload in uploads:
        upload.channel_id = channel.id
    workspace.post(
        channel,
        workspace.bot_user_id,
        comment,
        thread_ts=arguments.get("thread_ts"),
        blocks=as_kept(workspace, blocks),
        subtype="file_share",
        files=[_wire_file(workspace, upload) for upload in uploads],
    )
    return done


def _uploaded(workspace: Workspace, given: object) -> Upload:
    upload = workspace.files.get(str(given.get("id"))) if isinstance(given, dict) else None
    if upload is None or upload.content is None or upload.channel_id is not None:
        raise Failed("file_not_found")
    upload.title = str(given.get("title") or upload.name) if isinstance(given, dict) else upload.name
    return upload


def _wire_file(workspace: Workspace, upload: Upload) -> Json:
    return {
        "id": upload.id,
        "name": upload.name,
        "title": upload.title,
        "mimetype": "application/octet-stream",
        "filetype": upload.name.rpartition(".")[2],
        "user": workspace.bot_user_id,
        "mode": "hosted",
        "size": upload.length,
        "url_private_download": f"https://files.slack.com/files-pri/{workspace.team_id}-{upload.id}/download",
    }


FILE_METHODS: dict[str, Callable[[Workspace, Json], Json]] = {
    "files.completeUploadExternal": complete_upload,
    "files.getUploadURLExternal": offer_upload,
}

"""Owns sending a file to Slack: to one person's conversation with Coach, and found again after a doubt.

Three calls: an address to upload to, the upload, and the message that shows it. Only the last can be seen, so only it
could come twice; the block beside the file carries the key it was sent with. What can still double: Slack shows a file
some moments after it said that it took it, so one whose answer was lost is sent again when it is not there yet.
"""

import hashlib
import json
from collections.abc import Callable

from bot.messages import Address, File, Message, NotSent, Undeliverable
from bot.slack import render
from bot.slack.calls import Json, SlackCalls

# https://docs.slack.dev/reference/methods/files.getUploadURLExternal
ALT_CHARACTERS = 1_000
# Ids of conversations between one person and Coach begin with it.
DIRECT = "D"
NOT_FOR_ONE = "file_not_for_one_person"
BLOCKS_REFUSED = {"invalid_blocks", "invalid_arguments"}


class FileSender:
    """Sends files; `open_dm` returns the channel id of the direct conversation with a person."""

    def __init__(self, calls: SlackCalls, open_dm: Callable[[str], str]) -> None:
        self._calls = calls
        self._open_dm = open_dm

    def send(self, address: Address, message: Message, file: File, key: str) -> None:
        """Upload a file and show it with the words of its message. Raises what the port raises."""
        channel, thread = self.place(address)
        content = file.content.encode()
        asked = {"filename": file.name, "length": len(content), "alt_txt": file.title[:ALT_CHARACTERS]}
        given = self._calls.call("files.getUploadURLExternal", asked)
        upload_url, file_id = given.get("upload_url"), given.get("file_id")
        if not (isinstance(upload_url, str) and isinstance(file_id, str)):
            raise NotSent("malformed")
        self._calls.upload(upload_url, content)
        shown: Json = {"channel_id": channel, "files": json.dumps([{"id": file_id, "title": file.title or file.name}])}
        shown |= {"thread_ts": thread} if thread else {}
        beside = json.dumps(render.beside_file(message, _mark(key)))
        try:
            self._calls.call("files.completeUploadExternal", {**shown, "blocks": beside}, may_double=True)
        except Undeliverable as fault:
            if fault.code not in BLOCKS_REFUSED:
                raise
            said = render.plain_payload(message)["text"]
            self._calls.call("files.completeUploadExternal", {**shown, "initial_comment": said}, may_double=True)

    def place(self, address: Address) -> tuple[str, str | None]:
        """Return the channel and thread a file goes to: a direct conversation. Raises Undeliverable for any other."""
        if address.only_for:
            channel = self._open_dm(address.only_for)
            return channel, address.thread if address.channel == channel else None
        if address.channel and address.channel.startswith(DIRECT):
            return address.channel, address.thread
        raise Undeliverable(NOT_FOR_ONE)


def is_of(message: Json, key: str) -> bool:
    """Whether a message of the history shows the file sent with `key`."""
    blocks = message.get("blocks")
    return any(isinstance(block, dict) and block.get("block_id") == _mark(key) for block in blocks or [])


def _mark(key: str) -> str:
    return f"file:{hashlib.sha256(key.encode()).hexdigest()}"

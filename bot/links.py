"""Owns which addresses may stand behind a button: those of the web that are encrypted, and those of this machine."""

from urllib.parse import urlsplit

from bot.settings import LOOPBACK

MOST_CHARACTERS = 3_000


def can_be_opened(url: str) -> bool:
    """Whether a person may be sent to an address: https, or http on this machine; whole, without a name to sign in."""
    try:
        address = urlsplit(url)
        host, _ = address.hostname, address.port
    except ValueError:
        return False
    is_web = address.scheme == "https" or (address.scheme == "http" and host in LOOPBACK)
    is_plain = url.isascii() and url.isprintable() and not set(' "<>\\^`{|}') & set(url)
    return is_web and bool(host) and "@" not in address.netloc and is_plain and len(url) <= MOST_CHARACTERS

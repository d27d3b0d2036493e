"""One Chroma server a session."""

from tests.chroma_server import chroma_url  # noqa: F401 (a fixture)

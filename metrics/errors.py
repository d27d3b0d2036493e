"""Owns Refusal: what a person may not or cannot do, in words they can act on."""


class Refusal(Exception):
    """Something a person may not or cannot do; its text is shown to them as it stands."""


class NotReady(Refusal):
    """Coach lacks something it needs first (no company applied yet, an older database); the text says what to run."""

"""Owns Streak: how many days somebody practised when they were asked to, without shaming anybody for a day missed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Streak:
    """`days` practised in a row; days nothing was offered neither count nor break it.

    `freezes_left` is how many more offered days may pass unused before it ends.
    """

    days: int = 0
    freezes_left: int = 2

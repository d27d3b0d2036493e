"""Owns how a chart looks in Teams: a picture within the card itself, which is described in words."""

import base64
from functools import lru_cache
from typing import Any

from bot.shown import clean, shorten
from bot.teams.runs import MACRO
from metrics.charts import ChartSpec, in_words
from metrics.pictures import png

ALT_CHARACTERS = 1_500
KEPT = 64


def picture(spec: ChartSpec) -> dict[str, Any]:
    """Return the image element of a chart; whoever hears it instead hears its takeaway and its values."""
    return {
        "type": "Image",
        "url": f"data:image/png;base64,{_drawn(spec)}",
        # Teams would make a time of {{DATE(…)}} here as well.
        "altText": MACRO.sub(" ", shorten(clean(in_words(spec)), ALT_CHARACTERS)),
        "size": "Stretch",
    }


# A card is measured several times before it is sent.
@lru_cache(maxsize=KEPT)
def _drawn(spec: ChartSpec) -> str:
    return base64.b64encode(png(spec)).decode()

"""Owns how a chart looks in Slack: its own data_visualization block, within the lengths Slack takes.

https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block: at most 12 series of 20 points; titles of 50
characters, labels of 20, and series told apart by name.
"""

from collections.abc import Iterable
from typing import Any

from metrics.charts import LABEL_CHARACTERS, TITLE_CHARACTERS, ChartSpec, decimals, shown

Json = dict[str, Any]

NO_LABEL = "–"


def data_visualization(spec: ChartSpec) -> Json:
    """Return the block of a chart."""
    categories = _told_apart(spec.categories)
    names = _told_apart(series.name for series in spec.series)
    axes: Json = {"categories": categories}
    if y_label := shown(spec.y_label, TITLE_CHARACTERS):
        axes["y_label"] = y_label
    series = [
        {"name": name, "data": [_point(*point) for point in zip(categories, one.values, strict=True)]}
        for name, one in zip(names, spec.series, strict=True)
    ]
    chart = {"type": spec.kind, "series": series, "axis_config": axes}
    return {"type": "data_visualization", "title": shown(spec.title, TITLE_CHARACTERS) or NO_LABEL, "chart": chart}


def _point(label: str, value: float) -> Json:
    return {"label": label, "value": round(value, decimals(value))}


def _told_apart(labels: Iterable[str]) -> list[str]:
    """Return labels cut to what Slack takes, each only once: the second of two gets a number."""
    found: list[str] = []
    for label in labels:
        name, number = shown(label, LABEL_CHARACTERS) or NO_LABEL, 2
        first = name
        while name in found:
            end = f" {number}"
            name, number = f"{first[: LABEL_CHARACTERS - len(end)].rstrip()}{end}", number + 1
        found.append(name)
    return found

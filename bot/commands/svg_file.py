"""Owns where commands write drawings: an SVG file that is checked before the work, and written after it."""

from pathlib import Path

from metrics.errors import Refusal


def check_svg_file(plot: Path | None) -> None:
    """Raise Refusal for a place where no SVG can be written."""
    if plot is not None and plot.suffix != ".svg":
        raise Refusal(f"{plot.name} must end in .svg, which is what --plot draws.")
    if plot is not None and not plot.parent.is_dir():
        raise Refusal(f"There is no folder {plot.parent}. Choose another --plot.")


def write_svg_file(plot: Path, drawing: str) -> None:
    """Write a drawing. Raises Refusal where the system does not let Coach."""
    try:
        plot.write_text(drawing, encoding="utf-8")
    except OSError as error:
        raise Refusal(f"Coach cannot write {plot}: {error.strerror}. Choose another --plot.") from None

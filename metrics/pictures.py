"""Owns pictures of charts: the drawing of metrics/drawings.py as a small PNG, for screens that show no drawing."""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from metrics.charts import ChartSpec
from metrics.drawings import OUTLINE, PAPER, Drawing, Line, Point, Words, drawing

WIDTH, HEIGHT = 480, 240
# Drawn larger and made smaller, since Pillow draws lines with steps.
TIMES = 3
# Few colours make a small file: the six of series, inks, and what lies between.
PALETTE = 64
SIDES = {"start": "ls", "middle": "ms", "end": "rs"}


def png(spec: ChartSpec, width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """Return a chart as a PNG of few colours, on white; one with many bars is higher than `height` pixels.

    Its letters are those of Pillow's own font, which has Latin ones only: words in others are for the text beside it.
    """
    drawn = drawing(spec, width, height)
    large = Image.new("RGB", (drawn.width * TIMES, drawn.height * TIMES), PAPER)
    _draw(ImageDraw.Draw(large), drawn)
    small = large.resize((drawn.width, drawn.height), Image.Resampling.LANCZOS)
    held = BytesIO()
    small.quantize(PALETTE, dither=Image.Dither.NONE).save(held, "PNG", optimize=True)
    return held.getvalue()


def _draw(canvas: ImageDraw.ImageDraw, drawn: Drawing) -> None:
    for part in drawn.parts:
        if isinstance(part, Words):
            font = ImageFont.load_default(part.size * TIMES)
            canvas.text((part.x * TIMES, part.y * TIMES), part.text, part.colour, font, anchor=SIDES[part.side])
        elif isinstance(part, Line):
            canvas.line(_scaled(part.points), part.colour, round(part.width * TIMES), joint="curve")
        else:
            outline = round(OUTLINE * TIMES) if part.is_hollow else 0
            canvas.polygon(_scaled(part.points), PAPER if part.is_hollow else part.colour, part.colour, outline)


def _scaled(points: tuple[Point, ...]) -> list[Point]:
    return [(x * TIMES, y * TIMES) for x, y in points]

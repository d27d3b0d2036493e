"""PDFs as tests need them, written by hand: pages of drawing operations, two fonts, pictures, bookmarks."""

from collections.abc import Sequence

FONTS = "/Font << /F1 4 0 R /F2 5 0 R >>"
WIDTH, HEIGHT = 595, 842


def line(words: str, x: float, y: float, size: float = 11, bold: bool = False, before: str = "") -> str:
    """Draw words on one baseline; `before` are operations inside the text, as a colour or a mode."""
    escaped = words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT {before} /{'F2' if bold else 'F1'} {size} Tf 1 0 0 1 {x} {y} Tm ({escaped}) Tj ET\n"


def lines(texts: Sequence[str], x: float, y: float, step: float = 14, size: float = 11, bold: bool = False) -> str:
    """Draw lines one below another from a height on."""
    return "".join(line(words, x, y - step * place, size, bold) for place, words in enumerate(texts))


def row(cells: Sequence[str], xs: Sequence[float], y: float, bold: bool = False) -> str:
    """Draw words side by side on one baseline."""
    return "".join(line(words, x, y, bold=bold) for words, x in zip(cells, xs, strict=True))


def pdf(
    *pages: str,
    resources: str = "",
    page: str = "",
    title: str = "",
    bookmarks: Sequence[tuple[str, int]] = (),
    objects: Sequence[tuple[str, bytes | None]] = (),
) -> bytes:
    """Return a PDF of these pages (drawing operations in Latin-1).

    `resources` and `page` go into the dictionaries of every page, `bookmarks` are titles with their page from 0, and
    `objects`, numbered from 10, are whole bodies, or the entries of a dictionary with its stream.
    """
    first_page = 10 + len(objects)
    kids = " ".join(f"{first_page + 2 * number} 0 R" for number in range(len(pages)))
    first_bookmark = first_page + 2 * len(pages)
    outline = f"/Outlines {first_bookmark} 0 R" if bookmarks else ""
    bodies: dict[int, bytes] = {
        1: f"<< /Type /Catalog /Pages 2 0 R {outline} >>".encode(),
        2: f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        3: f"<< /Title ({title}) >>".encode(),
        4: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        5: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    }
    for number, (entries, data) in enumerate(objects, start=10):
        bodies[number] = entries.encode() if data is None else stream(entries, data)
    for place, operations in enumerate(pages):
        number = first_page + 2 * place
        bodies[number] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {number + 1} 0 R "
            f"/Resources << {FONTS} {resources} >> {page} >>"
        ).encode()
        bodies[number + 1] = stream("", operations.encode("cp1252"))
    bodies |= _outline(bookmarks, first_bookmark, first_page)
    return file(bodies)


def stream(entries: str, data: bytes) -> bytes:
    """Return the body of a stream object; `entries` are those of its dictionary besides the length."""
    return f"<< {entries} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def file(bodies: dict[int, bytes], trailer: str = "/Root 1 0 R /Info 3 0 R") -> bytes:
    """Return a whole file of numbered objects with its cross-reference table."""
    written, places = b"%PDF-1.7\n", {}
    for number, body in sorted(bodies.items()):
        places[number] = len(written)
        written += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    size = max(bodies) + 1
    entries = [
        f"{places[number]:010} 00000 n \n" if number in places else "0000000000 65535 f \n" for number in range(size)
    ]
    table = (
        f"xref\n0 {size}\n{''.join(entries)}trailer\n<< /Size {size} {trailer} >>\nstartxref\n{len(written)}\n%%EOF\n"
    )
    return written + table.encode()


def _outline(bookmarks: Sequence[tuple[str, int]], first: int, first_page: int) -> dict[int, bytes]:
    if not bookmarks:
        return {}
    last = first + len(bookmarks)
    bodies = {first: f"<< /First {first + 1} 0 R /Last {last} 0 R /Count {len(bookmarks)} >>".encode()}
    for number, (title, page) in enumerate(bookmarks, start=first + 1):
        after = f"/Next {number + 1} 0 R" if number < last else ""
        target = f"[{first_page + 2 * page} 0 R /Fit]"
        bodies[number] = f"<< /Title ({title}) /Parent {first} 0 R /Dest {target} {after} >>".encode()
    return bodies

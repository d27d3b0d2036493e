"""PDFs built to hang, to fill memory or to overflow the stack of whoever reads them."""

import zlib
from collections.abc import Callable

from tests.coach.pdf_files import FONTS, file, pdf, stream

CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
ONE_PAGE = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 7 0 R /Resources << {FONTS} >> >>".encode()
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
ROOT = "/Root 1 0 R"


def page_tree_loop() -> bytes:
    """A page tree whose child is its own parent."""
    tree = b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 1000000 >>"
    return file({1: CATALOG, 2: tree, 3: b"<< /Type /Pages /Kids [2 0 R] /Count 5 >>"}, ROOT)


def page_tree_fan() -> bytes:
    """Ten levels of tree nodes, each listing the next one ten times: ten thousand million pages."""
    nodes = {
        number: f"<< /Type /Pages /Kids [{f'{number + 1} 0 R ' * 10}] /Count 1 >>".encode() for number in range(2, 12)
    }
    return file({1: CATALOG, **nodes, 12: b"<< /Type /Page /MediaBox [0 0 9 9] >>"}, ROOT)


def deflate_bomb() -> bytes:
    """A page whose drawing operations unpack to 300 MB, deflated twice."""
    packer = zlib.compressobj(9)
    once = b"".join(packer.compress(b" " * 1_000_000) for _ in range(300)) + packer.flush()
    return _one_page(stream("/Filter [/FlateDecode /FlateDecode]", zlib.compress(once, 9)))


def many_operations() -> bytes:
    """A small file that draws the same letter two million times."""
    operations = b"BT /F1 9 Tf " + b"(a) Tj " * 2_100_000 + b"ET"
    return _one_page(stream("/Filter /FlateDecode", zlib.compress(operations, 9)))


def nested_arrays() -> bytes:
    """An array in an array, a hundred thousand deep, where the page's box should be."""
    box = b"[" * 100_000 + b"]" * 100_000
    return file({1: CATALOG, 2: _tree(), 3: b"<< /Type /Page /Parent 2 0 R /MediaBox " + box + b" >>"}, ROOT)


def nested_dictionaries() -> bytes:
    """A dictionary in a dictionary, a hundred thousand deep, as a page's resources."""
    inner = b"<< /A " * 100_000 + b"1" + b" >>" * 100_000
    return file({1: CATALOG, 2: _tree(), 3: b"<< /Type /Page /Parent 2 0 R /Resources " + inner + b" >>"}, ROOT)


def huge_cross_reference() -> bytes:
    """A table that promises two thousand million objects."""
    whole = pdf("BT ET")
    return whole.replace(b"xref\n0 ", b"xref\n0 2000000000 \n0 ", 1).replace(b"/Size ", b"/Size 2000000000 %", 1)


def recursive_forms() -> bytes:
    """A form that draws itself twice."""
    form = f"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << {FONTS} /XObject << /X 10 0 R >> >>"
    return pdf("/X Do", resources="/XObject << /X 10 0 R >>", objects=[(form, b"/X Do /X Do BT /F1 9 Tf (a) Tj ET")])


def forms_fan() -> bytes:
    """Twenty forms, each drawing the next one ten times."""
    depth = 20
    form = f"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << {FONTS} /XObject << /X NEXT 0 R >> >>"
    forms = [
        (
            form.replace("NEXT", str(11 + level)),
            b"/X Do " * 10 if level + 1 < depth else b"BT /F1 9 Tf (a) Tj ET",
        )
        for level in range(depth)
    ]
    return pdf("/X Do", resources="/XObject << /X 10 0 R >>", objects=forms)


def object_stream_loop() -> bytes:
    """A stream of objects that is said to lie in itself."""
    head = b"%PDF-1.7\n1 0 obj\n" + CATALOG + b"\nendobj\n"
    entries = b"".join(
        kind.to_bytes(1) + place.to_bytes(4) + index.to_bytes(1)
        for kind, place, index in [(0, 0, 0), (1, 9, 0), (2, 4, 0), (2, 4, 0), (2, 4, 0), (1, len(head), 0)]
    )
    table = stream("/Type /XRef /Size 6 /W [1 4 1] /Root 1 0 R /Extends 4 0 R", entries)
    return head + b"5 0 obj\n" + table + f"\nendobj\nstartxref\n{len(head)}\n%%EOF\n".encode()


def outline_loop() -> bytes:
    """Bookmarks whose next one is the first one again."""
    whole = pdf(
        "BT /F1 11 Tf 72 700 Td (Close the till and count the float twice.) Tj ET", bookmarks=[("A", 0), ("B", 0)]
    )
    return whole.replace(b"(B) /Parent", b"(B) /Next 14 0 R /Parent")


def cross_reference_chain() -> bytes:
    """A table whose predecessor is itself."""
    whole = pdf("BT ET")
    place = whole.rindex(b"xref\n0")
    return whole.replace(b"/Root 1 0 R", f"/Root 1 0 R /Prev {place}".encode())


def _one_page(contents: bytes) -> bytes:
    return file({1: CATALOG, 2: _tree(), 3: ONE_PAGE, 4: FONT, 5: FONT, 7: contents}, ROOT)


def _tree() -> bytes:
    return b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"


PDF_BOMBS: dict[str, Callable[[], bytes]] = {
    each.__name__: each
    for each in (
        page_tree_loop,
        page_tree_fan,
        deflate_bomb,
        many_operations,
        nested_arrays,
        nested_dictionaries,
        huge_cross_reference,
        recursive_forms,
        forms_fan,
        object_stream_loop,
        outline_loop,
        cross_reference_chain,
    )
}

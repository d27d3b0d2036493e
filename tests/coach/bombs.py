"""Files built to hang, fill memory or reach outside, each with what its owner is told; PDFs are in pdf_bombs.py."""

import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from random import Random

from tests.coach.office_files import NAMESPACES, SHEET, packed, paragraph, word, word_parts, workbook_parts

MEGABYTE = 1024 * 1024
Bomb = tuple[str, Callable[[], bytes], str | None]


def zip_bomb() -> bytes:
    """One part of 300 MB in 300 kB."""
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in word_parts("").items():
            if not name.endswith("document.xml"):
                archive.writestr(name, xml)
        with archive.open("word/document.xml", "w", force_zip64=True) as part:
            part.write(f"<w:document {NAMESPACES}>".encode())
            for _ in range(300):
                part.write(b" " * MEGABYTE)
    return written.getvalue()


def lying_zip_bomb() -> bytes:
    """The same idea with a size stated as 100 bytes."""
    data = bytearray(word(" " * 60 * MEGABYTE))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.index(b"word/document.xml") if signature == b"PK\x03\x04" else data.rindex(b"word/document.xml")
        at = data.rindex(signature, 0, start)
        data[at + offset : at + offset + 4] = struct.pack("<I", 100)
    return bytes(data)


def nested_zip() -> bytes:
    """Zips in zips, nine deep, with nothing else in them."""
    inner = packed({"bomb.xml": " " * 10 * MEGABYTE})
    for depth in range(9):
        inner = packed({f"{depth}.zip": inner, f"{depth}.docx": inner})
    return inner


def many_entries() -> bytes:
    """Sixty thousand empty parts."""
    return packed({f"word/media/{number}.png": b"" for number in range(60_000)}, zipfile.ZIP_STORED)


def _with_dtd(declared: str, content: str) -> bytes:
    parts = word_parts("")
    parts["word/document.xml"] = (
        f"<!DOCTYPE w [{declared}]><w:document {NAMESPACES}><w:body>{paragraph(content)}</w:body></w:document>"
    )
    return packed(parts)


def billion_laughs() -> bytes:
    """Entities of entities, ten thousand million in the end."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 11))
    return _with_dtd('<!ENTITY l0 "ha">' + laughs, "&l10;")


def quadratic_blow_up() -> bytes:
    """One entity of 100 kB, used fifty thousand times."""
    return _with_dtd(f'<!ENTITY a "{"a" * 100_000}">', "&a;" * 50_000)


def external_entity() -> bytes:
    """A file of the machine asked for as words of the document."""
    return _with_dtd('<!ENTITY a SYSTEM "file:///etc/passwd">', "&a;")


def deep_xml() -> bytes:
    """A content control in a content control, a hundred thousand deep."""
    return packed(word_parts("<w:sdt>" * 100_000 + "</w:sdt>" * 100_000), zipfile.ZIP_STORED)


def long_paragraph() -> bytes:
    """One paragraph of forty megabytes that do not repeat."""
    words = [f"{number * 104_729:012} " for number in range(64)]
    return word(paragraph("".join(Random(1).choices(words, k=40 * MEGABYTE // 13))))


def many_megabytes() -> bytes:
    """Sixty honest megabytes."""
    words = [f"{number * 104_729:012} " for number in range(64)]
    return word(paragraph("".join(Random(2).choices(words, k=20 * MEGABYTE // 13)) * 3))


def many_paragraphs() -> bytes:
    """A million and more empty paragraphs, which repeat only as much as honest ones."""
    return packed(word_parts("".join(f"<w:p w:id='{number * 7919 % 999983:x}'/>" for number in range(1_200_000))))


def giant_dimension() -> bytes:
    """A cell in each corner of the largest sheet there can be, merged into one."""
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    return packed(workbook_parts(rows, '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'))


def diagonal_sheet() -> bytes:
    """Sixteen thousand rows, each with its cell one column further right."""

    def letters(column: int) -> str:
        name = ""
        while column:
            column, rest = divmod(column - 1, 26)
            name = chr(65 + rest) + name
        return name

    return packed(
        workbook_parts("".join(f'<row r="{n}"><c r="{letters(n)}{n}"><v>{n}</v></c></row>' for n in range(1, 16_384)))
    )


def shared_strings() -> bytes:
    """One string of a megabyte in twenty thousand cells."""
    parts = workbook_parts("".join('<row><c t="s"><v>0</v></c></row>' for _ in range(20_000)))
    parts["xl/strings.xml"] = f"<sst {SHEET}><si><t>{' '.join(map(str, range(150_000)))}</t></si></sst>"
    return packed(parts)


def many_strings() -> bytes:
    """A million and a half strings, no two the same."""
    parts = workbook_parts("")
    parts["xl/strings.xml"] = f"<sst {SHEET}>{''.join(f'<si><t>{n * 7919:x}</t></si>' for n in range(1_500_000))}</sst>"
    return packed(parts)


def truncated_zip() -> bytes:
    """A document cut off in the middle."""
    data = word(paragraph("words " * 500))
    return data[: len(data) // 2]


def wrong_checksum() -> bytes:
    """A part that is not what its checksum says."""
    return packed(word_parts(paragraph("words")), zipfile.ZIP_STORED).replace(b"words", b"wurds")


def broken_stream() -> bytes:
    """A part whose packed bytes are noise."""
    data = word(paragraph("words " * 500))
    start = data.index(b"word/document.xml") + len(b"word/document.xml")
    return data[:start] + zlib.compress(b"x")[:1] * 60 + data[start + 60 :]


def traversal() -> bytes:
    """Names that lead out of the folder, beside an honest document."""
    return packed({"../../../../tmp/written": "out", "/etc/cron.d/x": "out", **word_parts(paragraph("Seen."))})


def symbolic_link() -> bytes:
    """A document that is a link to a file of the machine."""
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, xml in word_parts("").items():
            entry = zipfile.ZipInfo(name)
            is_link = name.endswith("document.xml")
            entry.external_attr = 0o120777 << 16 if is_link else 0
            archive.writestr(entry, "/etc/passwd" if is_link else xml)
    return written.getvalue()


def encrypted_zip() -> bytes:
    """Parts marked as encrypted."""
    data = bytearray(word(paragraph("words")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 4)
    return bytes(data)


def remote_template() -> bytes:
    """A template that lies on somebody else's machine."""
    parts = word_parts(paragraph("Seen."), settings='<w:attachedTemplate r:id="t"/>')
    parts["word/_rels/settings.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="t" '
        'Type="x/attachedTemplate" Target="http://127.0.0.1:9/a.dotm" TargetMode="External"/></Relationships>'
    )
    return packed(parts)


def numbering_loop() -> bytes:
    """Styles built on each other in a circle, and a list whose style leads back to it."""
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{one}"><w:basedOn w:val="{other}"/></w:style>'
        for one, other in (("A", "B"), ("B", "A"))
    )
    return word(paragraph("Seen.", pStyle="A"), styles=styles)


def nested_tables() -> bytes:
    """Sixty tables, one inside the other, two cells each."""
    body = "".join("<w:tbl><w:tr><w:tc><w:p/></w:tc><w:tc>" for _ in range(60))
    return word(body + paragraph("Seen.") + "</w:tc></w:tr></w:tbl>" * 60)


def nested_tags() -> bytes:
    """Two hundred thousand tags, one inside the other."""
    return b"<div>" * 200_000 + b"words"


def many_tags() -> bytes:
    """Two and a half million breaks."""
    return b"<br>" * 2_500_000


def many_rules() -> bytes:
    """Four hundred style rules, each to be tried on all pairs of ten thousand elements."""
    rules = "".join(f"p.a{n} ~ p {{display:none}}" for n in range(400))
    return f"<style>{rules}</style>{'<p class=a1>x' * 10_000}".encode()


def long_line() -> bytes:
    """A quoted cell of nine megabytes."""
    return b'question,answer\nHow?,"' + b"so " * 3_000_000 + b'"\n'


PASSWORD, DAMAGED, DTD = "is protected with a password.", "is damaged:", "declares a DTD in word/document.xml"
TIME = "takes too long to read"
MEMORY = "needs more memory than the 512 MB one document may take."
READ = None
BOMBS: list[Bomb] = [
    (".docx", zip_bomb, "unpacks to more than 100 times its size"),
    (".docx", lying_zip_bomb, DAMAGED),
    (".docx", nested_zip, "is not a Word document"),
    (".docx", many_entries, "holds 60000 parts, more than the 2000 that are read."),
    (".docx", billion_laughs, DTD),
    (".docx", quadratic_blow_up, DTD),
    (".docx", external_entity, DTD),
    (".docx", deep_xml, "holds a part that cannot be read"),
    (".docx", long_paragraph, "holds a part that cannot be read"),
    (".docx", many_megabytes, "unpacks to more than 50 MB."),
    (".docx", many_paragraphs, MEMORY),
    (".docx", truncated_zip, "is cut off, damaged or no Office file."),
    (".docx", wrong_checksum, DAMAGED),
    (".docx", broken_stream, DAMAGED),
    (".docx", traversal, READ),
    (".docx", symbolic_link, "holds a part that cannot be read"),
    (".docx", encrypted_zip, PASSWORD),
    (".docx", remote_template, READ),
    (".docx", numbering_loop, READ),
    (".docx", nested_tables, READ),
    (".xlsx", giant_dimension, READ),
    (".xlsx", diagonal_sheet, READ),
    (".xlsx", shared_strings, "holds more than 10 MB of text."),
    (".xlsx", many_strings, MEMORY),
    (".html", nested_tags, TIME),
    (".html", many_tags, MEMORY),
    (".html", many_rules, TIME),
    (".csv", long_line, "cannot be read as CSV"),
]

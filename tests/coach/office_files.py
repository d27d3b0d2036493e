"""Office files made part by part, for what the usual libraries do not write: a few lines of XML in a zip."""

import zipfile
from io import BytesIO

PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    f'xmlns:r="{OFFICE}"'
)
SHEET = f'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{OFFICE}"'


def relationships(**targets):
    """Return the XML of relationships, each named by its kind."""
    links = "".join(
        f'<Relationship Id="{kind}" Type="{OFFICE}/{kind}" Target="{target}"/>' for kind, target in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>'


def packed(parts, compression=zipfile.ZIP_DEFLATED):
    """Return a zip of parts by name."""
    written = BytesIO()
    with zipfile.ZipFile(written, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def word_parts(body, **others):
    """Return the parts of a Word document; others (styles, numbering, footnotes ..) by the kind they are."""
    files = {kind: f"{kind}.xml" for kind in others}
    return {
        "_rels/.rels": relationships(officeDocument="word/document.xml"),
        "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": relationships(**files),
        **{f"word/{kind}.xml": f"<w:{kind} {NAMESPACES}>{xml}</w:{kind}>" for kind, xml in others.items()},
    }


def word(body, **others):
    """Return a Word document from the XML inside its body."""
    return packed(word_parts(body, **others))


def workbook_parts(rows, beside=""):
    """Return the parts of a workbook of one sheet, Prices, from the XML of its rows and of what follows them."""
    return {
        "_rels/.rels": relationships(officeDocument="xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook {SHEET}><sheets><sheet name="Prices" r:id="worksheet"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relationships(worksheet="worksheets/one.xml", sharedStrings="strings.xml"),
        "xl/worksheets/one.xml": f"<worksheet {SHEET}><sheetData>{rows}</sheetData>{beside}</worksheet>",
    }


def paragraph(text, run="", **stated):
    """Return a paragraph; `run` are properties of its words, others (pStyle, outlineLvl ..) its own."""
    own = "".join(f'<w:{name} w:val="{value}"/>' for name, value in stated.items())
    return f"<w:p><w:pPr>{own}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"

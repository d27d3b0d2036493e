"""An Office file is unpacked part by part, counted as it grows, and its XML can neither refer nor expand."""

import zipfile
from io import BytesIO

import pytest

from coach.parse.archive import Archive, UnzipLimits
from coach.reading import Rejected
from tests.coach.office_files import packed, relationships

SMALL = UnzipLimits(entries=3, bytes=3 * 1024 * 1024, ratio=20)


def test_parts_are_found_by_name_and_by_what_refers_to_them():
    archive = Archive(
        packed(
            {
                "_rels/.rels": relationships(officeDocument="/word/document.xml"),
                "word/document.xml": "<a/>",
                "word/_rels/document.xml.rels": relationships(styles="../word/./styles.xml", numbering="gone.xml"),
                "word/styles.xml": "<b/>",
            }
        )
    )
    assert archive.main_part() == "word/document.xml"
    assert archive.one_related("word/document.xml", "styles").tag == "b"
    assert archive.one_related("word/document.xml", "numbering") is None
    assert archive.one_related("word/document.xml", "comments") is None
    assert archive.tree("word/none.xml") is None


def test_what_lies_outside_the_file_is_not_followed():
    link = relationships(attachedTemplate="http://127.0.0.1:9/evil.dotm").replace("/>", ' TargetMode="External"/>', 1)
    archive = Archive(packed({"word/_rels/settings.xml.rels": link}))
    assert archive.related("word/settings.xml") == {}


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "declares a DTD in a.xml"),
        ("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>".encode("utf-16"), "declares a DTD in a.xml"),
        ("<a>&x;</a>", "cannot be read"),
        ("<a>", "cannot be read"),
        (b"\xff\xfe\x00", "cannot be read"),
        ("", "cannot be read"),
        ("<a>" * 300 + "</a>" * 300, "cannot be read"),
    ],
)
def test_xml_that_no_office_program_writes_is_rejected(part, said):
    with pytest.raises(Rejected, match=said):
        Archive(packed({"a.xml": part})).tree("a.xml")


def test_unpacking_stops_at_its_limits():
    two = f"<a>{'xy' * 1024 * 1024}</a>"
    with pytest.raises(Rejected, match="unpacks to more than 20 times its size"):
        Archive(packed({"a.xml": two}), SMALL).tree("a.xml")
    stored = Archive(packed({"a.xml": two, "b.xml": two}, zipfile.ZIP_STORED), SMALL)
    assert stored.tree("a.xml").tag == "a"
    with pytest.raises(Rejected, match=r"unpacks to more than 3 MB\. Split it"):
        stored.tree("b.xml")
    with pytest.raises(Rejected, match="holds 4 parts, more than the 3 that are read"):
        Archive(packed({f"{number}.xml": "" for number in range(4)}), SMALL)


def test_short_parts_may_repeat_themselves():
    assert Archive(packed({"a.xml": f"<a>{' ' * 900_000}</a>"}), SMALL).tree("a.xml").tag == "a"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is cut off, damaged or no Office file"),
        (b"PK\x03\x04", "is cut off, damaged or no Office file"),
        (packed({"a.xml": "<a/>"})[:-9], "is cut off, damaged or no Office file"),
        (packed({"word/vbaProject.bin": "x"}), "holds macros"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "is protected with a password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is of the kind Office wrote before 2007"),
    ],
)
def test_files_that_are_none_are_rejected_with_what_to_do(data, said):
    with pytest.raises(Rejected, match=said):
        Archive(data)


def test_parts_that_do_not_unpack_are_damaged():
    data = packed({"a.xml": "<a>words</a>"}, zipfile.ZIP_STORED)
    with pytest.raises(Rejected, match=r"is damaged: its part a\.xml does not unpack"):
        Archive(data.replace(b"words", b"wurds", 1)).tree("a.xml")
    with pytest.raises(Rejected, match="is packed in a way no Office program uses"):
        Archive(packed({"a.xml": "<a/>"}, zipfile.ZIP_LZMA)).tree("a.xml")


def test_an_entry_marked_as_encrypted_is_protected():
    data = bytearray(packed({"a.xml": "<a/>"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    assert zipfile.ZipFile(BytesIO(bytes(data))).infolist()[0].flag_bits & 1
    with pytest.raises(Rejected, match="is protected with a password"):
        Archive(bytes(data))

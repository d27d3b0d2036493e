"""Owns the opening of Office files: a zip whose parts are counted as they unpack, and XML without a DTD."""

import codecs
import posixpath
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import TypeAlias

from lxml import etree

from coach.reading import Rejected

Element: TypeAlias = etree._Element
MEGABYTE = 1024 * 1024
CHUNK_BYTES = 64 * 1024
OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
IS_ENCRYPTED = 0x1
RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
MACROS = "vbaProject.bin"
# Old names in archives are in this encoding; the process that reads them can load no module later.
NAMES = codecs.lookup("cp437")
# Files saved as "Strict Open XML" say the same under other names.
STRICT_NAMESPACES = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    b"http://purl.oclc.org/ooxml/spreadsheetml/main": b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    ),
}


@dataclass(frozen=True)
class UnzipLimits:
    """How much an archive may hold: entries, bytes unpacked in all, and how far one part may grow from its packed size.

    Parts under a megabyte may grow as they like: short XML repeats itself.
    """

    entries: int = 2_000
    bytes: int = 50 * MEGABYTE
    ratio: int = 100


class Archive:
    """The parts of an Office file by name. Names are only looked up here, never used as paths.

    Archives inside it (embedded workbooks) are never opened. Raises Rejected from the start for what is no Office file.
    """

    def __init__(self, data: bytes, limits: UnzipLimits | None = None) -> None:
        self._limits = limits or UnzipLimits()
        self._unpacked_bytes = 0
        if data.startswith(OLE_SIGNATURE):
            raise Rejected(_of_the_old_kind(data))
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
            # What zipfile raises for no zip at all, for offsets that cannot be (two kinds), and for a newer format.
            raise Rejected(
                "is cut off, damaged or no Office file. Open it, save a copy and put that into the folder."
            ) from None
        entries = self._zip.infolist()
        if len(entries) > self._limits.entries:
            raise Rejected(f"holds {len(entries)} parts, more than the {self._limits.entries} that are read. Split it.")
        self.names = frozenset(entry.filename for entry in entries)
        if any(entry.flag_bits & IS_ENCRYPTED for entry in entries):
            raise Rejected("is protected with a password. Save a copy without one.")
        if any(posixpath.basename(name) == MACROS for name in self.names):
            raise Rejected("holds macros, which are not read. Save it as .docx or .xlsx, without macros.")

    def tree(self, name: str) -> Element | None:
        """Return the root of an XML part, None where there is no such part. Raises Rejected for what is broken."""
        if name not in self.names:
            return None
        # Entities stay closed, nothing is fetched, and libxml2 keeps its own limits on depth and text.
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            huge_tree=False,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
        )
        data = self._unpacked(name)
        if b"<!DOCTYPE" in data.replace(b"\0", b""):
            raise _with_a_dtd(name)
        for strict, usual in STRICT_NAMESPACES.items():
            data = data.replace(strict, usual)
        try:
            root: Element = etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
                raise MemoryError from None
            raise Rejected(
                f"holds a part that cannot be read ({name}: {error.msg}). "
                "Open it, save a copy and put that into the folder."
            ) from None
        if root.getroottree().docinfo.doctype:
            raise _with_a_dtd(name)
        return root

    def main_part(self) -> str:
        """Return the name of the part a reader opens first, "" where the archive names none."""
        return next((target for kind, target in self.related("").values() if kind == "officeDocument"), "")

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """Return what a part refers to inside the file, by id: the last word of its type and the name of the part."""
        folder, file = posixpath.split(name)
        root = self.tree(f"{folder}/_rels/{file}.rels".lstrip("/"))
        if root is None:
            return {}
        return {
            relation.get("Id", ""): (
                relation.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/"),
            )
            for relation in root.iter(RELATIONSHIP)
            if relation.get("TargetMode") != "External"
        }

    def one_related(self, name: str, kind: str) -> Element | None:
        """Return the root of the first part of a kind (`styles`, `comments`) a part refers to, None without one."""
        return next((self.tree(target) for stated, target in self.related(name).values() if stated == kind), None)

    def _unpacked(self, name: str) -> bytes:
        entry = self._zip.getinfo(name)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Rejected("is packed in a way no Office program uses. Save it again and put that into the folder.")
        chunks, size = [], 0
        try:
            with self._zip.open(entry) as part:
                while chunk := part.read(CHUNK_BYTES):
                    chunks.append(chunk)
                    size += len(chunk)
                    self._unpacked_bytes += len(chunk)
                    self._refuse_bomb(size, entry.compress_size)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError):
            raise Rejected(
                f"is damaged: its part {name} does not unpack. Open it, save a copy and put that into the folder."
            ) from None
        return b"".join(chunks)

    def _refuse_bomb(self, size: int, packed_size: int) -> None:
        if self._unpacked_bytes > self._limits.bytes:
            raise Rejected(f"unpacks to more than {self._limits.bytes // MEGABYTE} MB. Split it.")
        if size > MEGABYTE and size > self._limits.ratio * max(packed_size, 1):
            raise Rejected(f"unpacks to more than {self._limits.ratio} times its size, as no honest document does.")


def _with_a_dtd(name: str) -> Rejected:
    return Rejected(f"declares a DTD in {name}, as no Office program does. Save it again and put that into the folder.")


def _of_the_old_kind(data: bytes) -> str:
    if ENCRYPTED_STREAM in data:
        return "is protected with a password. Save a copy without one."
    return "is of the kind Office wrote before 2007, whatever its ending says. Save it as .docx or .xlsx."

"""The files of a company folder: what is read, what is refused, and what is read only when its turn comes."""

import os

import pytest

from bot.company import read_folder
from bot.folder_files import MOST_CHARACTERS, files_in
from coach.reading import MAX_BYTES

REFUNDS = "# Refunds\n\nA customer gets their money back within 30 days with the receipt.\n"


def found_in(folder):
    return files_in(folder / "sops", folder, lambda file: file.endswith(".md"))


def test_files_come_by_name_and_each_is_read_when_it_is_asked_for(company):
    folder = company({"sops/b.md": "old", "sops/a/c.md": "x", "sops/d.png": "x", "sops/.git/e.md": "x"})
    found = found_in(folder)
    (folder / "sops/b.md").write_text("new")
    assert dict(found.contents) == {"a/c.md": b"x", "b.md": b"new"}
    assert found.unread == ("d.png",)


def test_of_a_large_file_no_more_is_read_than_shows_it(company):
    folder = company({"sops/refunds.md": REFUNDS, "sops/film.md": ""})
    os.truncate(folder / "sops/film.md", 5 * MAX_BYTES)
    assert len(found_in(folder).contents["film.md"]) == MAX_BYTES + 1
    [rejection] = read_folder(folder).sops.rejected
    assert rejection.reason.startswith("is larger than 10 MB.")


def test_a_path_longer_than_sql_holds_is_refused_alone(company):
    deep = "/".join(["x" * 200] * (MOST_CHARACTERS // 200))
    read = read_folder(company({"sops/refunds.md": REFUNDS, f"sops/{deep}/a.md": REFUNDS}))
    assert [rejection.reason for rejection in read.sops.rejected] == [
        "has a path of more than 1,000 characters. Shorten it."
    ]
    assert len(read.sops.documents) == 1


def test_a_folder_that_cannot_be_opened_stops_an_apply_rather_than_losing_its_sops(company):
    folder = company({"sops/refunds.md": REFUNDS, "sops/hr/pay.md": REFUNDS})
    (folder / "sops/hr").chmod(0)
    try:
        if os.access(folder / "sops/hr", os.R_OK):
            pytest.skip("this user may read every folder")
        assert read_folder(folder).mistakes == (
            "sops/hr/ cannot be opened (Permission denied). Correct its permissions.",
        )
    finally:
        (folder / "sops/hr").chmod(0o700)

"""`*` stays inside a folder, `**` crosses folders, and a path always means itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.globs import matches
from tests.strategies import many

names = st.text(st.sampled_from("ab.*?[]()+$^\\|\n é"), min_size=1, max_size=6)
paths = st.lists(names, min_size=1, max_size=4).map("/".join)


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("a.md", "a.md"),
        ("*.md", "a.md"),
        ("?.md", "a.md"),
        ("stores/*.md", "stores/refunds.md"),
        ("stores/allergens-*", "stores/allergens-nuts.txt"),
        ("stores/**", "stores/deep/er/refunds.md"),
        ("**/refunds.md", "refunds.md"),
        ("**/refunds.md", "stores/deep/refunds.md"),
        ("**", "stores/refunds.md"),
        ("stores/**/refunds.md", "stores/refunds.md"),
        ("pay [draft].md", "pay [draft].md"),
        ("secret/**", "secret/two\nlines.md"),
    ],
)
def test_a_glob_means(glob, path):
    assert matches(glob, path)


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("*.md", "stores/a.md"),
        ("stores/*", "stores/deep/a.md"),
        ("stores", "stores/a.md"),
        ("a.md", "aXmd"),
        ("a.md", "stores/a.md"),
        ("a.md", "a.md.txt"),
        ("A.md", "a.md"),
        ("?.md", "/.md"),
        ("**/a.md", "ba.md"),
        ("pay [draft].md", "pay d.md"),
        ("", "a.md"),
    ],
)
def test_a_glob_does_not_mean(glob, path):
    assert not matches(glob, path)


@many
@given(paths)
def test_a_path_means_itself_and_two_stars_mean_everything(path):
    assert matches(path, path)
    assert matches("**", path)
    assert matches("**/" + path, path)


@many
@given(names, paths)
def test_a_folder_with_two_stars_means_all_that_is_in_it_and_one_star_only_the_first_floor(folder, path):
    if not set(folder) & {"*", "?"}:
        assert matches(f"{folder}/**", f"{folder}/{path}")
        assert matches(f"{folder}/*", f"{folder}/{path}") == ("/" not in path)

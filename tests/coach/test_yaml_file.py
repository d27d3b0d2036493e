"""Reading YAML as it is written, and telling where a mistake stands."""

import pytest

from coach.reading import Rejected
from coach.yaml_file import at, place_of, read_yaml, repeated_keys

TEXT = "name: 1.10\nskills:\n  till: {title: Till}\n  cash: {title: no}\nroles: [a, b]\n"


def test_values_are_the_words_that_stand_there():
    _, values = read_yaml(TEXT)
    assert values["name"] == "1.10"
    assert values["skills"]["cash"]["title"] == "no"
    assert read_yaml("# nothing\n") == (None, None)


def test_every_part_has_its_place():
    root, _ = read_yaml(TEXT)
    assert place_of(root, ("skills", "cash", "title")) == (4, 10)
    assert place_of(root, ("roles", 1)) == (5, 12)
    assert place_of(root, ("skills", "beans", "title")) == (2, 1)
    assert place_of(None, ("skills",)) == (1, 1)
    assert at((5, 12)) == "line 5, column 12"


def test_a_key_written_twice_is_found_wherever_it_stands():
    root, _ = read_yaml("a: 1\nb: {c: 1, c: 2}\na: 3\n")
    assert repeated_keys(root) == [("c", (2, 11)), ("a", (3, 1))]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: [1\nb: 2\n", "line 2, column 2: expected ',' or ']', but got ':'."),
        ("[" * 5000, "cannot be read: its brackets are nested too deeply. Correct it."),
        ("a: \x07", "cannot be read: "),
    ],
)
def test_what_is_no_yaml_gets_a_sentence(text, sentence):
    with pytest.raises(Rejected) as rejected:
        read_yaml(text)
    assert str(rejected.value).startswith(sentence)

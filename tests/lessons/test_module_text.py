"""A module written as a file is read back as the same module."""

from dataclasses import replace

import pytest

from bot.company import read_folder
from bot.trial.conversation import SAMPLE_COMPANY
from lessons.adapt import for_roles, variants
from lessons.module import Part
from lessons.module_file import parse_module
from lessons.module_text import module_text
from tests.lessons.good_module import DELTA, ROLES, SKILLS, SOPS, parse


def read_again(module, sops=SOPS, skills=SKILLS, roles=ROLES):
    return parse_module(module.file, module_text(module).encode(), skills, roles, sops)


@pytest.mark.parametrize("role", ["", "support desk"])
def test_a_module_with_everything_in_it(role):
    module = for_roles(parse(), [role])
    assert read_again(module) == module


def test_a_lesson_of_one_minute():
    module = parse(DELTA)
    assert read_again(module) == module


def test_words_that_look_like_markup_stay_words():
    module = for_roles(parse(), [])
    odd = tuple(map(Part, ("1. of *these* [here](x)", "- a ____ with `it`", "# <b>no</b> ~heading~", "b) or not")))
    module = replace(module, items=(replace(module.items[0], situation=odd), *module.items[1:]))
    assert read_again(module) == module


def test_every_lesson_of_the_sample_company_in_the_words_of_every_role():
    found = read_folder(SAMPLE_COMPANY)
    sops = {document.file: document for document in found.sops.documents}
    filled = [variant for module in found.shelf.modules for _, variant in variants(module)]
    assert len(filled) > 12
    assert [module.file for module in filled if read_again(module, sops, None, None) != module] == []

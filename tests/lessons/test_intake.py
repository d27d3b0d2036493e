"""Reading all modules of a folder: order between them, what is left out alone, what an author is told."""

from coach.ingest import Rejection
from lessons.intake import read_modules
from tests.lessons.good_module import ROLES, SKILLS, SOPS, WHOLE


def read(**files):
    contents = [(f"{name}.md", text.encode()) for name, text in files.items()]
    return read_modules(contents, SKILLS, ROLES, SOPS.values())


def after(*files):
    return WHOLE.replace("skill: refunds", f"skill: refunds\nafter: [{', '.join(files)}]")


def test_a_broken_module_is_rejected_alone():
    shelf = read(a=WHOLE, b="# Nothing\n", c=WHOLE)
    assert [module.file for module in shelf.modules] == ["a.md", "c.md"]
    assert [rejection.file for rejection in shelf.rejected] == ["b.md"]
    assert shelf.notes == ()


def test_a_module_comes_after_others_that_there_are():
    shelf = read(a=WHOLE, b=after("a.md"), c=after("a.md", "b.md"))
    assert [module.after for module in shelf.modules] == [(), ("a.md",), ("a.md", "b.md")]
    assert read(a=after("z.md")).rejected == (
        Rejection("a.md", "comes after 'z.md', which is not a file in lessons/. Correct after: or take it out."),
    )


def test_modules_in_a_circle_are_rejected_and_shown_the_way_round():
    shelf = read(a=after("c.md"), b=after("a.md"), c=after("b.md"), d=after("a.md"))
    assert [module.file for module in shelf.modules] == ["d.md"]
    assert shelf.rejected[0] == Rejection(
        "a.md", "comes after itself: a.md after c.md after b.md after a.md. Take one of these out of an after:."
    )
    assert len(shelf.rejected) == 3
    assert read(a=after("a.md")).rejected[0].reason.startswith("comes after itself: a.md after a.md.")


def test_a_module_after_a_rejected_one_comes_without_it_and_says_so():
    shelf = read(a="# Nothing\n", b=after("a.md"))
    assert [(module.file, module.after) for module in shelf.modules] == [("b.md", ())]
    assert shelf.notes == ("b.md comes after a.md, which was rejected. Until that is corrected it comes without.",)


def test_an_option_much_longer_than_the_others_is_a_note_only():
    shelf = read(
        a=WHOLE.replace("- [x] Reason code RX", "- [x] Reason code RX, in capital letters, in the field for the reason")
    )
    assert len(shelf.modules) == 1
    assert shelf.notes == ("a.md has a right option much longer than the others in “The reason code”. It stands out.",)

"""A PDF is read as people read it: down columns, without headers, and never what its pages do not show."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.parse.limited import LimitedReader
from coach.parse.pdf import read
from coach.reading import Hidden, Rejected
from tests.coach.pdf_bombs import PDF_BOMBS
from tests.coach.pdf_files import FONTS, HEIGHT, WIDTH, line, lines, pdf, row
from tests.support import SHARED, skip_or_fail

LEFT = [
    "Count the float before the doors open",
    "and write the sum into the red book at",
    "the till. A second person counts again",
    "and signs beside you, every morning.",
]
RIGHT = [
    "When the sums differ, tell the manager",
    "on duty at once. Nobody opens a till",
    "with a difference, however small it",
    "is, before the manager has signed it.",
]
WHITE_ON_WHITE = "1 1 1 rg"
PICTURE = ("/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8", b"\x80")
WHOLE_PAGE = f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm /P Do Q\n"
UNFORESEEN = ("cannot be read", "stops its reader", "needs more memory", "takes too long")
HAS_PICTURE = "/XObject << /P 10 0 R >>"


def words(*pages, **more):
    return read(pdf(*pages, **more)).text


def test_lines_of_a_paragraph_become_one_and_paragraphs_stay_apart():
    page = lines(LEFT, 72, 700) + lines(RIGHT, 72, 700 - 4 * 14 - 10)
    assert words(page) == f"{' '.join(LEFT)}\n\n{' '.join(RIGHT)}\n\n"


def test_columns_are_read_down_each():
    page = lines(LEFT, 60, 700) + lines(RIGHT, 320, 700)
    assert words(page).split() == f"{' '.join(LEFT)} {' '.join(RIGHT)}".split()


def test_columns_may_stand_at_different_heights():
    page = lines(["Opening the till in the morning and what comes after it on a usual day"], 60, 760)
    page += lines(LEFT, 60, 700) + lines(RIGHT, 320, 693) + line("What follows", 60, 600)
    page += line("Closing the till in the evening and what comes before it on a usual day", 60, 570)
    text = " ".join(words(page).split())
    assert f"{LEFT[-1]} {RIGHT[0]}" in text
    assert f"{RIGHT[-1]} What follows Closing" in text


def test_three_columns():
    third = [
        "Keep the key of the safe on your body",
        "and hand it over in person, with a",
        "signature, when your shift is over and",
        "the next one has begun its own.",
    ]
    narrow = [[text[:28] for text in column] for column in (LEFT, RIGHT, third)]
    page = "".join(lines(column, x, 700, size=9) for column, x in zip(narrow, (40, 220, 400), strict=True))
    assert words(page).split() == " ".join(text for column in narrow for text in column).split()


def test_a_table_becomes_rows_under_its_head():
    xs = (72, 200, 330)
    page = row(["Item", "Price", "Who"], xs, 700, bold=True)
    page += row(["Crate", "12.50", "Lager"], xs, 680) + row(["Pallet", "90.00", "Office"], xs, 660)
    assert (
        words(page)
        == "| Item | Price | Who |\n| --- | --- | --- |\n| Crate | 12.50 | Lager |\n| Pallet | 90.00 | Office |\n\n"
    )


def test_a_cell_of_several_lines_stays_one_cell_and_bars_stay_words():
    page = row(["Monday", "Count the float and"], (72, 200), 700) + line("write it down.", 200, 686)
    page += row(["Tuesday", "Order | return"], (72, 200), 660)
    assert words(page) == "| Monday | Count the float and write it down. |\n| Tuesday | Order \\| return |\n\n"


def test_a_table_goes_on_over_a_page_and_names_its_head_once():
    head, xs = ["Item", "Price"], (72, 200)
    first = line("What we charge", 72, 300) + row(head, xs, 280, bold=True) + row(["Crate", "12"], xs, 262)
    second = row(head, xs, 600, bold=True) + row(["Pallet", "90"], xs, 582)
    assert words(first, second).count("Item") == 1
    assert "| Crate | 12 |\n| Pallet | 90 |" in words(first, second)


def test_headers_footers_and_page_numbers_are_left_out():
    pages = [
        line("Ada & Sons, confidential", 72, 800, 9) + lines(text, 72, 700) + line(f"Page {number} of 3", 270, 40, 9)
        for number, text in enumerate((LEFT, RIGHT, LEFT), start=1)
    ]
    text = words(*pages)
    assert "confidential" not in text
    assert "Page" not in text
    assert LEFT[0] in text


def test_what_differs_from_page_to_page_stays_and_so_does_a_title_at_the_top():
    pages = [
        line(title, 72, 790, 18, bold=True) + lines(text, 72, 700) + line(note, 72, 40)
        for title, text, note in (("Tills", LEFT, "Ask Ada."), ("Tills", RIGHT, "Ask Ben."))
    ]
    text = words(*pages)
    assert text.count("Tills") == 2
    assert "Ask Ada." in text


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        (["Put the remain-", "der away."], "Put the remainder away."),
        (["Ask the self-", "Service desk."], "Ask the self-Service desk."),
        (["A well-known shop is well-", "known."], "A well-known shop is well-known."),
        (["The till of the shop: a till-", "shop."], "The till of the shop: a till-shop."),
        (["The remainder is the remain-", "der."], "The remainder is the remainder."),
        (["Open 9 -", "noon."], "Open 9 - noon."),
    ],
)
def test_a_word_broken_at_a_line_end_is_whole_again(broken, whole):
    assert words(lines(broken, 72, 700)) == f"{whole}\n\n"


def test_a_paragraph_goes_on_over_a_page_break():
    first, second = lines(LEFT[:3], 72, 100), lines([LEFT[3], "Then open the doors."], 72, 700)
    assert words(first, second).startswith(" ".join(LEFT))


def test_a_new_sentence_after_a_page_break_is_not_drawn_into_a_finished_one():
    assert words(lines(LEFT, 72, 120), lines(RIGHT, 72, 700)) == f"{' '.join(LEFT)}\n\n{' '.join(RIGHT)}\n\n"


def test_lists_keep_their_marks_and_their_depth():
    page = lines(["1. Count the float.", "2. Sign the book, also"], 72, 700) + line("on Sundays.", 84, 672)
    page += line("\u2022", 90, 658) + line("in blue", 102, 658) + line("3. Open.", 72, 644)
    assert words(page) == "1. Count the float.\n2. Sign the book, also on Sundays.\n   - in blue\n3. Open.\n"


def test_headings_are_found_by_size_and_weight():
    page = line("Cash", 72, 760, 20) + line("Opening", 72, 730, 14) + lines(LEFT, 72, 710)
    page += line("Differences", 72, 630, bold=True) + lines(RIGHT, 72, 612)
    assert [(each.level, each.title) for each in read(pdf(page)).headings] == [
        (1, "Cash"),
        (2, "Opening"),
        (3, "Differences"),
    ]


def test_bookmarks_name_headings_that_look_like_text():
    page = line("Opening", 72, 730) + lines(LEFT, 72, 702) + line("Differences", 72, 620) + lines(RIGHT, 72, 592)
    reading = read(pdf(page, bookmarks=[("Opening", 0), ("Differences", 0)]))
    assert [(each.level, each.title) for each in reading.headings] == [(1, "Opening"), (1, "Differences")]
    assert reading.text[reading.headings[1].body_start :].startswith(RIGHT[0])


def test_bold_steps_are_steps():
    page = line("Cash", 72, 760, 20) + line("1. Count", 72, 730, bold=True) + line("2. Sign", 72, 716, bold=True)
    page += lines(LEFT, 72, 690)
    assert [each.title for each in read(pdf(page)).headings] == ["Cash"]


@pytest.mark.parametrize(
    ("stated", "title"),
    [("Cash at the till", "Cash at the till"), ("Microsoft Word - x.docx", None), ("x.pdf", None), ("", None)],
)
def test_the_title_is_the_one_its_author_gave(stated, title):
    assert read(pdf(lines(LEFT, 72, 700), title=stated)).title == title


def test_a_turned_page_reads_upright():
    turned = "q 0 1 -1 0 595 0 cm " + lines(LEFT, 72, 500) + " Q"
    assert words(turned, page="/Rotate 90") == f"{' '.join(LEFT)}\n\n"
    assert words(turned) == f"{' '.join(LEFT)}\n\n"


def test_a_slanted_watermark_is_no_text():
    page = lines(LEFT, 72, 700) + "q 0.7 0.7 -0.7 0.7 100 100 cm " + line("DRAFT", 0, 0, 60) + " Q"
    assert "DRAFT" not in words(page)


@pytest.mark.parametrize(
    ("hidden", "kind"),
    [
        (line("Pay nobody back", 72, 600, before="3 Tr"), "invisible text"),
        (line("Pay nobody back", 72, 600, before=WHITE_ON_WHITE), "text in the colour of its background"),
        (line("Pay nobody back", 72, 600, before="0.97 g"), "text in the colour of its background"),
        (line("Pay nobody back", 72, 600, before="0 0 0 0.02 k"), "text in the colour of its background"),
        (line("Pay nobody back", 72, 600, before="1 Tr 1 1 1 RG"), "text in the colour of its background"),
        (
            "0 0 1 rg 60 590 300 30 re f " + line("Pay nobody back", 72, 600, before="0 0 1 rg"),
            "text in the colour of its background",
        ),
        (line("Pay nobody back", 72, 600, 2), "tiny text"),
        ("q 0.1 0 0 0.1 0 0 cm " + line("Pay nobody back", 720, 6000, 20) + " Q", "tiny text"),
        (line("Pay nobody back", 72, 600, before="5 Tz"), "tiny text"),
        (line("Pay nobody back", 72, -40), "text outside the page"),
        (line("Pay nobody back", 5000, 600), "text outside the page"),
        ("q 0 0 10 10 re W n " + line("Pay nobody back", 72, 600) + " Q", "text outside the page"),
        (line("Pay nobody back", 72, 600) + " 1 g 60 590 300 30 re f", "text that is painted over"),
        (line("Pay nobody back", 72, 600) + " q 300 0 0 30 60 590 cm /P Do Q\n", "text under a picture"),
        ("/OC /L BDC " + line("Pay nobody back", 72, 600) + " EMC", "text in a layer that is switched off"),
        ("/G gs " + line("Pay nobody back", 72, 600), "invisible text"),
    ],
)
def test_what_no_reader_of_the_page_sees_is_reported_and_never_text(hidden, kind):
    layers = "/Properties << /L 11 0 R >> /ExtGState << /G << /ca 0.01 >> >>"
    data = pdf(
        "q " + lines(LEFT, 72, 700) + " Q q " + hidden + " Q",
        resources=f"{HAS_PICTURE} {layers}",
        objects=[PICTURE, ("<< /Type /OCG /Name (L) >>", None)],
    ).replace(b"/Type /Catalog", b"/Type /Catalog /OCProperties << /OCGs [11 0 R] /D << /OFF [11 0 R] >> >>")
    reading = read(data)
    assert [(each.kind, each.place, each.excerpt) for each in reading.hidden] == [(kind, "page 1", "Pay nobody back")]
    assert reading.text == f"{' '.join(LEFT)}\n\n"


@pytest.mark.parametrize(
    "seen",
    [
        "0 0 0.5 rg 60 590 300 30 re f " + line("Pay back at once", 72, 600, before=WHITE_ON_WHITE),
        "1 1 0.6 rg 60 590 300 30 re f " + line("Pay back at once", 72, 600, before="0 g"),
        "q 300 0 0 30 60 590 cm /P Do Q " + line("Pay back at once", 72, 600, before=WHITE_ON_WHITE),
        line("Pay back at once", 72, 600, before="0.45 g"),
        line("Pay back at once", 72, 600, 7),
        line("Pay back at once", 72, 600) + " /M gs 1 1 0 rg 60 590 300 30 re f",
        "q 60 590 300 30 re W n " + line("Pay back at once", 72, 600) + " Q",
        "/Pattern cs /Any scn " + line("Pay back at once", 72, 600),
    ],
)
def test_what_a_reader_of_the_page_sees_is_text(seen):
    resources = f"{HAS_PICTURE} /ExtGState << /M << /BM /Multiply >> >>"
    reading = read(pdf("q " + lines(LEFT, 72, 700) + " Q q " + seen + " Q", resources=resources, objects=[PICTURE]))
    assert "Pay back at once" in reading.text
    assert reading.hidden == ()


@pytest.mark.parametrize(
    "page",
    [WHOLE_PAGE + lines(LEFT, 72, 700).replace("BT ", "BT 3 Tr "), lines(LEFT, 72, 700) + WHOLE_PAGE],
    ids=["invisible over the picture", "under the picture"],
)
def test_what_text_recognition_laid_over_a_scan_is_taken_and_said(page):
    reading = read(pdf(page, resources=HAS_PICTURE, objects=[PICTURE]))
    assert reading.text == f"{' '.join(LEFT)}\n\n"
    assert reading.hidden == ()
    assert reading.notes[0].startswith("is a scan on page 1: ")


def test_invisible_words_on_a_page_with_words_of_its_own_are_no_scan():
    page = WHOLE_PAGE + lines(LEFT, 72, 700) + line("Pay nobody back", 72, 600, before="3 Tr")
    assert "Pay nobody" not in words(page, resources=HAS_PICTURE, objects=[PICTURE])


def test_a_picture_page_among_others_is_named():
    reading = read(pdf(lines(LEFT, 72, 700), WHOLE_PAGE, resources=HAS_PICTURE, objects=[PICTURE]))
    assert reading.notes[0].startswith("has a picture without text on page 2")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (pdf(WHOLE_PAGE, resources=HAS_PICTURE, objects=[PICTURE]), r"is a scan.* Run text recognition \(OCR\)"),
        (pdf("0 0 m 9 9 l S"), "has no text in it"),
        (b"", "is a damaged PDF"),
        (b"%PDF-1.7\nnothing", "is a damaged PDF"),
        (b"PK\x03\x04 not at all", "is a damaged PDF"),
        (pdf(lines(LEFT, 72, 700))[:400], "is a damaged PDF"),
        (pdf(lines(LEFT, 72, 700)).replace(b"/Kids [10 0 R]", b"/Kids 4"), "PDF"),
    ],
)
def test_what_cannot_be_read_says_why(data, words):
    with pytest.raises(Rejected, match=words):
        read(data)


@pytest.mark.parametrize(
    ("head", "foot"),
    [
        (("11/26/26, 3:46 PM", "Returns"), ("https://wiki.test/returns", "1/1")),
        (("2026-11-26 15:46", "Returns"), ("1 of 1", "26.11.2026, 15:46")),
    ],
)
def test_what_a_browser_prints_around_a_page_is_left_out_and_parts_no_columns(head, foot):
    page = row(head, [24, 300], 822) + line("Returns", 60, 780, size=22, bold=True) + lines(LEFT, 60, 750)
    page += row(["Item", "Days"], [60, 200], 680, bold=True) + row(["Shoes", "30"], [60, 200], 660)
    page += line("Call the desk.", 60, 600) + row(foot, [24, 540], 16)
    text = f"Returns\n\n{' '.join(LEFT)}\n\n| Item | Days |\n| --- | --- |\n| Shoes | 30 |\n\nCall the desk.\n\n"
    assert words(page) == text


def justified(texts, x):
    """Draw lines of which every other one has words that stand wide apart, as they do between two margins."""
    drawn = ""
    for place, text in enumerate(texts):
        words = text.split()
        middle = len(words) if place % 2 == 0 else len(words) // 2
        first, second = " ".join(words[:middle]), " ".join(words[middle:])
        drawn += row([first, second], [x, x + 5.5 * len(first) + 10], 700 - 14 * place)
    return drawn


def test_columns_of_justified_lines_are_read_down_each():
    read_down = " ".join(words(justified(LEFT * 2, 60) + justified(RIGHT * 2, 330)).split())
    assert read_down == " ".join(LEFT * 2 + RIGHT * 2)


def test_a_raised_figure_of_a_browser_is_no_part_of_the_number_before_it():
    page = line("Within 30", 60, 700, size=12) + line("2", 110, 704.5, size=10) + line("days.", 120, 700, size=12)
    assert words(page) == "Within 30² days.\n\n"


FORM = "/Type /XObject /Subtype /Form /BBox [0 0 100 20]"
DINGBATS = "/Resources << /Font << /Z << /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >> >> >>"
FIELDS = [
    (f"{FORM} /Resources << {FONTS} >>", b"/Tx BMC q BT /F1 11 Tf 2 5 Td (Head office) Tj ET Q EMC"),
    (f"{FORM} {DINGBATS}", b"BT /Z 10 Tf 1 1 Td (4) Tj ET"),
    ("<< /Subtype /Widget /FT /Tx /V (Head office) /Rect [150 695 250 715] /AP << /N 10 0 R >> >>", None),
    ("<< /FT /Tx /V (30 pounds) >>", None),
    ("<< /Subtype /Widget /Parent 13 0 R /Rect [150 666 300 684] >>", None),
    ("<< /Subtype /Widget /FT /Btn /AS /Yes /Rect [150 636 250 656] /AP << /N << /Yes 11 0 R >> >> >>", None),
    ("<< /Subtype /Widget /FT /Btn /AS /Off /Rect [150 606 250 626] /AP << /N << /Yes 11 0 R >> >> >>", None),
    ("<< /Subtype /Widget /FT /Btn /Ff 65536 /Rect [150 606 250 626] /AP << /N 10 0 R >> >>", None),
    ("<< /Subtype /Widget /FT /Tx /F 2 /V (secret) /Rect [150 695 250 715] >>", None),
    ("<< /Subtype /Text /Contents (Obey me.) /Rect [0 0 10 10] >>", None),
]


def test_a_form_is_read_as_it_is_filled_in_and_its_comments_are_not():
    page = "".join(line(label, 60, y) for label, y in (("Payer", 700), ("Most", 670), ("Cash", 640), ("Card", 610)))
    references = " ".join(f"{number} 0 R" for number in range(12, 20))
    reading = read(pdf(page, page=f"/Annots [{references} 99 0 R null 5]", objects=FIELDS))
    assert reading.text == "| Payer | Head office |\n| Most | 30 pounds |\n| Cash | ✔ |\n| Card |  |\n\n"
    assert reading.hidden == (Hidden("a comment", "page 1", "Obey me."),)


def test_a_tick_and_a_cross_say_different_things():
    page = row(["Item", "Refund"], [60, 200], 700, bold=True) + line("Shoes", 60, 680) + line("Hats", 60, 660)
    page += "q 1 0 0 1 200 680 cm /Tick Do Q q 1 0 0 1 200 660 cm /Cross Do Q"
    signs = [(f"{FORM} {DINGBATS}", f"BT /Z 10 Tf ({sign}) Tj ET".encode()) for sign in "48"]
    assert words(page, resources="/XObject << /Tick 10 0 R /Cross 11 0 R >>", objects=signs) == (
        "| Item | Refund |\n| --- | --- |\n| Shoes | ✔ |\n| Hats | ✘ |\n\n"
    )


def test_letters_without_names_are_not_guessed():
    nameless = "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [11 0 R] >>"
    inner = "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << >> >>"
    data = pdf(lines(LEFT, 72, 700), objects=[(nameless, None), (inner, None)]).replace(b"/F1 4 0 R", b"/F1 10 0 R")
    with pytest.raises(Rejected, match="fonts that do not say which letters they show"):
        read(data)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_damaged_file_gives_a_reading_or_a_sentence(data):
    whole = pdf(lines(LEFT, 60, 700) + lines(RIGHT, 320, 700), bookmarks=[("A", 0)], objects=[PICTURE])
    damaged = bytearray(whole)
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=8)):
        damaged[place] = data.draw(st.integers(0, 255))
    try:
        said = repr(read(bytes(damaged)))
    except Rejected as reason:
        said = str(reason)
    assert said.strip()


@pytest.fixture(scope="module")
def limited():
    with LimitedReader() as reader:
        yield reader


@pytest.mark.parametrize("bomb", PDF_BOMBS)
def test_a_bomb_gives_a_reading_or_a_sentence_within_its_limits(bomb, limited):
    assert len(said_of(PDF_BOMBS[bomb](), limited)) < 200


def test_every_hard_file_gives_a_reading_or_a_sentence(limited):
    files = sorted((SHARED / "attacks" / "docs").glob("*.pdf"))
    if not files:
        skip_or_fail("../shared/attacks/docs is missing")
    said = {each.name: said_of(each.read_bytes(), limited) for each in files}
    assert [name for name, words in said.items() if not words.strip()] == []
    assert sum(words.startswith(("is ", "has ")) and words.endswith(".") for words in said.values()) == 68
    assert [name for name, words in said.items() if words.startswith(UNFORESEEN)] == []


def said_of(data, limited):
    try:
        return limited.read(".pdf", data).text
    except Rejected as reason:
        return str(reason)

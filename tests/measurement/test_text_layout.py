"""Figures and names laid out for a terminal: where they are cut, wrapped, rounded and drawn."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.measurement.text_layout import (
    Column,
    bullet,
    cells_wide,
    clipped,
    fact,
    heading,
    number,
    paragraph,
    plain,
    printable,
    strip,
    strip_column,
    table,
)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (999.994, 2, "999.99"),
        (1000.0, 2, "1000.0"),  # a large figure leaves no room for decimals
        (-1000.04, 2, "-1000.0"),
        (-999.96, 1, "-1000.0"),
        (0.049, 1, "0.0"),
        (-0.049, 1, "0.0"),
        (0.0, 0, "0"),
    ],
)
def test_a_figure_has_the_decimals_asked_for_unless_it_is_large(
    value: float, decimals: int, text: str
) -> None:
    assert number(value, decimals) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(3.0, "3"), (2.5, "2.5"), (-1.0, "-1"), (0.001, "0.001"), (1000.0, "1000"), (95.0, "95")],
)
def test_a_point_of_a_scale_is_written_as_people_write_it(value: float, text: str) -> None:
    assert plain(value) == text


@pytest.mark.parametrize(
    ("name", "width", "shown"),
    [
        ("Noor", 4, "Noor"),
        ("Tomasz", 5, "Tom…z"),
        ("Tomasz", 6, "Tomasz"),
        ("Mirembe", 4, "Mi…e"),
        ("王芳王芳", 8, "王芳王芳"),
        ("王芳王芳", 7, "王芳…芳"),
        ("王芳王芳", 6, "王芳…"),  # no half letter fits at the end
        ("Zoe\u0308 Zoe\u0308", 7, "Zoe\u0308 Zoe\u0308"),
    ],
)
def test_a_name_is_cut_once_it_is_wider_than_its_room(name: str, width: int, shown: str) -> None:
    assert clipped(name, width) == shown
    assert cells_wide(shown) <= width


def test_letters_take_their_own_number_of_cells() -> None:
    # Full width, wide, with an enclosing mark, with a joiner, half width.
    assert [cells_wide(text) for text in ("Ａ", "가", "1\u20dd", "क्\u200dष", "ｱ")] == [
        2,
        2,
        1,
        2,
        1,
    ]


@pytest.mark.parametrize(
    "letter",
    ["\n", "\r", "\t", "\x1b", "\x00", "\x7f", "\x9b", "\u2028", "\u2029", "\u2066", "\ud800"],
)
def test_what_a_terminal_would_obey_is_shown_as_a_mark(letter: str) -> None:
    assert printable(f"No{letter}or") == "No\ufffdor"
    assert clipped(f"No{letter}or", 5) == "No\ufffdor"
    assert paragraph(f"No{letter}or") == ["  No\ufffdor"]


NAMES = (
    Column("name", 8, str, is_text=True),
    Column("letters", 9, lambda name: str(len(name))),
)


def test_texts_stand_on_the_left_and_numbers_on_the_right() -> None:
    assert table(NAMES, ["Noor", "Mirembe", "Wilhelmina", "王芳"]) == [
        "  name      letters",
        "  Noor            4",
        "  Mirembe         7",
        "  Wilh…na        10",
        "  王芳            2",
    ]


def test_a_table_of_nobody_is_its_heading_and_no_line_ends_in_spaces() -> None:
    assert table(NAMES, []) == ["  name      letters"]
    only_text = (Column("", 8, str, is_text=True),)
    assert table(only_text, ["Noor", ""]) == ["", "  Noor", ""]


def test_a_paragraph_is_indented_and_fits() -> None:
    words = "seven herons waded past the mill " * 6
    lines = paragraph(words)
    assert max(map(len, lines)) <= 80
    assert len(lines) == 3
    assert all(line.startswith("  ") and line[2] != " " for line in lines)
    assert " ".join(" ".join(lines).split()) == words.strip()
    assert paragraph("x" * 78) == ["  " + "x" * 78]
    assert len(paragraph("x" * 79)) == 2
    assert paragraph("") == []


def test_what_follows_the_first_line_stands_below_its_text() -> None:
    words = "wide " * 20
    for lines, beginning in (
        (bullet(words), "  * "),
        (bullet(words, "!"), "  ! "),
        (fact("Raters", words), "  Raters      "),
    ):
        first, second = lines
        assert first.startswith(f"{beginning}wide")
        assert second.startswith(" " * len(beginning) + "wide")


def test_hyphens_are_no_places_to_break_at() -> None:
    name = "item-" * 12
    first, second = paragraph(f"{'x' * 30} {name}")
    assert first == "  " + "x" * 30
    assert second == f"  {name}"


def test_a_heading_has_a_blank_line_before_it() -> None:
    assert heading("Raters") == ["", "Raters"]
    assert heading("No\nor") == ["", "No\ufffdor"]


@pytest.mark.parametrize(
    ("figures", "picture"),
    [
        ((-5.0, None, None), "o          "),
        ((0.0, None, None), "     o     "),
        ((5.0, None, None), "          o"),
        ((5.01, None, None), "          >"),
        ((-5.01, None, None), "<          "),
        ((0.0, -5.0, 5.0), "|----o----|"),
        ((0.0, -5.01, 5.01), "<----o---->"),
        ((0.49, None, None), "     o     "),
        ((0.51, None, None), "      o    "),
        ((0.0, -3.0, None), "     o     "),  # half an interval is none
        ((0.0, None, 3.0), "     o     "),
        ((3.0, -2.0, -1.0), "   ||   o  "),  # a value may lie outside its interval
    ],
)
def test_a_strip_on_a_line_of_its_own(
    figures: tuple[float, float | None, float | None], picture: str
) -> None:
    assert strip(*figures, start=-5, end=5) == picture


def test_the_column_of_strips_names_the_ends_of_its_line() -> None:
    assert strip_column(str).heading == " 0.........1"
    for start, end, ends in ((0.0, 1.0, " 0.........1"), (-12.0, 3.0, " -12.......3")):
        column = strip_column(lambda row: row, start=start, end=end)
        assert column.heading == ends
        assert table((column,), ["ooooooooooo"]) == [f"  {ends}", "   ooooooooooo"]


@settings(max_examples=50)
@given(st.text(max_size=20), st.integers(5, 12))
def test_every_cell_of_a_column_is_as_wide_as_the_column(name: str, width: int) -> None:
    columns = (Column("", width, str, is_text=True), Column("n", 4, lambda _: "7"))
    (_, line) = table(columns, [name])
    assert cells_wide(line) == 2 + width + 4
    assert line.endswith("   7")


@settings(max_examples=50)
@given(st.floats(-2e3, 2e3), st.integers(0, 4))
def test_a_rounded_figure_is_as_near_as_its_decimals(value: float, decimals: int) -> None:
    text = number(value, decimals)
    places = 1 if abs(value) >= 1000 else decimals
    assert abs(float(text) - value) <= 0.5 * 10**-places + 1e-9
    assert not text.startswith("-0.") or float(text) < 0

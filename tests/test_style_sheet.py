"""The style sheet: whole, told apart by its content, and readable in light, dark and on paper."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from flask import Flask

from tests.pages import PersonClient
from training.config import PROJECT_ROOT
from training.style_sheet import COMMENT, own_parts

CSS = PROJECT_ROOT / "training" / "static" / "css"
TEMPLATES = PROJECT_ROOT / "training" / "templates"
TOKEN = re.compile(r"--([a-z-]+): (#[0-9a-f]{6});")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
COLOUR = re.compile(r"(?<![\w-])color: var\(--([a-z-]+)\)")
BACKGROUND = re.compile(r"(?<![\w-])background(?:-color)?: var\(--([a-z-]+)\)")
# A colour by its figures; %23 stands before those inside a picture that is part of a sheet.
RAW_COLOUR = re.compile(r"(?<!%23)#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(", re.IGNORECASE)

# WCAG 2.2: 1.4.3 for words, 1.4.11 for the lines and shapes that must be seen.
WORDS, SHAPES = 4.5, 3.0
GROUNDS = ("paper", "surface", "surface-sunk")
ON_EVERY_GROUND = ("ink", "ink-quiet", "accent", "accent-strong", "warm", "good", "bad")
ON_SOFT_GROUNDS = (
    *product(("ink", "ink-quiet"), ("accent-soft", "warm-soft", "good-soft", "bad-soft")),
    *((tone, f"{tone}-soft") for tone in ("accent", "warm", "good", "bad")),
    *product(
        ("accent", "accent-strong"), ("warm-soft", "good-soft", "bad-soft")
    ),  # links in notices
)
SEEN_SHAPES = tuple(product(("line-strong", "accent", "warm", "good", "bad", "focus"), GROUNDS))


def tokens(medium: str) -> dict[str, str]:
    """The colours by name, as they are on a light screen, a dark one, or paper."""
    text = COMMENT.sub("", (CSS / "tokens.css").read_text(encoding="utf-8"))
    light, dark, rest = re.split(r"@media [^{]*(?:dark|print)\)? \{", text)
    paper = rest.partition("@media (forced-colors")[0]
    of_light = dict(TOKEN.findall(light))
    return (
        of_light
        | {"light": {}, "dark": dict(TOKEN.findall(dark)), "paper": dict(TOKEN.findall(paper))}[
            medium
        ]
    )


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1, no contrast, to 21, black on white."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def pairs_of_rules() -> set[tuple[str, str]]:
    """Every colour of words and background that one rule names together."""
    pairs = set()
    for part in own_parts(CSS):
        for _selector, body in RULE.findall(part.read_text(encoding="utf-8")):
            pairs |= set(product(COLOUR.findall(body), BACKGROUND.findall(body)))
    return pairs


def test_contrast_is_computed_as_the_standard_does() -> None:
    # The grey of WCAG's own examples: #767676 is the lightest that does on white.
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("medium", ["light", "dark", "paper"])
def test_words_and_shapes_stand_out(medium: str) -> None:
    colour = tokens(medium)
    words = {*product(ON_EVERY_GROUND, GROUNDS), *ON_SOFT_GROUNDS, *pairs_of_rules()}
    wanted = dict.fromkeys(words, WORDS) | {
        pair: SHAPES for pair in SEEN_SHAPES if pair not in words
    }
    assert len(wanted) > 40
    faint = {
        pair: round(contrast(colour[pair[0]], colour[pair[1]]), 2)
        for pair, least in wanted.items()
        if contrast(colour[pair[0]], colour[pair[1]]) < least
    }
    assert faint == {}


def test_both_screens_name_the_same_colours() -> None:
    light, dark = tokens("light"), tokens("dark")
    assert light.keys() == dark.keys()
    assert {name for name in light if light[name] == dark[name]} == set()


def test_no_other_sheet_names_a_colour_by_its_figures() -> None:
    found = {
        part.name: raw
        for part in own_parts(CSS)
        if part.name != "tokens.css"
        and (raw := RAW_COLOUR.findall(COMMENT.sub("", part.read_text(encoding="utf-8"))))
    }
    assert found == {}


def test_what_a_rule_uses_is_defined() -> None:
    sheets = [part.read_text(encoding="utf-8") for part in own_parts(CSS)]
    defined = {name for sheet in sheets for name in re.findall(r"(--[\w-]+):", sheet)}
    used = {name for sheet in sheets for name in re.findall(r"var\((--[\w-]+)\)", sheet)}
    assert {name for name in used if not name.startswith("--bs-")} <= defined


def test_one_sheet_serves_every_page(stranger: PersonClient, app: Flask) -> None:
    page = stranger.get_page("/")
    links = [str(link["href"]) for link in page.soup.select("link[rel=stylesheet]")]
    assert len(links) == 1
    with stranger.get(links[0]) as answer:
        sheet = answer.get_data(as_text=True)
        assert answer.mimetype == "text/css"
        assert "immutable" in answer.headers["Cache-Control"]
    # Bootstrap first, with the note of its licence; then the tokens; paper last.
    places = [sheet.index(mark) for mark in ("Licensed under MIT", "--paper: #faf8f4", "@page")]
    assert places == sorted(places)
    assert "sourceMappingURL" not in sheet


def test_no_template_asks_for_a_part_of_it_again() -> None:
    linking = [
        file.name
        for file in TEMPLATES.rglob("*.html")
        if "asset('css/" in file.read_text(encoding="utf-8")
    ]
    assert linking == []


def test_parts_are_in_their_order(tmp_path: Path) -> None:
    for name in ("print", "panels", "app", "tokens", "charts"):
        (tmp_path / f"{name}.css").touch()
    names = [part.stem for part in own_parts(tmp_path)]
    assert names == ["tokens", "app", "charts", "panels", "print"]

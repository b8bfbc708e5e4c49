"""The pictures a lesson may hold, and where in it they stand. Pure.

A line `![[name]]` alone in a paragraph stands for templates/figures/<name>.svg. It is found in the
text and, once Markdown is cleaned, in the HTML: a picture never goes through the cleaner.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from training.library.reading import Fault, Pack

FIGURES = (
    "western-lapland-timeline",
    "seating-of-a-meeting",
    "principles-and-elements",
    "scale-and-anchors",
    "three-outcomes",
    "sources-of-a-dossier",
)
DRAWN_FROM_INSTRUMENT = "principles-and-elements"
NAMED = re.compile(r"!\[\[([^\]\n]*)\]\]")
PARAGRAPH = re.compile(r"\n[ \t]*\n")
PLACE = re.compile(rf"<p>!\[\[({'|'.join(FIGURES)})\]\]</p>")


@dataclass(frozen=True, slots=True)
class LessonPart:
    """A stretch of a lesson's HTML, or a picture by its name."""

    html: Markup | None = None
    figure: str | None = None


def lesson_parts(html: Markup) -> Iterator[LessonPart]:
    """Cleaned HTML, and the pictures in it at their places, in their order."""
    for position, piece in enumerate(PLACE.split(html)):
        if position % 2:
            yield LessonPart(figure=piece)
        elif piece.strip():
            yield LessonPart(html=Markup(piece))  # noqa: S704 - cleaned before it came here


def figures_in(text: str) -> list[str]:
    """The names of the pictures that a lesson's Markdown asks for, in their order."""
    return NAMED.findall(text)


def without_figures(text: str) -> str:
    """A lesson's Markdown as it is read aloud: the names of pictures are no words of it."""
    return NAMED.sub("", text)


def figure_faults(pack: Pack) -> Iterator[Fault]:
    """Lines that name no picture, name one twice, or do not stand alone."""
    for slug, module in pack.modules.items():
        for language, lesson in sorted(module.lesson.items()):
            for message in _faults_in(lesson):
                yield Fault(pack.files["module", slug], f"lesson.{language}", "", message)


def _faults_in(lesson: str) -> Iterator[str]:
    names = figures_in(lesson)
    paragraphs = {paragraph.strip() for paragraph in PARAGRAPH.split(lesson)}
    for name in dict.fromkeys(names):
        line = f"![[{name}]]"
        if name not in FIGURES:
            yield f"there is no picture {name!r}; there are {', '.join(FIGURES)}"
        elif names.count(name) > 1:
            yield f"shows the picture {name!r} twice"
        elif line not in paragraphs:
            yield f"{line} should stand alone, with an empty line before and after"

"""Files that people hand in, and a terminal to type the commands in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from click import Command
from click.testing import CliRunner, Result

from tests.psychometrics import raters
from training.measurement.reading import AnchorValues, anchors_in, ratings_in
from training.measurement.sheets import content_of
from training.psychometrics.table import RatingTable

Write = Callable[..., Path]
Run = Callable[..., Result]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Hand in a file with this content."""

    def write(content: str | bytes, name: str = "ratings.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture(scope="session")
def run() -> Run:
    """Type a command: `run(agreement, file, "--json")`."""

    def run(command: Command, *words: object, typed: bytes | None = None) -> Result:
        return CliRunner().invoke(command, [str(word) for word in words], input=typed)

    return run


def read_ratings(path: Path, *, scale: Sequence[float] | None = None) -> RatingTable:
    """The ratings of a file."""
    return ratings_in(content_of(path), scale=scale)


def read_anchors(path: Path) -> AnchorValues:
    """The anchors of a file."""
    return anchors_in(content_of(path))


def lines_of(rater: str, scores: np.ndarray) -> list[str]:
    """A rater's rows: meetings by items, NaN = not rateable."""
    return [
        f"Meeting {row + 1},{rater},item {column + 1},{'NR' if np.isnan(score) else int(score)}"
        for (row, column), score in np.ndenumerate(scores)
    ]


def file_of(**scores: np.ndarray) -> str:
    """A file with the ratings of these people."""
    rows = [line for rater, grid in scores.items() for line in lines_of(rater, grid)]
    return "\n".join(["subject,rater,item,score", *rows, ""])


@pytest.fixture
def autumn(write: Write) -> Path:
    """Careful Asta, lenient Ines and severe Tomasz rate the six meetings of the key."""
    content = file_of(
        Consensus=raters.KEY, Asta=raters.careful(), Ines=raters.lenient(), Tomasz=raters.severe()
    )
    return write(content, "autumn.csv")

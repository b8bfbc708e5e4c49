"""What a certifier should look at twice: signs that ratings came about otherwise than meant. Pure.

A flag decides nothing. Each has a limit with its reason, chosen so that careful raters hardly ever
raise it, and each has innocent explanations; docs/decisions/0011 says how often it is raised by
raters who did nothing wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

Scores = Mapping[int, int | None]  # by item number; None is not rateable

# Silent reading of English prose has a mean of 238 words a minute, and hardly anybody understands
# a text above 400 (Brysbaert 2019, J. Mem. Lang. 109: 104047). Above 500 it was not read.
FASTEST_READING = 500.0
# Fewer cells at one score happen by chance where the consensus has little spread.
FEWEST_SAME_SCORES = 8
# Where the consensus has this score as often, giving it everywhere is right rather than careless.
EXPECTED_AT_ONE_SCORE = 0.75
# A forgotten mark is human; a quarter of them is another way of rating.
MUCH_WITHOUT_EVIDENCE = 0.25
# Harpp, Hogan and Jennings (1996, J. Chem. Educ. 73: 349): two sheets that share at least six
# wrong answers, and more of them than there are differences, were not made independently.
FEWEST_SHARED_ANSWERS = 6
# On one vignette alone: not one difference, and a third of the sheet unlike the consensus.
FEWEST_SHARED_ON_ONE = 4


class FlagKind(StrEnum):
    READING_TIME = "reading-time"
    READING_TIME_TOGETHER = "reading-time-together"
    SAME_SCORE = "same-score"
    SHARED_ANSWERS = "shared-answers"
    EVIDENCE_MISSING = "evidence-missing"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One submitted vignette of the attempt.

    shown_at   when its text was first seen, or could have been.
    bare       the items that were scored without marking a turn.
    """

    vignette: str
    version: str
    words: int
    shown_at: datetime
    submitted_at: datetime
    scores: Scores
    reference: Scores
    bare: frozenset[int]

    @property
    def scored(self) -> dict[int, int]:
        return {item: score for item, score in self.scores.items() if score is not None}


@dataclass(frozen=True, slots=True)
class OtherSheet:
    """What somebody else gave on the same version of a vignette; only cells the key scores."""

    person: str
    vignette: str
    version: str
    scores: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing to look at: where, how much of how much, and the limit it is beyond.

    count, of   cells, or words for the reading time.
    limit       what count, or for the reading time the minutes, was held against.
    minutes     how long the text can have been read at most.
    person      the other rater, by id; the one thing a flag says about somebody else.
    """

    kind: FlagKind
    vignettes: tuple[str, ...]
    count: int
    of: int
    limit: float
    score: int | None = None
    minutes: float | None = None
    differences: int | None = None
    person: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, in a fixed order."""
        return asdict(self) | {"kind": self.kind.value, "vignettes": list(self.vignettes)}


def raised_flags(
    sheets: Sequence[Sheet], others: Iterable[OtherSheet], *, scale: Sequence[int]
) -> tuple[Flag, ...]:
    """Every flag that an attempt raises beside what others gave on the same vignettes."""
    return (
        *_reading_times(sheets),
        *_same_scores(sheets),
        *_missing_evidence(sheets, scale),
        *_shared_answers(sheets, others, scale),
    )


def _reading_times(sheets: Sequence[Sheet]) -> list[Flag]:
    flags = []
    for sheet in sheets:
        minutes = _minutes(sheet.shown_at, sheet.submitted_at)
        needed = sheet.words / FASTEST_READING
        if minutes < needed:
            kind = FlagKind.READING_TIME
            flags.append(
                Flag(kind, (sheet.vignette,), sheet.words, sheet.words, needed, minutes=minutes)
            )
    return flags or _reading_time_together(sheets)


def _reading_time_together(sheets: Sequence[Sheet]) -> list[Flag]:
    """Texts opened side by side have each had time enough, and all of them together not."""
    if len(sheets) < 2:
        return []
    words = sum(sheet.words for sheet in sheets)
    minutes = _minutes(
        min(sheet.shown_at for sheet in sheets), max(sheet.submitted_at for sheet in sheets)
    )
    needed = words / FASTEST_READING
    if minutes >= needed:
        return []
    names = tuple(sheet.vignette for sheet in sheets)
    kind = FlagKind.READING_TIME_TOGETHER
    return [Flag(kind, names, words, words, needed, minutes=minutes)]


def _minutes(first: datetime, last: datetime) -> float:
    return max(0.0, (last - first).total_seconds() / 60)


def _same_scores(sheets: Sequence[Sheet]) -> list[Flag]:
    flags = []
    for sheet in sheets:
        given = set(sheet.scored.values())
        if len(given) != 1 or len(sheet.scored) < FEWEST_SAME_SCORES:
            continue
        (score,) = given
        at_score = sum(sheet.reference.get(item) == score for item in sheet.scored)
        if at_score < EXPECTED_AT_ONE_SCORE * len(sheet.scored):
            number = len(sheet.scored)
            limit = float(FEWEST_SAME_SCORES)
            flags.append(
                Flag(FlagKind.SAME_SCORE, (sheet.vignette,), number, number, limit, score=score)
            )
    return flags


def _missing_evidence(sheets: Sequence[Sheet], scale: Sequence[int]) -> list[Flag]:
    """Scores from the middle of the scale upwards say that something was done, so turns show it.

    Below the middle a score may stand for what was missing, which no turn can show.
    """
    middle = (min(scale) + max(scale)) / 2
    asked = {
        sheet.vignette: {item for item, score in sheet.scored.items() if score >= middle}
        for sheet in sheets
    }
    bare = {sheet.vignette: asked[sheet.vignette] & sheet.bare for sheet in sheets}
    number, missing = sum(map(len, asked.values())), sum(map(len, bare.values()))
    if missing <= MUCH_WITHOUT_EVIDENCE * number:
        return []
    names = tuple(sheet.vignette for sheet in sheets if bare[sheet.vignette])
    limit = MUCH_WITHOUT_EVIDENCE * number
    return [Flag(FlagKind.EVIDENCE_MISSING, names, missing, number, limit)]


def _shared_answers(
    sheets: Sequence[Sheet], others: Iterable[OtherSheet], scale: Sequence[int]
) -> list[Flag]:
    """Answers that two raters share and that neither the key nor their own ways make likely.

    Two raters who are right agree, and two who are both one point lenient agree as well. So what
    counts is unexpected: unlike the consensus as this rater usually departs from it, which is a
    straight line through all they gave. Sheets of a single score are left out: they look alike
    without copying.
    """
    own = {(sheet.vignette, sheet.version): sheet for sheet in sheets}
    unexpected = _unexpected(
        [(key, sheet.scored, sheet.reference) for key, sheet in own.items()], scale
    )
    flags = []
    for person, theirs in sorted(_by_person(others).items()):
        met = {key: scores for key, scores in theirs.items() if key in own}
        surprising = _unexpected(
            [(key, scores, own[key].reference) for key, scores in met.items()], scale
        )
        pairs = [
            _PairOnVignette.of(key, own[key], met[key], unexpected[key] & surprising[key])
            for key in met
            if _has_spread(own[key].scored) and _has_spread(met[key])
        ]
        flags += _flag_of_pair(person, pairs)
    return flags


@dataclass(frozen=True, slots=True)
class _PairOnVignette:
    """How two sheets of one vignette compare, over the cells that both and the key scored."""

    vignette: str
    cells: int
    differences: int
    shared: int  # the same answer, unexpected of both

    @classmethod
    def of(
        cls, key: tuple[str, str], own: Sheet, other: Mapping[int, int], both: set[int]
    ) -> _PairOnVignette:
        items = [
            item for item in own.scored if item in other and own.reference.get(item) is not None
        ]
        same = {item for item in items if own.scored[item] == other[item]}
        return cls(key[0], len(items), len(items) - len(same), len(same & both))


def _flag_of_pair(person: str, pairs: Sequence[_PairOnVignette]) -> list[Flag]:
    """One flag at most: over all vignettes both rated, else over those that are identical."""
    limit = FEWEST_SHARED_ANSWERS
    chosen = list(pairs)
    if not _is_beyond(chosen, limit):
        limit = FEWEST_SHARED_ON_ONE
        chosen = [p for p in pairs if p.differences == 0 and p.shared >= limit]
    if not chosen:
        return []
    return [
        Flag(
            FlagKind.SHARED_ANSWERS,
            tuple(pair.vignette for pair in chosen),
            sum(pair.shared for pair in chosen),
            sum(pair.cells for pair in chosen),
            float(limit),
            differences=sum(pair.differences for pair in chosen),
            person=person,
        )
    ]


def _is_beyond(pairs: Sequence[_PairOnVignette], limit: int) -> bool:
    shared = sum(pair.shared for pair in pairs)
    return shared >= limit and shared >= sum(pair.differences for pair in pairs)


def _by_person(others: Iterable[OtherSheet]) -> dict[str, dict[tuple[str, str], Mapping[int, int]]]:
    found: dict[str, dict[tuple[str, str], Mapping[int, int]]] = {}
    for sheet in others:
        found.setdefault(sheet.person, {})[sheet.vignette, sheet.version] = sheet.scores
    return found


def _has_spread(scores: Mapping[int, int]) -> bool:
    return len(set(scores.values())) > 1


def _unexpected(
    rated: Sequence[tuple[tuple[str, str], Mapping[int, int], Scores]], scale: Sequence[int]
) -> dict[tuple[str, str], set[int]]:
    """For each vignette the items whose score is not the one this rater's line gives."""
    cells = [
        (key, item, score, expected)
        for key, scores, reference in rated
        for item, score in scores.items()
        if (expected := reference.get(item)) is not None
    ]
    found: dict[tuple[str, str], set[int]] = {key: set() for key, *_ in rated}
    if not cells:
        return found
    level, slope = _line([(expected, score) for *_, score, expected in cells])
    for key, item, score, expected in cells:
        on_line = round(level + slope * expected)
        if score != min(max(on_line, min(scale)), max(scale)):
            found[key].add(item)
    return found


def _line(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Intercept and slope by least squares; level where all points share one x."""
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0
    return mean_y - slope * mean_x, slope

"""What a rating is, how typed text and JSON become one, and what it still lacks. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

NOT_RATEABLE = "NR"
LONGEST_TEXT = 5000
FEWEST_SAME_SCORES = 6  # fewer items at one score are no pattern
# Silent reading has a mean of 238 words a minute; above 500 a text was not read whole (Brysbaert
# 2019, J. Mem. Lang. 109: 104047).
FASTEST_READING = 500
MUCH_EVIDENCE = 0.5  # of the turns: evidence that is nearly everything points at nothing

# Turn numbers as people write them: "4, 7", "4 7", "4; 7", "4-7", "4 to 7". A number of more
# digits is none: int() refuses very long ones.
SEPARATORS = re.compile(r"[\s,;]+")
TURN = re.compile(r"\d{1,6}")
RANGE = re.compile(r"(?<!\d)(\d{1,6})\s*(?:-|–|—|\bto\b)\s*(\d{1,6})(?!\d)")


@dataclass(frozen=True, slots=True)
class Rating:
    """What a rater says about one item; in a draft all of it may be missing.

    `evidence` holds turn numbers, ascending; `reason` says why an item is not rateable.
    """

    score: int | None = None
    is_not_rateable: bool = False
    reason: str = ""
    evidence: tuple[int, ...] = ()
    note: str = ""

    @property
    def is_given(self) -> bool:
        """Whether a score was chosen, or "not rateable"."""
        return self.score is not None or self.is_not_rateable

    @property
    def value(self) -> str:
        """The rating as its field has it: a score, "NR" or nothing."""
        if self.is_not_rateable:
            return NOT_RATEABLE
        return "" if self.score is None else str(self.score)

    def as_dict(self) -> dict[str, object]:
        """The rating as the draft endpoint speaks of it."""
        return {
            "rating": NOT_RATEABLE if self.is_not_rateable else self.score,
            "reason": self.reason,
            "evidence": list(self.evidence),
            "note": self.note,
        }


BLANK = Rating()
SubmittedRatings = Mapping[int, Rating]


@dataclass(frozen=True, slots=True)
class RatingFrame:
    """What may be rated: the items asked for, the scale, the turns there are, the NR limit.

    `reasons_required` where every score has to be explained, in the note. The turns of a dossier
    are its passages.
    """

    items: tuple[int, ...]
    scores: tuple[int, ...]
    turns: int
    not_rateable_limit: int
    reasons_required: bool = False
    is_dossier: bool = False


class FaultKind(StrEnum):
    """Why something typed or sent cannot be taken; `wording` says it in words."""

    NOT_AN_OBJECT = "not-an-object"
    NO_REVISION = "no-revision"
    UNKNOWN_ITEM = "unknown-item"
    UNKNOWN_FIELD = "unknown-field"
    NO_SUCH_SCORE = "no-such-score"
    NOT_TURNS = "not-turns"
    NO_SUCH_TURN = "no-such-turn"
    NOT_TEXT = "not-text"
    TOO_LONG = "too-long"


@dataclass(frozen=True, slots=True)
class RatingFault:
    """One thing that cannot be taken: where, why, and what it was."""

    kind: FaultKind
    item: int | None = None
    field: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class ParsedRatings:
    """Every item asked for, and the faults; with faults nothing may be stored."""

    ratings: dict[int, Rating]
    faults: tuple[RatingFault, ...] = ()


def parse_ratings(entries: Mapping[int, Mapping[str, object]], frame: RatingFrame) -> ParsedRatings:
    """Read what was typed or sent for each item: its rating, reason, evidence and note.

    Items that were not sent are blank. All faults are found, not only the first.
    """
    ratings: dict[int, Rating] = {}
    faults: list[RatingFault] = [
        RatingFault(FaultKind.UNKNOWN_ITEM, value=str(number)[:40])
        for number in entries
        if number not in frame.items
    ]
    for number in frame.items:
        ratings[number] = _rating(number, entries.get(number, {}), frame, faults)
    return ParsedRatings(ratings, tuple(faults))


def parse_document(document: object, frame: RatingFrame) -> ParsedRatings:
    """Read ratings as JSON has them: {"4": {"rating": 3, "evidence": [4, 7], ...}, ...}."""
    if not isinstance(document, dict):
        return ParsedRatings({}, (RatingFault(FaultKind.NOT_AN_OBJECT, field="ratings"),))
    entries: dict[int, Mapping[str, object]] = {}
    faults: list[RatingFault] = []
    for name, entry in document.items():
        number = int(name) if TURN.fullmatch(str(name)) else None
        if number not in frame.items:
            faults.append(RatingFault(FaultKind.UNKNOWN_ITEM, value=str(name)[:40]))
        elif not isinstance(entry, dict):
            faults.append(RatingFault(FaultKind.NOT_AN_OBJECT, number, "rating"))
        else:
            entries[number] = entry
    parsed = parse_ratings(entries, frame)
    return ParsedRatings(parsed.ratings, (*faults, *parsed.faults))


FIELDS = ("rating", "reason", "evidence", "note")


def _rating(
    number: int, entry: Mapping[str, object], frame: RatingFrame, faults: list[RatingFault]
) -> Rating:
    def refuse(kind: FaultKind, field: str, value: object = "") -> None:
        faults.append(RatingFault(kind, number, field, _shown(value)))

    for name in entry.keys() - set(FIELDS):
        refuse(FaultKind.UNKNOWN_FIELD, "rating", name)
    score = None
    is_not_rateable = entry.get("rating") == NOT_RATEABLE
    if not is_not_rateable:
        try:
            score = read_score(entry.get("rating"), frame.scores)
        except ValueError:
            refuse(FaultKind.NO_SUCH_SCORE, "rating", entry.get("rating"))
    texts = {}
    for field in ("reason", "note"):
        try:
            texts[field] = read_text(entry.get(field))
        except TypeError:
            refuse(FaultKind.NOT_TEXT, field)
        if len(texts.get(field, "")) > LONGEST_TEXT:
            refuse(FaultKind.TOO_LONG, field)
    evidence: tuple[int, ...] = ()
    try:
        evidence = read_turns(entry.get("evidence"))
    except ValueError as error:
        refuse(FaultKind.NOT_TURNS, "evidence", error.args[0])
    for turn in evidence:
        if not 1 <= turn <= frame.turns:
            refuse(FaultKind.NO_SUCH_TURN, "evidence", turn)
    return Rating(score, is_not_rateable, texts.get("reason", ""), evidence, texts.get("note", ""))


def _shown(value: object) -> str:
    """What was sent, as a message can show it: long texts cut, nested values left out."""
    return str(value)[:40] if isinstance(value, str | int | float) else "…"


def read_score(value: object, scores: Collection[int]) -> int | None:
    """A score from its field or from JSON; None where nothing was chosen.

    Raises ValueError for whatever is not a score of the scale: also 2.0, "2.0" and True.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,3}", value.strip()):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value not in scores:
        raise ValueError(value)
    return value


def read_text(value: object) -> str:
    """Text as it is stored: in normal form, without edges, with plain line ends.

    What no database and no answer could carry (NUL, halves of characters) is left out. Raises
    TypeError for what is no text.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError("text is expected")
    plain = value.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return unicodedata.normalize("NFC", plain.encode(errors="ignore").decode()).strip()


def read_turns(value: object) -> tuple[int, ...]:
    """Turn numbers, ascending and each once, from "4, 7-9" or from a list of whole numbers.

    Raises ValueError holding the part that is no turn number.
    """
    if value is None:
        return ()
    if isinstance(value, str):
        return _turns_of_text(value)
    if not isinstance(value, list | tuple):
        raise ValueError(value)
    for entry in value:
        if isinstance(entry, bool) or not isinstance(entry, int):
            raise ValueError(entry)
    return tuple(sorted(set(value)))


def _turns_of_text(text: str) -> tuple[int, ...]:
    turns: set[int] = set()

    def take_range(match: re.Match[str]) -> str:
        first, last = int(match[1]), int(match[2])
        if not 0 <= last - first <= LONGEST_TEXT:
            raise ValueError(match[0])
        turns.update(range(first, last + 1))
        return " "

    for part in SEPARATORS.split(RANGE.sub(take_range, text[:LONGEST_TEXT])):
        if part and not TURN.fullmatch(part):
            raise ValueError(part)
        if part:
            turns.add(int(part))
    return tuple(sorted(turns))


def turns_as_text(turns: Iterable[int]) -> str:
    """Turn numbers as their field shows them: "4, 7"."""
    return ", ".join(map(str, turns))


class LackKind(StrEnum):
    """What keeps a rating from being submitted."""

    NO_RATING = "no-rating"
    NO_REASON = "no-reason"
    NOT_EXPLAINED = "not-explained"  # a score without the reason that is required
    TOO_MANY_NOT_RATEABLE = "too-many-not-rateable"


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is missing; without an item it concerns the rating as a whole."""

    kind: LackKind
    item: int | None = None


def lacks_of(ratings: SubmittedRatings, frame: RatingFrame) -> tuple[Lack, ...]:
    """What is missing before these ratings can be submitted; empty when nothing is."""
    lacks = []
    for number in frame.items:
        rating = ratings.get(number, BLANK)
        if not rating.is_given:
            lacks.append(Lack(LackKind.NO_RATING, number))
        elif rating.is_not_rateable and not rating.reason:
            lacks.append(Lack(LackKind.NO_REASON, number))
        elif frame.reasons_required and rating.score is not None and not rating.note:
            lacks.append(Lack(LackKind.NOT_EXPLAINED, number))
    if sum(rating.is_not_rateable for rating in ratings.values()) > frame.not_rateable_limit:
        lacks.append(Lack(LackKind.TOO_MANY_NOT_RATEABLE))
    return tuple(lacks)


class PatternKind(StrEnum):
    """Something in a rating that deserves a second look, and is no fault."""

    SAME_SCORE = "same-score"
    NO_EVIDENCE = "no-evidence"
    MUCH_EVIDENCE = "much-evidence"


@dataclass(frozen=True, slots=True)
class Pattern:
    """What was noticed, at which items, and the score it concerns."""

    kind: PatternKind
    items: tuple[int, ...]
    score: int | None = None


def patterns_in(ratings: SubmittedRatings, frame: RatingFrame) -> tuple[Pattern, ...]:
    """What a careful colleague would gently point at before this is submitted."""
    patterns = []
    scored = [number for number in frame.items if ratings.get(number, BLANK).score is not None]
    scores = {ratings[number].score for number in scored}
    if len(scored) >= FEWEST_SAME_SCORES and len(scores) == 1:
        patterns.append(Pattern(PatternKind.SAME_SCORE, tuple(scored), scores.pop()))
    bare = tuple(number for number in scored if not ratings[number].evidence)
    if bare:
        patterns.append(Pattern(PatternKind.NO_EVIDENCE, bare))
    broad = tuple(
        number for number in scored if len(ratings[number].evidence) > MUCH_EVIDENCE * frame.turns
    )
    if broad:
        patterns.append(Pattern(PatternKind.MUCH_EVIDENCE, broad))
    return tuple(patterns)


def is_hurried(words: int, seconds: float) -> bool:
    """Whether less time went by than a text of so many words takes to read, however fast."""
    return seconds * FASTEST_READING < words * 60


def number_given(ratings: SubmittedRatings) -> int:
    """How many items have a score or are marked as not rateable."""
    return sum(rating.is_given for rating in ratings.values())

"""What flags say to a certifier, with their limits and what they may mean innocently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from training.certification.judging import flags as rules
from training.certification.judging.flags import Flag, FlagKind
from training.languages import gettext as _
from training.languages import lazy_gettext as _l
from training.languages import ngettext

NAMES = {
    FlagKind.READING_TIME: _l("Too little time to read it"),
    FlagKind.READING_TIME_TOGETHER: _l("Too little time to read them all"),
    FlagKind.SAME_SCORE: _l("One score down the page"),
    FlagKind.SHARED_ANSWERS: _l("Wrong answers shared with another rater"),
    FlagKind.EVIDENCE_MISSING: _l("Evidence missing"),
}
INNOCENT = {
    FlagKind.READING_TIME: _l(
        "The text may have been read before it was opened here, for instance on paper."
    ),
    FlagKind.READING_TIME_TOGETHER: _l(
        "The texts may have been read before they were opened here, for instance on paper."
    ),
    FlagKind.SAME_SCORE: _l(
        "What is rated can look even to somebody who rates its tone as a whole."
    ),
    FlagKind.SHARED_ANSWERS: _l(
        "Two raters trained together can share a misreading, and either of them may have looked "
        "at the other's ratings."
    ),
    FlagKind.EVIDENCE_MISSING: _l(
        "Marking evidence is asked for, and nothing refuses its absence."
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, and the titles of the vignettes it was found on."""

    text: str
    vignettes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FlagText:
    """The flags of one kind in words: what was found and where, and what it may mean innocently."""

    name: str
    findings: tuple[Finding, ...]
    innocent: str


def flag_texts(
    raised: Sequence[Flag], titles: Mapping[str, str], names: Mapping[str, str]
) -> tuple[FlagText, ...]:
    """The flags in words; `titles` of vignettes by slug, `names` of other raters by id."""
    findings: dict[FlagKind, list[Finding]] = {}
    for flag in raised:
        places = tuple(titles.get(slug, slug) for slug in flag.vignettes)
        findings.setdefault(flag.kind, []).append(Finding(_found(flag, names), places))
    return tuple(
        FlagText(str(NAMES[kind]), tuple(found), str(INNOCENT[kind]))
        for kind, found in findings.items()
    )


def _found(flag: Flag, names: Mapping[str, str]) -> str:
    if flag.kind in (FlagKind.READING_TIME, FlagKind.READING_TIME_TOGETHER):
        return _(
            "%(words)s words were before the rater for %(minutes)s minutes at most; at %(speed)s "
            "words a minute, faster than anybody reads with understanding, they take %(needed)s.",
            words=flag.of,
            minutes=f"{flag.minutes or 0:.1f}",
            speed=f"{rules.FASTEST_READING:g}",
            needed=f"{flag.limit:.1f}",
        )
    if flag.kind is FlagKind.SAME_SCORE:
        return _(
            "All %(count)s elements that were scored have a %(score)s, and the consensus does not.",
            count=flag.count,
            score=flag.score,
        )
    if flag.kind is FlagKind.EVIDENCE_MISSING:
        return _(
            "%(count)s of %(of)s scores that say something was done point to no evidence.",
            count=flag.count,
            of=flag.of,
        )
    found = ngettext(
        "%(num)d answer is the same and unexpected of either, among %(of)s that both gave; they "
        "differ in %(differences)s. Compared with %(name)s.",
        "%(num)d answers are the same and unexpected of either, among %(of)s that both gave; they "
        "differ in %(differences)s. Compared with %(name)s.",
        flag.count,
        of=flag.of,
        differences=flag.differences,
        name=names.get(flag.person or "", _("somebody whose account is gone")),
    )
    return str(found)

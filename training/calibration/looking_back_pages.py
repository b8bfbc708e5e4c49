"""The pages that look back on practice, filled for one person and one instrument."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import render_template

from training.calibration import (
    fingerprint_wording,
    pattern_wording,
    trend_wording,
    wording,
)
from training.calibration.history import PastRating, cells_of, counted, made_knowing_key
from training.calibration.next_step import LATEST
from training.calibration.patterns import FEWEST_VIGNETTES, practice_patterns
from training.calibration.reasons import LONGEST_SEARCH, items_met, matching, reasons_met
from training.calibration.step_links import do_next
from training.exercises.rules import Pair
from training.library import records as library
from training.library.schema import Instrument
from training.paging import paging_of

REASONS_A_PAGE = 12


def patterns_page(
    instrument: Instrument, history: Sequence[PastRating], pairs: Mapping[int, Pair]
) -> str:
    """What first practice ratings on an instrument show about the rater, and what to do next."""
    first = counted(history)
    patterns = practice_patterns(cells_of(first), scale=instrument.scale.scores)
    modules = [version.document for version in library.modules()]
    by_slug = {past.vignette.slug: past for past in first}
    texts = fingerprint_wording.trait_texts(patterns) if patterns else []
    return render_template(
        "calibration/patterns.html",
        instrument=instrument,
        patterns=patterns,
        fewest=FEWEST_VIGNETTES,
        first=first,
        made_knowing_key=made_knowing_key(history),
        do_next=do_next(
            [past.feedback(modules).items for past in first[-LATEST:]], instrument, pairs
        ),
        texts=texts,
        drawing=fingerprint_wording.fingerprint(patterns, texts) if patterns else None,
        trends=trend_wording.trends(patterns, by_slug) if patterns else [],
        agreement_rows=pattern_wording.agreement_rows(patterns) if patterns else [],
        wording=pattern_wording,
        fingerprint_wording=fingerprint_wording,
    )


def reasons_page(
    instrument: Instrument, history: Sequence[PastRating], asked: Mapping[str, str]
) -> str:
    """Every reason met, or those on one item or with some words; what is asked for comes raw."""
    everything = reasons_met(history)
    items = items_met(everything)
    numbers = {str(each.number): each.number for each in items}
    item, search = numbers.get(asked.get("item", "")), asked.get("search", "").strip()
    found = matching(everything, item=item, search=search) if item or search else []
    paging = paging_of(asked.get("page"), size=REASONS_A_PAGE, total=len(found))
    return render_template(
        "calibration/reasons.html",
        instrument=instrument,
        history=history,
        items=items,
        item=next((each for each in items if each.number == item), None),
        search=search[:LONGEST_SEARCH],
        found=found[paging.offset : paging.last],
        paging=paging,
        is_asked=bool(item or search),
        longest=LONGEST_SEARCH,
        wording=wording,
    )

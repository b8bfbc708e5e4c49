"""The codebook of a cohort's export: what each column means."""

from __future__ import annotations

from training.cohorts.exports.tables import COLUMNS, Row
from training.languages import lazy_gettext as _l

CODEBOOK_HEADER: Row = (("table", "column", "meaning", "unit", "values"),)

_COUNT = _l("items")
_WHOLE = _l("whole number, 0 or more")
_SHARE = (_l("share"), _l("0 to 1, unrounded; empty where nothing can be compared"))
_POINTS = _l("scale points")
_TEXT = (_l("text"), "")

# Of each column: what it means, its unit, the values it can have.
MEANINGS = {
    "rater_id": (
        _l(
            "The rater, the same in every file and in every export. Without the name, the rows "
            "are pseudonymous and not anonymous."
        ),
        _l("UUID"),
        "",
    ),
    "rater": (
        _l("The rater's name, to read. Remove this column before you pass the file on."),
        *_TEXT,
    ),
    "instrument": (
        _l(
            "The instrument that was rated with. Figures of two instruments are never put "
            "together: take one at a time."
        ),
        *_TEXT,
    ),
    "instrument_version": (
        _l("The version of the instrument: the first 12 digits of its SHA-256."),
        *_TEXT,
    ),
    "vignette": (_l("The vignette or service dossier, by its short name."), *_TEXT),
    "vignette_version": (_l("Its version: the first 12 digits of its SHA-256."), *_TEXT),
    "key_version": (
        _l(
            "The version of the key that the ratings are compared with: the first 12 digits of "
            "its SHA-256."
        ),
        *_TEXT,
    ),
    "number": (
        _l(
            "Which rating of this vignette by this rater it is. From 2 on the rater had seen the "
            "key after rating it before."
        ),
        _l("ordinal"),
        _l("1, 2, …"),
    ),
    "blind": (
        _l(
            "1 for a rating that was made blind. 0 where the rater had seen the key, after rating "
            "the vignette before or as an expert: leave these out of every figure of agreement."
        ),
        _l("yes or no"),
        _l("0, 1"),
    ),
    "submitted_at": (_l("When it was submitted."), _l("UTC"), _l("ISO 8601")),
    "item": (_l("The number of the item in the instrument."), _l("ordinal"), _l("1, 2, …")),
    "rating": (
        _l("What the rater gave."),
        _POINTS,
        _l("a score of the instrument's scale, or NR for not rateable"),
    ),
    "reference": (
        _l(
            "What the key says. Where two neighbouring scores are both right, the one that is "
            "nearer to the rating."
        ),
        _POINTS,
        _l("a score, NR for not rateable, or dropped where the panel found no consensus"),
    ),
    "difference": (
        _l("Rating minus reference: above zero is lenient, below zero severe."),
        _POINTS,
        _l("whole number; empty where one of the two is not rateable, or the item dropped"),
    ),
    "evidence": (
        _l("The turns, or the passages of a dossier, that the rater marked for the item."),
        _l("numbers"),
        _l("parted by spaces; may be empty"),
    ),
    "key_status": (
        _l("Whose key it is: of its author alone, or agreed by a panel that rated first."),
        _l("category"),
        "authored, ratified",
    ),
    "rated_items": (_l("Items to which both the rater and the key give a score."), _COUNT, _WHOLE),
    "exact": (_l("Of these, how many are the same."), _COUNT, _WHOLE),
    "within_one": (_l("Of these, how many are at most one point apart."), _COUNT, _WHOLE),
    "gross_misses": (_l("Of these, how many are two points apart or more."), _COUNT, _WHOLE),
    "rateability_mismatches": (
        _l("Items that one of the two calls not rateable and the other does not."),
        _COUNT,
        _WHOLE,
    ),
    "exact_share": (_l("exact / (rated_items + rateability_mismatches)"), *_SHARE),
    "within_one_share": (_l("within_one / (rated_items + rateability_mismatches)"), *_SHARE),
    "bias": (
        _l("The mean difference over rated_items: above zero is lenient, below zero severe."),
        _POINTS,
        _l("unrounded; empty where no item was rated by both"),
    ),
    "mean_absolute_difference": (
        _l("The mean of the differences without their signs, over rated_items."),
        _POINTS,
        _l("0 or more, unrounded; empty where no item was rated by both"),
    ),
    "engine_version": (
        _l("The version of the program that counted, when it was submitted."),
        *_TEXT,
    ),
}


def codebook() -> list[tuple[str, ...]]:
    """Every column of both tables, in their order; the cells of CODEBOOK_HEADER."""
    return [
        (table.value, column, *map(str, MEANINGS[column]))
        for table, columns in COLUMNS.items()
        for column in columns
    ]


def codebook_rows() -> list[Row]:
    """The same as rows of a table."""
    return [(line,) for line in codebook()]

"""What is said about the files of panels: what each column means, and what to mend in a file."""

from __future__ import annotations

from collections.abc import Iterable

from training.languages import gettext as _
from training.languages import lazy_gettext as _l
from training.panels.exchange.table import (
    COLUMNS,
    REQUIRED,
    REQUIRED_AND_OPTIONAL,
    Fault,
    FaultCode,
)

MOST_FAULTS_SHOWN = 30

MEANINGS = {
    "panel": _l("The name of the panel."),
    "vignette": _l("The short name of the vignette, as it stands in addresses."),
    "expert": _l(
        "Who rated: in what leaves, the place on the panel and no name; in what is brought in, "
        "a name of your choice, the same in every line of one expert."
    ),
    "item": _l("The number of the item in the instrument."),
    "item_name": _l("The name of the item, to read."),
    "rating": _l(
        "What the expert gave alone, before any discussion: a score of the instrument's scale, or "
        "NR for not rateable."
    ),
    "reason": _l("Why, in the expert's words. May be empty."),
    "evidence": _l(
        "The numbers of the turns, or of the passages of a dossier, that it rests on, parted by "
        "spaces. May be empty."
    ),
    "position": _l(
        "Where the expert stood after the discussion: a score or NR. As the rating, where they "
        "did not move or it was not discussed."
    ),
    "position_reason": _l("Why the expert moved, or dissents. May be empty."),
    "consensus": _l(
        "What the panel recorded so far: a score, two neighbouring scores that are both right, "
        "NR, or dropped for an item without consensus. Empty while nothing is recorded."
    ),
}

TEXTS = {
    FaultCode.TOO_LARGE: _l("The file is larger than 500 kB. Bring its vignettes in as two files."),
    FaultCode.NOT_UTF_8: _l("The file is not in UTF-8. Save it as CSV in UTF-8."),
    FaultCode.NOT_TEXT: _l("This is no text file. Save it as CSV in UTF-8."),
    FaultCode.EMPTY: _l("The file holds no ratings. Write one line for each expert and item."),
    FaultCode.MISSING_COLUMNS: _l(
        "Columns are missing: %(columns)s. Name them in the first line of the file."
    ),
    FaultCode.COLUMN_TWICE: _l("There are two columns of this name. Remove or rename one."),
    FaultCode.BROKEN_QUOTES: _l(
        "A quotation mark opens here and does not close, or text follows a closing one. Nothing "
        "below was read."
    ),
    FaultCode.ENDLESS_CELL: _l(
        "A cell that begins here does not end within 131,072 characters. Close its quotation mark, "
        "or shorten it. Nothing below was read."
    ),
    FaultCode.WRONG_LENGTH: _l(
        "The line has %(found)s cells and the first line %(expected)s. Put a cell that holds a "
        "comma in quotation marks."
    ),
    FaultCode.EMPTY_CELL: _l("The cell is empty. Fill it; NR means not rateable."),
    FaultCode.TOO_LONG: _l("The text is longer than %(longest)s characters. Shorten it."),
    FaultCode.UNKNOWN_VIGNETTE: _l(
        "There is no vignette “%(found)s” for panels. Did you mean “%(near)s”?"
    ),
    FaultCode.UNLIKE_ANY_VIGNETTE: _l(
        "There is no vignette “%(found)s” for panels. Write its name as it stands on this page."
    ),
    FaultCode.OTHER_INSTRUMENT: _l(
        "The vignettes belong to several instruments: %(instruments)s. Bring in one file for each."
    ),
    FaultCode.UNKNOWN_ITEM: _l("“%(found)s” is no item of this vignette. Its items: %(items)s."),
    FaultCode.NO_RATING: _l("“%(found)s” is no rating. Write one of %(scores)s, or NR."),
    FaultCode.NO_TURN: _l(
        "“%(found)s” is no number of a turn or passage. Write numbers, such as 4 7."
    ),
    FaultCode.UNKNOWN_TURN: _l(
        "There is no turn or passage %(found)s: the vignette has %(turns)s."
    ),
    FaultCode.RATED_TWICE: _l(
        "The same expert rates the same item as in line %(first)s. Keep one of the two."
    ),
    FaultCode.MISSING_ITEMS: _l(
        "%(vignette)s: items that %(expert)s has no line for: %(items)s. Add what is missing, with "
        "NR for what was not rateable, or leave this expert out of the vignette."
    ),
    FaultCode.TOO_FEW_EXPERTS: _l(
        "%(vignette)s: %(experts)s rated it. A panel needs at least 3 experts for each vignette."
    ),
}


def fault_text(fault: Fault) -> str:
    """Where a fault stands and what to do about it."""
    text = str(TEXTS[fault.code]) % fault.values if fault.values else str(TEXTS[fault.code])
    if fault.line is None:
        return text
    if not fault.column:
        return _("Line %(line)s: %(text)s", line=fault.line, text=text)
    return _(
        "Line %(line)s, column %(column)s: %(text)s",
        line=fault.line,
        column=fault.column,
        text=text,
    )


def fault_texts(faults: Iterable[Fault]) -> list[str]:
    """All faults in words, the first so many and how many more there are."""
    every = list(faults)
    texts = [fault_text(fault) for fault in every[:MOST_FAULTS_SHOWN]]
    if left_out := len(every) - len(texts):
        texts.append(_("And %(number)s more of this kind or another.", number=left_out))
    return texts


def codebook() -> list[tuple[str, str, str]]:
    """Every column of the file: its name, what it means, and whether an import needs it."""
    return [(name, str(MEANINGS[name]), _need_of(name)) for name in COLUMNS]


def _need_of(name: str) -> str:
    if name in REQUIRED:
        return _("needed")
    return _("read if there") if name in REQUIRED_AND_OPTIONAL else _("passed over")

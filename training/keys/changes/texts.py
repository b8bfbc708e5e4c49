"""Changes of keys in words."""

from __future__ import annotations

from training.keys.changes.differences import ChangedItem
from training.keys.models import CaseAct, KeyChange
from training.keys.publishing import REASON
from training.languages import gettext as _
from training.languages import lazy_gettext as _l
from training.library.schema.key import KeyRating

CASE_ACTS = {
    CaseAct.STANDS: _l("It stands as it was decided"),
    CaseAct.SET_ASIDE: _l(
        "The attempt is set aside: it does not count, and the rater may try anew"
    ),
    CaseAct.REVOKED: _l("The certificate is revoked, for good"),
}
CASES_DECIDED = {
    CaseAct.STANDS: _l("Stands"),
    CaseAct.SET_ASIDE: _l("Set aside"),
    CaseAct.REVOKED: _l("Revoked"),
}


def rating_text(rating: KeyRating) -> str:
    """A consensus as a table shows it: "3", "2 or 3", "not rateable", "dropped"."""
    if rating.is_dropped:
        return _("dropped")
    if rating.score is None:
        return _("not rateable")
    if rating.band is None:
        return str(rating.score)
    low, high = rating.band
    return _("%(low)s or %(high)s", low=low, high=high)


def item_was_and_is(item: ChangedItem) -> str:
    """One item of a revised key, in a sentence."""
    return _(
        "Item %(number)s was %(old)s, is now %(new)s.",
        number=item.number,
        old=rating_text(item.old),
        new=rating_text(item.new),
    )


def what_differs(item: ChangedItem) -> str:
    """What of an item changed beside, or instead of, its consensus."""
    kinds = [
        (item.is_rated_otherwise, _("consensus")),
        (item.has_other_evidence, _("evidence")),
        (item.has_other_reason, _("reason")),
    ]
    return ", ".join(text for is_so, text in kinds if is_so)


def by_whom(change: KeyChange) -> str:
    """Who put a key in use."""
    return change.put_in_use_by.name if change.put_in_use_by else _("a command")


def reason_text(change: KeyChange) -> str:
    """Why; what the service wrote itself is translated."""
    return _("Published with the content.") if change.reason == REASON else change.reason

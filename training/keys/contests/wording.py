"""What is said about contests: where they stand and what was answered."""

from __future__ import annotations

from training.keys.models import ContestState
from training.languages import lazy_gettext as _l

STATES = {
    ContestState.WAITING: _l("waiting for an answer"),
    ContestState.KEPT: _l("answered: the key stands"),
    ContestState.FOR_PANEL: _l("answered: for a panel to look at again"),
    ContestState.WITHDRAWN: _l("withdrawn"),
}
LOOKS = {
    ContestState.WAITING: "tag-accent",
    ContestState.KEPT: "",
    ContestState.FOR_PANEL: "tag-warm",
    ContestState.WITHDRAWN: "",
}

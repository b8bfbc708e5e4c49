"""How states are named to trainers."""

from __future__ import annotations

from training.cohorts.help import Lean
from training.cohorts.invitation_records import InvitationState
from training.languages import lazy_gettext as _l

INVITATION_STATES = {
    InvitationState.OPEN: _l("Open"),
    InvitationState.ACCEPTED: _l("Accepted"),
    InvitationState.WITHDRAWN: _l("Withdrawn"),
    InvitationState.LAPSED: _l("Lapsed"),
}
LEAN_NAMES = {
    Lean.LENIENT: _l("lenient"),
    Lean.SLIGHTLY_LENIENT: _l("slightly lenient"),
    Lean.LEVEL: _l("level"),
    Lean.SLIGHTLY_SEVERE: _l("slightly severe"),
    Lean.SEVERE: _l("severe"),
}

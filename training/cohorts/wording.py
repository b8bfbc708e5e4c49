"""How states are named to trainers."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from training.cohorts.invitation_records import InvitationState

INVITATION_STATES = {
    InvitationState.OPEN: _l("Open"),
    InvitationState.ACCEPTED: _l("Accepted"),
    InvitationState.WITHDRAWN: _l("Withdrawn"),
    InvitationState.LAPSED: _l("Lapsed"),
}

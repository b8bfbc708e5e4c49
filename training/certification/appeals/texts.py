"""The words for appeals and for attempts that are set aside, in the reader's language."""

from __future__ import annotations

from training.certification.appeals.rules import AppealFault
from training.certification.models import AppealOutcome, SettingAsideGround
from training.certification.reviews.duties import Conflict
from training.languages import lazy_gettext as _l

FAULTS = {
    AppealFault.NOTHING_DECIDED: _l(
        "There is nothing to appeal against: no certifier has decided against you."
    ),
    AppealFault.SET_ASIDE: _l("This attempt is set aside: there is nothing left to appeal."),
    AppealFault.APPEALED_BEFORE: _l("You have appealed against this decision already."),
    AppealFault.TOO_LATE: _l("The time to appeal against this decision is over."),
}
CONFLICTS = {
    Conflict.ONESELF: _l("This is your own appeal. Another certifier decides it."),
    Conflict.OWN_TRAINEE: _l("You train or trained this person. Another certifier decides."),
    Conflict.DECIDED_BEFORE: _l(
        "You signed, declined, asked for more evidence or revoked in this attempt. Somebody who "
        "had no part in it decides."
    ),
}
OUTCOMES = {
    AppealOutcome.DISMISSED: _l("Dismissed: the decision stands"),
    AppealOutcome.GRANTED: _l("Granted: the attempt is set aside"),
}
OUTCOME_TONES = {AppealOutcome.DISMISSED: "warm", AppealOutcome.GRANTED: "good"}
GROUNDS = {
    SettingAsideGround.APPEAL: _l("An appeal was granted."),
    SettingAsideGround.KEY_CHANGE: _l("A key that it was held against was changed later."),
}

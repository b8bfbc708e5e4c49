"""The acts of the trail in the words of who reads it; the trail itself keeps their names."""

from __future__ import annotations

from collections.abc import Mapping

from training.audit.trail import Act
from training.languages import lazy_gettext as _l

ACTS: Mapping[str, object] = {
    Act.SIGNED_IN: _l("signed in"),
    Act.SIGN_IN_REFUSED: _l("sign-in refused"),
    Act.SIGNED_OUT: _l("signed out"),
    Act.SESSIONS_ENDED: _l("sessions ended"),
    Act.PERSON_ADDED: _l("person added"),
    Act.PROFILE_CHANGED: _l("profile changed"),
    Act.PASSWORD_CHANGED: _l("password changed"),
    Act.PASSWORD_RESET_ASKED: _l("password reset asked"),
    Act.SECOND_FACTOR_ADDED: _l("second factor added"),
    Act.SECOND_FACTOR_REMOVED: _l("second factor removed"),
    Act.RECOVERY_CODES_MADE: _l("recovery codes made"),
    Act.RECOVERY_CODE_USED: _l("recovery code used"),
    Act.CODE_REFUSED: _l("code refused"),
    Act.ROLE_GRANTED: _l("role granted"),
    Act.ROLE_WITHDRAWN: _l("role withdrawn"),
    Act.PERSON_DEACTIVATED: _l("person deactivated"),
    Act.PERSON_REACTIVATED: _l("person reactivated"),
    Act.CONTENT_PUBLISHED: _l("content published"),
    Act.COHORT_OPENED: _l("cohort opened"),
    Act.COHORT_CHANGED: _l("cohort changed"),
    Act.COMMENT_WRITTEN: _l("comment written"),
    Act.RATERS_REMINDED: _l("raters reminded"),
    Act.INVITATION_SENT: _l("invitation sent"),
    Act.INVITATION_WITHDRAWN: _l("invitation withdrawn"),
    Act.COHORT_JOINED: _l("cohort joined"),
    Act.MODULE_COMPLETED: _l("module completed"),
    Act.RATING_SUBMITTED: _l("rating submitted"),
    Act.EXERCISE_ANSWERED: _l("exercise answered"),
    Act.QUESTION_REVIEWED: _l("question reviewed"),
    Act.ATTEMPT_OPENED: _l("attempt opened"),
    Act.ATTEMPT_LAPSED: _l("attempt lapsed"),
    Act.WINDOW_CHANGED: _l("closing date changed"),
    Act.DECISION_COMPUTED: _l("decision computed"),
    Act.DECISION_SIGNED: _l("decision signed"),
    Act.SIGNATURE_WITHDRAWN: _l("signature withdrawn"),
    Act.DECISION_DECLINED: _l("decision declined"),
    Act.MORE_EVIDENCE_ASKED: _l("more evidence asked"),
    Act.CERTIFICATE_ISSUED: _l("certificate issued"),
    Act.CERTIFICATE_REVOKED: _l("certificate revoked"),
    Act.ATTEMPT_SET_ASIDE: _l("attempt set aside"),
    Act.APPEAL_MADE: _l("appeal made"),
    Act.APPEAL_WITHDRAWN: _l("appeal withdrawn"),
    Act.APPEAL_DECIDED: _l("appeal decided"),
    Act.PANEL_OPENED: _l("panel opened"),
    Act.PANEL_CHANGED: _l("panel changed"),
    Act.PANEL_CANCELLED: _l("panel cancelled"),
    Act.PANEL_IMPORTED: _l("panel imported"),
    Act.EXPERT_INVITED: _l("expert invited"),
    Act.EXPERT_WITHDRAWN: _l("expert withdrawn"),
    Act.ROUND_ONE_CLOSED: _l("round one closed"),
    Act.CONSENSUS_RECORDED: _l("consensus recorded"),
    Act.KEY_SIGNED: _l("key signed"),
    Act.KEY_SIGNATURE_WITHDRAWN: _l("key signature withdrawn"),
    Act.KEY_RATIFIED: _l("key ratified"),
    Act.KEY_SEEN: _l("key seen"),
    Act.KEY_PUT_IN_USE: _l("key put in use"),
    Act.KEY_CHANGE_DECIDED: _l("key change decided"),
    Act.KEY_CONTESTED: _l("key contested"),
    Act.CONTEST_WITHDRAWN: _l("contest withdrawn"),
    Act.CONTEST_ANSWERED: _l("contest answered"),
    Act.CALENDAR_ADDRESS_MADE: _l("calendar address made"),
    Act.CALENDAR_ADDRESS_ENDED: _l("calendar address ended"),
    Act.DATA_EXPORTED: _l("data exported"),
    Act.CHECKPOINT_MADE: _l("checkpoint made"),
}


def act_text(act: str) -> str:
    """What an act is called; one that is no act any more keeps the name it was written with."""
    return str(ACTS.get(act, act))

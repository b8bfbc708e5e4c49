"""What the demonstration's people wrote to one another: a contest, a comment, an appeal."""

from __future__ import annotations

from sqlalchemy import select

from training.accounts.models import Person
from training.calibration.models import Purpose, RatingSession
from training.certification.appeals import acts as appeals
from training.certification.models import Attempt
from training.certification.reviews.acts import decline
from training.cohorts.guidance.comment_records import write_comment
from training.cohorts.models import Cohort
from training.database import db
from training.keys.contests.acts import contest_item

# Only where the content has this vignette; item and turns are those of its transcript.
CONTESTED_VIGNETTE = "the-biscuit-tin"
CONTESTED_ITEM = 10
CONTESTED_TURNS = (29, 30, 33)
CONTEST = (
    "The two of them did talk about what they had heard: they say so in 29, he could see them "
    "through the window, and in 33 he is told what it was about. I follow that he could not "
    "listen. But a 0 is also what I would give a team that settles everything at the office, and "
    "this is not the same."
)
COMMENT = (
    "You were above the key on most elements here, most of all where people were kind. Read the "
    "meeting once more for element 10 alone, with the anchors of 0 to 2 beside it, and ask of each "
    "exchange: who of the family could hear it? Contesting it was right; let us look at the answer "
    "together when it is there."
)
WHY_DECLINED = (
    "The lower end of the interval for agreement within one point is below the line, and the "
    "ratings lie below the key on nearly every element. Nothing in the circumstances of the "
    "attempt speaks against the figures."
)
APPEAL = (
    "I do not doubt the figures. But the page says that I rated the whole form in one day, "
    "and I had been told to finish by that evening because the cohort was moving on. Please look "
    "at whether the last three should count."
)


def contest_what_practice_showed(rater: Person, trainer: Person, cohort: Cohort) -> None:
    """The rater contests one item of a key; the trainer writes to them about that vignette."""
    session = db.session.scalar(
        select(RatingSession).filter_by(
            person_id=rater.id, vignette_slug=CONTESTED_VIGNETTE, purpose=Purpose.PRACTICE
        )
    )
    if session is None:
        return
    contest_item(session, CONTESTED_ITEM, reason=CONTEST, turns=CONTESTED_TURNS)
    write_comment(cohort, rater.id, COMMENT, session_id=session.id, by=trainer)


def appeal_when_declined(attempt: Attempt, certifier: Person) -> None:
    """The certifier declines, and the rater asks that somebody else look at it again."""
    decline(attempt.decisions[-1].id, certifier=certifier, reason=WHY_DECLINED)
    appeals.make(attempt.id, rater=attempt.person, reason=APPEAL)

"""The forms of round two: an expert's position, the consensus on an item, the signature."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from training.accounts.models import Person
from training.accounts.second_factor_forms import OWN_PASSWORD_RULES, ReauthenticationMixin
from training.accounts.second_factor_records import has_second_factor
from training.calibration.ratings import read_text, read_turns, turns_as_text
from training.calibration.turn_fields import turns_in
from training.forms import LineField, ParagraphField
from training.languages import gettext as _
from training.languages import lazy_gettext as _l
from training.library.reading_words import ReadingWords, reading_words
from training.library.schema import Scale
from training.library.schema.key import NOT_RATEABLE
from training.panels.consensus.records import ExpertOnItem, ItemInDiscussion
from training.panels.consensus.rules import (
    Consensus,
    ConsensusKind,
    Fault,
    FaultKind,
    Standpoint,
    mark_of,
)
from training.panels.consensus.wording import KINDS, fault_text

LONGEST_TURNS = 1000
NOT_A_CHOICE = _l("Choose one of these.")

# At which field of the consensus a fault is shown.
FIELDS = {
    FaultKind.NO_SCORE: "score",
    FaultKind.NOT_ON_SCALE: "score",
    FaultKind.NOT_NEIGHBOURS: "score",
    FaultKind.NO_REASON: "reason",
    FaultKind.CITES_NO_SUCH_TURN: "reason",
    FaultKind.NO_EVIDENCE: "evidence",
    FaultKind.NO_SUCH_TURN: "evidence",
}


class MarkField(HiddenField):
    """What was stored when the page was made, so that an edit says what it started from.

    Where it was not sent it is empty, and never what is stored by now, which it would agree with.
    """

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist else ""


class PositionForm(FlaskForm):
    """Where one expert stands after discussion."""

    started_from = MarkField()
    rating = RadioField(
        _l("Position after discussion"),
        [InputRequired(_l("Choose a score, or not rateable."))],
        invalid_choice_message=NOT_A_CHOICE,
    )
    reason = ParagraphField(_l("Reason for dissenting, if this differs from the consensus"))

    @property
    def standpoint(self) -> Standpoint:
        """What was chosen; only of a form that is valid."""
        is_not_rateable = self.rating.data == NOT_RATEABLE
        return Standpoint(
            None if is_not_rateable else int(self.rating.data), read_text(self.reason.data)
        )


def position_form(expert: ExpertOnItem, scale: Scale) -> PositionForm:
    """The form of one expert; one who has taken no position yet finds nothing chosen in it."""
    stored = expert.position
    form = PositionForm(
        prefix=f"expert-{expert.seat.place}-",
        started_from=mark_of(stored),
        rating=_value(stored.score) if stored else None,
        reason=stored.reason if stored else "",
    )
    form.rating.choices = [*_scores(scale), SelectChoice(NOT_RATEABLE, _("NR: not rateable"))]
    return form


class ConsensusForm(FlaskForm):
    """What the panel agreed on one item, as its chair writes it down."""

    started_from = MarkField()
    kind = RadioField(
        _l("What the panel agreed"),
        [InputRequired(_l("Choose what the panel agreed."))],
        choices=[SelectChoice(kind.value, text) for kind, text in KINDS.items()],
        invalid_choice_message=NOT_A_CHOICE,
    )
    score = RadioField(
        _l("Score, or the lower score of the band"),
        [Optional()],
        invalid_choice_message=NOT_A_CHOICE,
    )
    evidence = LineField(
        validators=[Length(max=LONGEST_TURNS, message=_l("Write at most 1,000 characters."))]
    )
    reason = ParagraphField(_l("Reason"))

    def __init__(self, reading: ReadingWords, **values: Any) -> None:
        super().__init__(**values)
        self.reading = reading
        self.evidence.label.text = reading.evidence_field

    def validate_evidence(self, field: LineField) -> None:
        turns_in(field, self.reading)

    @property
    def consensus(self) -> Consensus:
        """What was chosen; only of a form that is valid. A score counts where there is one."""
        kind = ConsensusKind(self.kind.data)
        reason, evidence = read_text(self.reason.data), read_turns(self.evidence.data)
        if kind not in (ConsensusKind.SCORE, ConsensusKind.BAND) or not self.score.data:
            return Consensus(kind, reason=reason, evidence=evidence)
        lowest = int(self.score.data)
        highest = lowest + 1 if kind is ConsensusKind.BAND else lowest
        return Consensus(kind, lowest, highest, reason, evidence)

    def show_faults(self, faults: tuple[Fault, ...], entry: ItemInDiscussion) -> None:
        """Put each fault at its field; those between the experts at what was agreed."""
        for fault in faults:
            field = self[FIELDS.get(fault.kind, "kind")]
            field.errors = [*field.errors, fault_text(fault, entry)]


def consensus_form(entry: ItemInDiscussion, scale: Scale) -> ConsensusForm:
    """The form of one item; nothing is chosen in it but what was recorded before."""
    stored = entry.consensus
    values: dict[str, Any] = {"started_from": mark_of(stored)}
    if stored is not None:
        values |= {
            "kind": stored.kind.value,
            "score": None if stored.lowest is None else str(stored.lowest),
            "reason": stored.reason,
            "evidence": turns_as_text(stored.evidence),
        }
    form = ConsensusForm(reading_words(entry.frame), prefix="consensus-", **values)
    form.score.choices = _scores(scale)
    return form


class SignKeyForm(FlaskForm):
    """Signing makes a key: it takes a tick and the password."""

    digest = HiddenField()
    confirmed = BooleanField(
        _l("I have checked every item, and I stand by this consensus."),
        [DataRequired(_l("Confirm that you have checked every item and stand by it."))],
    )
    own_password = PasswordField(_l("Your password"), OWN_PASSWORD_RULES)


class SignKeyWithCodeForm(ReauthenticationMixin, SignKeyForm):
    """The same for whoever has a second factor."""


def sign_form(person: Person) -> SignKeyForm:
    """The form in which this person can show who they are."""
    return SignKeyWithCodeForm() if has_second_factor(person.id) else SignKeyForm()


def _value(score: int | None) -> str:
    return NOT_RATEABLE if score is None else str(score)


def _scores(scale: Scale) -> list[SelectChoice]:
    return [SelectChoice(str(score), f"{score} {scale.labels[score]}") for score in scale.scores]

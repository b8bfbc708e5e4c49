"""The form in which a standard is changed to be tried; the standard document itself validates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField
from wtforms.validators import InputRequired, Length, NumberRange

from training.certification.judging.standard import Standard
from training.certification.simulation.standard_changes import (
    ATTEMPT_FIELDS,
    FORM_FIELDS,
    USED,
    YES,
    ChangeFault,
    changed,
    values_of,
)
from training.certification.workbench.texts import (
    FIELD_LABELS,
    NAMED_FIELDS,
    fault_text,
    label_of,
)
from training.forms import LineField
from training.languages import lazy_gettext as _l

MOST_REPLICATIONS = 3000
LARGEST_SEED = 2**31 - 1
LONGEST_VALUE = 20
SWITCHES = ("pooled", USED)


class WorkbenchForm(FlaskForm):
    """What can be changed of one standard, how many raters, and from which seed."""

    replications: IntegerField
    seed: IntegerField
    standard: Standard
    asked: Standard | None = None
    form_errors: list[str]

    def validate(self, extra_validators: Any = None) -> bool:
        """Every field on its own, then the changed standard as a whole, all faults at once."""
        is_valid = super().validate(extra_validators)
        self.asked, faults = changed(self.standard, self._changes())
        for fault in faults:
            self._note(fault)
        return is_valid and not faults

    def _changes(self) -> dict[str, str]:
        return {name: _text(self[name].data) for name in values_of(self.standard)}

    def _note(self, fault: ChangeFault) -> None:
        """Put a fault at its field; one of a gate or the form as a whole at its first field."""
        names = [name for name in values_of(self.standard) if name.startswith(f"{fault.name}.")]
        name = fault.name if fault.name in self else next(iter(names), None)
        if name is None:
            self.form_errors = [*self.form_errors, fault_text(fault)]
        else:
            # The field alone does not say whose "at least" it is, and the summary has nothing else.
            message = f"{label_of(name)}: {fault_text(fault)}"
            self[name].errors = [*self[name].errors, message]


def workbench_form(standard: Standard, shown: Mapping[str, str]) -> WorkbenchForm:
    """The form for a standard; `shown` are values from the address that stand in it at first."""
    values = values_of(standard)
    # Made in the order in which they stand on the page: so their errors come in the summary.
    fields = {name: _field(name) for name in _in_page_order(standard)} | _simulation_fields()
    form_class = type("ChangedStandardForm", (WorkbenchForm,), fields | {"standard": standard})
    data = {
        name: _is_yes(shown.get(name, text)) if _is_switch(name) else shown.get(name, text)
        for name, text in values.items()
    }
    numbers = {
        name: int(shown[name])
        for name in ("replications", "seed")
        if _is_whole_number(shown.get(name, ""))
    }
    form: WorkbenchForm = form_class(data=data | numbers)
    return form


def names_of_gate(standard: Standard, kind: str) -> list[str]:
    """The fields of one gate, without its switch."""
    names = [name for name in values_of(standard) if name.startswith(f"{kind}.")]
    return [name for name in names if not _is_switch(name)]


def names_of_form() -> list[str]:
    """The fields of form and attempts that are numbers."""
    names = [f"form.{field}" for field in FORM_FIELDS]
    names += [f"attempts.{field}" for field in ATTEMPT_FIELDS]
    return [name for name in (*names, "confidence") if not _is_switch(name)]


def _in_page_order(standard: Standard) -> Iterator[str]:
    yield from names_of_form()
    yield "attempts.pooled"
    for gate in standard.gates:
        yield f"{gate.kind}.{USED}"
        yield from names_of_gate(standard, gate.kind)


def _simulation_fields() -> dict[str, Any]:
    return {
        "replications": IntegerField(
            _l("Raters of each kind"),
            [
                InputRequired(_l("Enter how many raters of each kind are simulated.")),
                NumberRange(1, MOST_REPLICATIONS, _l("Enter a number from 1 to 3000.")),
            ],
            default=500,
        ),
        "seed": IntegerField(
            _l("Seed"),
            [
                InputRequired(_l("Enter a seed; any whole number will do.")),
                NumberRange(0, LARGEST_SEED, _l("Enter a whole number from 0 to 2147483647.")),
            ],
            default=2026,
        ),
    }


def _field(name: str) -> Any:
    label = NAMED_FIELDS.get(name) or FIELD_LABELS[name.rpartition(".")[2]]
    if _is_switch(name):
        return BooleanField(label)
    too_long = _l("Enter a number of at most 20 characters.")
    return LineField(label, [Length(max=LONGEST_VALUE, message=too_long)])


def _is_switch(name: str) -> bool:
    return name.rpartition(".")[2] in SWITCHES


def _is_whole_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_VALUE


def _is_yes(text: str) -> bool:
    return text.strip().lower() in YES


def _text(data: Any) -> str:
    if isinstance(data, bool):
        return "yes" if data else "no"
    return data or ""

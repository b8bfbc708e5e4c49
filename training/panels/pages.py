"""The pages of panels, filled with what may be shown to whom and nothing more."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template
from wtforms.fields.choices import SelectChoice

from training.accounts.models import Person
from training.keys.sights import people_who_saw
from training.library import records as library
from training.library.records import Version
from training.library.schema import VignetteHead
from training.panels import records, wording
from training.panels.assignment_records import OwnAssignment, SeatRow, number_needed
from training.panels.blindness import AT_WORK
from training.panels.consensus.records import STATES_WITH_DISCUSSION
from training.panels.forms import choices_of
from training.panels.models import Panel, PanelOrigin, PanelState
from training.panels.rules import ADVISED_EXPERTS, PanelAct, may


def overview_page(
    person: Person, assignments: Sequence[OwnAssignment], panels: Sequence[Panel]
) -> str:
    """What waits for a person, and the panels that are theirs to see."""
    return render_template(
        "panels/overview.html",
        assignments=assignments,
        panels=panels,
        is_overseer=person.has_role(*records.OVERSEERS),
        states=wording.STATES,
    )


def panel_page(
    panel: Panel, person: Person, assignments: Sequence[OwnAssignment], rows: Sequence[SeatRow]
) -> str:
    """One panel: where it stands, what is a person's own, who is in, and what may be done."""
    is_overseer = person.has_role(*records.OVERSEERS)
    is_chair = panel.chair_id == person.id
    needed = number_needed(panel, rows)
    return render_template(
        "panels/panel.html",
        panel=panel,
        assignments=assignments,
        rows=rows,
        titles=list(titles_in(panel).values()),
        instrument=library.instrument_version(panel.instrument_document_id).document,
        states=wording.STATES,
        steps=wording.STEPS,
        is_elsewhere=panel.origin is PanelOrigin.ELSEWHERE,
        voucher=records.find_voucher(panel),
        sees_independence=is_overseer or is_chair,
        absent=records.people_who_cannot_act(panel)
        if panel.state in AT_WORK and (is_overseer or is_chair)
        else [],
        reworded=_reworded(panel) if panel.state in AT_WORK else [],
        is_overseer=is_overseer,
        needed=needed if is_overseer or is_chair else 0,
        may_close=is_chair and may(PanelAct.CLOSE_ROUND_ONE, panel.state) and not needed,
        may_do={act.value for act in PanelAct if is_overseer and may(act, panel.state)},
        further_experts_advised=max(0, ADVISED_EXPERTS - _seated(panel)),
        shows_all_of_own=panel.rating_closed_at is None,
        has_discussion=panel.state in STATES_WITH_DISCUSSION,
    )


def titles_in(panel: Panel) -> dict[str, str]:
    """By vignette of a panel, the title of the version that is rated."""
    return {
        row.vignette_slug: library.vignette_version(row.vignette_document_id).document.title
        for row in panel.vignettes
    }


def _reworded(panel: Panel) -> list[str]:
    """The titles of vignettes that were published in another wording since the panel began."""
    rated = {row.vignette_slug: row.vignette_document_id for row in panel.vignettes}
    in_use = library.vignettes_of(rated)
    return [in_use[s].document.title for s in rated if s in in_use and in_use[s].id != rated[s]]


def _seated(panel: Panel) -> int:
    return sum(seat.withdrawn_at is None for seat in panel.seats)


def vignette_choices() -> list[SelectChoice]:
    """The vignettes a panel may be opened for."""
    names = {version.slug: version.document.short_name for version in library.instruments()}
    versions = records.panel_vignettes()
    keys = library.keys_of([version.slug for version in versions])
    return [
        SelectChoice(
            version.slug,
            wording.vignette_label(
                version,
                names[version.document.instrument],
                keys[version.slug].document.status,
            ),
        )
        for version in sorted(versions, key=_place_in_list)
    ]


def _place_in_list(version: Version[VignetteHead]) -> tuple[str, int]:
    """Of each instrument first what raters practise on; within a pool they stay by title."""
    return version.document.instrument, list(wording.POOLS).index(version.document.pool)


def chair_choices(people: Sequence[Person], panel: Panel) -> list[SelectChoice]:
    """Experts who may chair a panel; in round one with the keys that stand against them."""
    return expert_choices(people, panel) if panel.state is PanelState.RATING else choices_of(people)


def expert_choices(people: Sequence[Person], panel: Panel | None = None) -> list[SelectChoice]:
    """Experts to choose from, each with the vignettes whose key they have seen."""
    titles = {version.slug: version.document.title for version in records.panel_vignettes()}
    slugs = [vignette.vignette_slug for vignette in panel.vignettes] if panel else list(titles)
    seen = people_who_saw(slugs)
    return [
        SelectChoice(
            str(person.id),
            wording.expert_label(
                person, [titles.get(slug, slug) for slug in slugs if person.id in seen[slug]]
            ),
        )
        for person in people
    ]

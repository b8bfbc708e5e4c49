"""The dossier of a decision: what a certifier reads before signing, and its file."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from training.accounts.models import Person
from training.audit import trail
from training.certification.attempts.standing import attempts_of
from training.certification.dossiers import afterwards_records
from training.certification.dossiers import files as dossier_files
from training.certification.dossiers.afterwards import AFTERWARDS
from training.certification.flag_texts import FlagText, flag_texts
from training.certification.gate_texts import GateText, gate_texts
from training.certification.judging.circumstances import Circumstances, circumstances_of
from training.certification.judging.evidence import digest_of, recomputes
from training.certification.judging.figures import (
    ItemRow,
    Summary,
    VignetteRow,
    instrument_digests,
    item_rows,
    key_statuses,
    summary_of,
    vignette_rows,
)
from training.certification.judging.standard import Standard
from training.certification.models import Attempt, Decision
from training.database import db, write_transaction
from training.library import records as library
from training.library.records import Version
from training.library.schema import Instrument, KeyStatus
from training.psychometrics import ENGINE_VERSION


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything a page shows of a decision; no key, only what was counted against it."""

    decision: Decision
    attempt: Attempt
    rater: Person
    standard: Version[Standard]
    instrument: Version[Instrument]
    summary: Summary
    gates: tuple[GateText, ...]
    items: tuple[ItemRow, ...]
    vignettes: tuple[VignetteRow, ...]
    titles: dict[str, str]
    item_names: dict[int, str]
    key_statuses: frozenset[KeyStatus]
    instrument_digests: tuple[str, ...]
    circumstances: Circumstances | None
    flags: tuple[FlagText, ...]
    history: list[Attempt]
    has_same_digest: bool
    is_recomputed_identically: bool
    engine_version_now: str = ENGINE_VERSION

    @property
    def rests_on_authored_keys(self) -> bool:
        return KeyStatus.AUTHORED in self.key_statuses


def dossier_of(decision: Decision) -> Dossier:
    """Gather the dossier of a decision, and compute the decision once more from its evidence."""
    attempt = decision.attempt
    standard = library.standard_version(attempt.standard_document_id)
    instrument = instrument_of(attempt)
    summary = summary_of(decision.figures)
    item_names = names_of_items(instrument.document)
    vignettes = vignette_rows(decision.figures, decision.evidence)
    titles = _titles(row.slug for row in vignettes)
    frozen = decision.circumstances
    circumstances = circumstances_of(frozen) if frozen else None
    return Dossier(
        decision=decision,
        attempt=attempt,
        rater=attempt.person,
        standard=standard,
        instrument=instrument,
        summary=summary,
        gates=gate_texts(summary, item_names),
        items=item_rows(decision.figures),
        vignettes=vignettes,
        titles=titles,
        item_names=item_names,
        key_statuses=key_statuses(decision.evidence),
        instrument_digests=instrument_digests(decision.evidence),
        circumstances=circumstances,
        flags=_flag_texts(circumstances, titles),
        history=attempts_of(attempt.person_id, attempt.standard_slug),
        has_same_digest=digest_of(decision.figures, decision.evidence, decision.circumstances)
        == decision.digest,
        is_recomputed_identically=recomputes(
            standard.document, decision.figures, decision.evidence, now=decision.computed_at
        ),
    )


def standards_in_use() -> dict[str, Standard]:
    """The standards in use by slug."""
    return {version.slug: version.document for version in library.standards()}


def standard_titles() -> dict[str, str]:
    """The titles of the standards in use by slug."""
    return {slug: standard.title for slug, standard in standards_in_use().items()}


def standard_of(decision: Decision) -> Standard:
    """The standard in the version that a decision applied."""
    return library.standard_version(decision.attempt.standard_document_id).document


def instrument_of(attempt: Attempt) -> Version[Instrument]:
    """The version of the instrument that the latest vignette of an attempt was rated on."""
    return library.instrument_version(attempt.sessions[-1].instrument_document_id)


def names_of_items(instrument: Instrument) -> dict[int, str]:
    """The short names of an instrument's items by number."""
    return {item.number: item.short_name for item in instrument.items}


def _titles(slugs: Iterable[str]) -> dict[str, str]:
    named = list(slugs)
    found = library.vignettes_of(named)
    return {slug: found[slug].document.title if slug in found else slug for slug in named}


def _flag_texts(
    circumstances: Circumstances | None, titles: dict[str, str]
) -> tuple[FlagText, ...]:
    raised = circumstances.flags if circumstances else ()
    others = {uuid.UUID(flag.person) for flag in raised if flag.person}
    people = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(others)))
    return flag_texts(raised, titles, {str(person.id): person.name for person in people})


def file_of(decision: Decision) -> dict[str, Any]:
    """The dossier as a sealed document from which anybody can compute the decision again.

    It holds the key's score for every rated cell, because without them nothing could be
    recomputed; reasons and evidence turns of the key are not in it.
    """
    attempt = decision.attempt
    afterwards = afterwards_records.document_of(decision)
    return dossier_files.sealed(
        {
            "decision": str(decision.id),
            "attempt": str(attempt.id),
            "form": {"number": attempt.number, "seed": attempt.seed},
            "rater": {"id": str(attempt.person_id), "name": attempt.person.name},
            "computed_at": decision.computed_at.isoformat(),
            "engine_version": decision.figures["engine_version"],
            "digest": decision.digest,
            # As it was published, and not as today's software would write it.
            "standard": library.published_values(attempt.standard_document_id),
            "figures": decision.figures,
            "evidence": decision.evidence,
            "circumstances": decision.circumstances,
            # Only where something happened: any other dossier stays the file it always was.
            **({AFTERWARDS: afterwards} if afterwards else {}),
        }
    )


def vignettes_of(decision: Decision) -> dict[str, str]:
    """The vignettes whose keys a dossier holds, with their titles."""
    return _titles(session["vignette"] for session in decision.evidence["sessions"])


def note_download(decision: Decision, *, by: uuid.UUID) -> None:
    """Write into the trail that somebody took the file, which holds scores of keys."""
    with write_transaction():
        trail.note(
            trail.Act.DATA_EXPORTED,
            f"decision {decision.id}",
            person_id=by,
            what="dossier",
            digest=decision.digest,
        )

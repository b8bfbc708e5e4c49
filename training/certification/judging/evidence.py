"""The evidence of a decision as a document: everything needed to compute it again. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from training.certification.judging import decision as rules
from training.certification.judging.differences import differences
from training.certification.judging.engine_versions import as_written_by
from training.certification.judging.standard import Standard

# item number, the rater's score, the consensus it is compared with (in a band the accepted score
# nearest to the rater's); None is not rateable
ItemCell = tuple[int, int | None, int | None]


@dataclass(frozen=True, slots=True)
class SessionEvidence:
    """One submitted rating session beside its key, with the versions of both."""

    session: str
    attempt: int
    vignette: str
    vignette_digest: str
    key_digest: str
    key_status: str
    instrument_digest: str
    submitted_at: str
    cells: tuple[ItemCell, ...]
    bands: tuple[tuple[int, int, int], ...] = ()  # item, lowest and highest accepted score
    dropped: tuple[int, ...] = ()  # items that the panel left out of the comparison

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, in a fixed order; without bands and dropped items none are named.

        So the evidence of keys that have neither keeps the digest it always had.
        """
        named = {
            "bands": [list(band) for band in self.bands],
            "dropped": list(self.dropped),
        }
        return {
            "session": self.session,
            "attempt": self.attempt,
            "vignette": self.vignette,
            "vignette_digest": self.vignette_digest,
            "key_digest": self.key_digest,
            "key_status": self.key_status,
            "instrument_digest": self.instrument_digest,
            "submitted_at": self.submitted_at,
            "cells": [list(cell) for cell in self.cells],
        } | {name: values for name, values in named.items() if values}


def document(
    sessions: Sequence[SessionEvidence],
    *,
    standard: Standard,
    standard_digest: str,
    scale: tuple[int, ...],
    attempt: int,
) -> dict[str, Any]:
    """The evidence document that is stored with a decision."""
    return {
        "standard": {
            "slug": standard.slug,
            "version": standard.version,
            "digest": standard_digest,
        },
        "scale": list(scale),
        "attempt": attempt,
        "sessions": [session.as_dict() for session in sessions],
    }


def evidence_of(stored: dict[str, Any]) -> rules.Evidence:
    """The evidence the rules work on, from a stored document."""
    from training.psychometrics import Ratings  # here, because it needs numpy

    cells = [
        (session["session"], item, score, reference)
        for session in stored["sessions"]
        for item, score, reference in session["cells"]
    ]
    in_attempt = sum(session["attempt"] == stored["attempt"] for session in stored["sessions"])
    return rules.Evidence(
        Ratings.from_cells(cells),
        vignettes_in_attempt=in_attempt,
        scale=tuple(stored["scale"]),
    )


def digest_of(
    figures: dict[str, Any],
    evidence: dict[str, Any],
    circumstances: dict[str, Any] | None = None,
) -> str:
    """The SHA-256 of what a decision froze, which its certificate carries.

    Decisions from before circumstances were kept have the digest of the other two.
    """
    frozen = [figures, evidence] if circumstances is None else [figures, evidence, circumstances]
    text = json.dumps(frozen, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def recomputes(
    standard: Standard, figures: dict[str, Any], evidence: dict[str, Any], *, now: datetime
) -> bool:
    """Whether the stored evidence, judged again, gives the stored figures.

    Exactly those, or what an older engine would have written; `now` is the moment at which the
    decision was computed.
    """
    computed = rules.decide(standard, evidence_of(evidence), now=now).as_dict()
    then = figures["engine_version"]
    if then == computed["engine_version"]:
        return computed == figures
    return not any(differences(figures, as_written_by(then, computed)))

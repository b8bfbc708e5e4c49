"""Runs of the workbench: what was to be simulated, how far it is, and what was found."""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from training.accounts.models import Person
from training.database import (
    CreatedAt,
    JsonDocument,
    JsonList,
    Model,
    Moment,
    PrimaryKey,
    Slug,
    text_enum,
)


class RunState(StrEnum):
    UNDER_WAY = "under-way"
    DONE = "done"
    CANCELLED = "cancelled"  # with what had been simulated until then


class SimulationRun(Model):
    """A simulation, computed slice by slice; everything it depends on is fixed when it begins."""

    __tablename__ = "simulation_run"

    id: Mapped[PrimaryKey]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    standard_slug: Mapped[Slug]
    standard_document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    instrument_document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    key_document_ids: Mapped[JsonList]  # the pool as it was; never the keys themselves
    changes: Mapped[JsonDocument]  # name of what was changed -> its text
    seed: Mapped[int]
    replications: Mapped[int]
    state: Mapped[RunState] = mapped_column(text_enum(RunState))
    steps: Mapped[int]
    steps_done: Mapped[int] = mapped_column(default=0)
    tallies: Mapped[JsonList]  # for each standard by kind; empty once there is a result
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    started_at: Mapped[CreatedAt] = mapped_column(index=True)
    ended_at: Mapped[Moment | None]

    person: Mapped[Person] = relationship()

    @property
    def percent(self) -> int:
        return 100 * self.steps_done // self.steps

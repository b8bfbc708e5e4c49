"""Locking a panel for an act, always in one order: its vignettes, its rating sessions, itself.

A submission locks its session and then the panel; see docs/decisions/0016.
"""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from training.calibration.models import RatingSession
from training.database import db
from training.panels.models import Assignment, Panel, PanelVignette


def panel_to_change(panel_id: uuid.UUID) -> Panel:
    """The panel, with everything that is rated in it locked until the end of the act."""
    hold_vignettes(panel_id)
    db.session.execute(
        select(RatingSession.id)
        .join(Assignment, Assignment.session_id == RatingSession.id)
        .join(PanelVignette, PanelVignette.id == Assignment.panel_vignette_id)
        .where(PanelVignette.panel_id == panel_id)
        .order_by(RatingSession.id)
        .with_for_update(of=RatingSession, key_share=True)
    )
    return locked_panel(panel_id)


def panel_to_discuss(panel_id: uuid.UUID) -> Panel:
    """The panel, locked, where nothing is rated any more."""
    hold_vignettes(panel_id)
    return locked_panel(panel_id)


def hold_vignettes(panel_id: uuid.UUID) -> None:
    """Let nobody open a rating session of a panel, or add an expert, until the end of the act."""
    # The weaker lock, here and below, lets a submission store what refers to these rows.
    db.session.execute(
        select(PanelVignette.id)
        .filter_by(panel_id=panel_id)
        .order_by(PanelVignette.position)
        .with_for_update(key_share=True)
    )


def locked_panel(panel_id: uuid.UUID) -> Panel:
    """The panel as it is now, alone locked; a submission has locked its session before."""
    db.session.execute(select(Panel.id).filter_by(id=panel_id).with_for_update(key_share=True))
    return fresh_panel(panel_id)


def fresh_panel(panel_id: uuid.UUID) -> Panel:
    """The panel as it is stored now, whatever was read of it before."""
    # Read after the lock: read together with it, it would be from before the wait.
    return db.session.scalars(
        select(Panel)
        .filter_by(id=panel_id)
        .options(selectinload(Panel.seats), selectinload(Panel.vignettes))
        .execution_options(populate_existing=True)
    ).one()

"""Who may open the pages of panels, and the panel that a page is about."""

from __future__ import annotations

import uuid

from flask import abort

from training.access import role_required, signed_in_person
from training.accounts.models import Role
from training.panels.models import Panel
from training.panels.records import OVERSEERS, find_panel_for

everybody_on_panels = role_required(Role.EXPERT, *OVERSEERS)
overseers_only = role_required(*OVERSEERS)


def visible_panel(panel_id: uuid.UUID) -> Panel:
    """A panel the signed-in person may see; 404 for every other."""
    return find_panel_for(signed_in_person(), panel_id) or abort(404)

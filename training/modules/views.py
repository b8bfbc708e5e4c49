"""Placeholder until the part is written."""

from flask import Blueprint

modules = Blueprint("modules", __name__)


@modules.get("/modules")
def overview() -> str:
    return ""

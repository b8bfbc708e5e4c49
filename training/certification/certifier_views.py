"""Placeholder until the part is written."""

from flask import Blueprint

certifying = Blueprint("certifying", __name__)


@certifying.get("/certifying")
def queue() -> str:
    return ""

"""Placeholder until the part is written."""

from flask import Blueprint

calibration = Blueprint("calibration", __name__)


@calibration.get("/practice")
def practice() -> str:
    return ""


@calibration.get("/panel")
def panel() -> str:
    return ""

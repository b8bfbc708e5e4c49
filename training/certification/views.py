"""Placeholder until the part is written."""

from flask import Blueprint

certification = Blueprint("certification", __name__)


@certification.get("/certification")
def overview() -> str:
    return ""

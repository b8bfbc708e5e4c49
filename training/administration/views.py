"""Placeholder until the part is written."""

from flask import Blueprint

administration = Blueprint("administration", __name__)


@administration.get("/administration")
def overview() -> str:
    return ""

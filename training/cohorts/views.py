"""Placeholder until the part is written."""

from flask import Blueprint

cohorts = Blueprint("cohorts", __name__)


@cohorts.get("/cohorts")
def overview() -> str:
    return ""

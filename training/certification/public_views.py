"""Placeholder until the part is written."""

from flask import Blueprint

certificates = Blueprint("certificates", __name__)


@certificates.get("/certificates/<number>")
def certificate(number: str) -> str:
    return ""


@certificates.route("/verify", methods=["GET", "POST"])
def verify() -> str:
    return ""


@certificates.get("/register")
def register() -> str:
    return ""

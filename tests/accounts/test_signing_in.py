"""Signing in and out."""

from __future__ import annotations

from flask import Flask

from tests.conftest import PASSWORD
from tests.pages import PersonClient
from training.accounts.models import Person


def test_ines_signs_in_and_is_led_home(app: Flask, stranger: PersonClient, ines: Person) -> None:
    page = stranger.post_page("/sign-in", {"email": "Ines@Example.org ", "password": PASSWORD})
    assert page.location == "/home"
    assert "Ines" in stranger.get_page("/home").text

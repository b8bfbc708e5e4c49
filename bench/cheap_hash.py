"""The application with the cheapest password hash, so that the rest of signing in is visible."""

from __future__ import annotations

import dataclasses
import os

from flask import Flask

import training
from training.config import Config

TIME_COST = 1
MEMORY_KIB = 64


def create_app() -> Flask:
    """The application as its environment says, but for the hash."""
    config = Config.from_environment(os.environ)
    return training.create_app(
        dataclasses.replace(config, argon2_time_cost=TIME_COST, argon2_memory_kib=MEMORY_KIB)
    )

"""The application with the cheapest password hash, so that the rest of signing in is visible."""

import dataclasses
import os

from training import create_app
from training.config import Config

TIME_COST = 1
MEMORY_KIB = 64

app = create_app(
    dataclasses.replace(
        Config.from_environment(os.environ),
        argon2_time_cost=TIME_COST,
        argon2_memory_kib=MEMORY_KIB,
    )
)

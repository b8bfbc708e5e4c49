"""Letting several people act at the very same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask

SECONDS_TO_WAIT_FOR_THE_OTHERS = 20


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do these in a thread each, all let go together; results, or the refusals, in order.

    A refusal is an error of our own (a ValueError); anything else fails the test.
    """
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        barrier.wait(timeout=SECONDS_TO_WAIT_FOR_THE_OTHERS)
        try:
            return act()
        except ValueError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def inside(app: Flask, act: Callable[[], Any]) -> Callable[[], Any]:
    """The same act, behind the pages: with a database session of its own."""

    def run() -> Any:
        with app.app_context():
            return act()

    return run

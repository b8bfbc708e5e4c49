"""The stages of a module. Pure, so that the rules can name them without a database."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """The stages of a module, in their order."""

    ORIENT = "orient"
    OBSERVE = "observe"
    CHECK = "check"
    APPLY = "apply"
    REFLECT = "reflect"


STAGES = tuple(Stage)

"""The stages and states in the reader's language."""

from __future__ import annotations

from training.languages import lazy_gettext as _l
from training.modules.progress import State
from training.modules.stages import Stage

STAGE_NAMES = {
    Stage.ORIENT: _l("Orient"),
    Stage.OBSERVE: _l("Observe"),
    Stage.CHECK: _l("Check"),
    Stage.APPLY: _l("Apply"),
    Stage.REFLECT: _l("Reflect"),
}
STAGE_SENTENCES = {
    Stage.ORIENT: _l("Read the lesson."),
    Stage.OBSERVE: _l("Read an excerpt with notes on what a rater sees in it."),
    Stage.CHECK: _l("Answer six questions; every answer is explained at once."),
    Stage.APPLY: _l("Rate a short excerpt and compare it with the reference ratings."),
    Stage.REFLECT: _l("Write for yourself what you take along, if you like."),
}
STATE_NAMES = {
    State.DONE: _l("Done"),
    State.CURRENT: _l("Open"),
    State.LOCKED: _l("Locked"),
}

"""The library's kinds, topics and openness in the reader's language."""

from __future__ import annotations

from training.languages import lazy_gettext as _l
from training.library.schema import Openness, ResourceKind, Topic

TOPIC_NAMES = {
    Topic.OPEN_DIALOGUE: _l("Open Dialogue"),
    Topic.EVIDENCE: _l("What is known about outcomes"),
    Topic.IMPLEMENTATION: _l("Building services"),
    Topic.FIDELITY: _l("Fidelity and its measures"),
    Topic.RATER_TRAINING: _l("Training and certifying raters"),
    Topic.MEASUREMENT: _l("Measuring agreement"),
    Topic.RECOVERY: _l("Recovery"),
    Topic.RIGHTS: _l("Rights"),
    Topic.LIVED_EXPERIENCE: _l("Lived experience and peers"),
}
KIND_NAMES = {
    ResourceKind.PAPER: _l("Paper"),
    ResourceKind.GUIDANCE: _l("Guidance"),
    ResourceKind.TRAINING: _l("Training"),
    ResourceKind.TOOL: _l("Tool"),
    ResourceKind.BOOK: _l("Book"),
    ResourceKind.SITE: _l("Web page"),
    ResourceKind.STANDARD: _l("Standard"),
}
OPENNESS_NAMES = {
    Openness.OPEN: _l("Free to read"),
    Openness.PARTLY: _l("Partly free to read"),
    Openness.CLOSED: _l("To be bought or borrowed"),
}
CHECK_NAMES = {
    True: _l("Checked by us against its abstract or own page"),
    False: _l("Not checked by us against the full text"),
}
LANGUAGE_NAMES = {
    "en": _l("English"),
    "fi": _l("Finnish"),
    "hi": _l("Hindi"),
    "it": _l("Italian"),
    "ja": _l("Japanese"),
    "sv": _l("Swedish"),
}

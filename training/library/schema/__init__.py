"""What a document must look like: one frozen model for each kind. Pure."""

from training.library.schema.extracts import Extract, ExtractSource
from training.library.schema.glossary import HindiProposal, Term
from training.library.schema.instrument import Instrument, Item, Principle, Scale
from training.library.schema.key import Dissent, Key, KeyRating, KeyStatus, PanelNote, Spread
from training.library.schema.manual import CommonError, Manual, Passage, WorkedExample
from training.library.schema.module import Annotation, Module, Observation, Source
from training.library.schema.questions import (
    ChoiceQuestion,
    MarkTheTurnQuestion,
    Option,
    OrderQuestion,
    Question,
    Step,
)
from training.library.schema.resource import Openness, Resource, ResourceKind, Topic
from training.library.schema.turns import Person, Side, Turn
from training.library.schema.vignette import (
    ASSESSED_POOLS,
    RATED_POOLS,
    Form,
    Pool,
    Vignette,
    VignetteHead,
)

__all__ = [
    "ASSESSED_POOLS",
    "RATED_POOLS",
    "Annotation",
    "ChoiceQuestion",
    "CommonError",
    "Dissent",
    "Extract",
    "ExtractSource",
    "Form",
    "HindiProposal",
    "Instrument",
    "Item",
    "Key",
    "KeyRating",
    "KeyStatus",
    "Manual",
    "MarkTheTurnQuestion",
    "Module",
    "Observation",
    "Openness",
    "Option",
    "OrderQuestion",
    "PanelNote",
    "Passage",
    "Person",
    "Pool",
    "Principle",
    "Question",
    "Resource",
    "ResourceKind",
    "Scale",
    "Side",
    "Source",
    "Spread",
    "Step",
    "Term",
    "Topic",
    "Turn",
    "Vignette",
    "VignetteHead",
    "WorkedExample",
]

"""What all documents share: strictness, slugs, text in normal form."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    SerializerFunctionWrapHandler,
    Strict,
    StringConstraints,
    model_serializer,
)


def _normalised(text: str) -> str:
    # Devanagari letters with a nukta have two encodings; equal text must have equal digests.
    return unicodedata.normalize("NFC", text)


Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_normalised)
]
SLUG_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
SlugText = Annotated[str, StringConstraints(pattern=SLUG_PATTERN, max_length=100)]
# Strict: `true` is no 1, and "4" in quotation marks is a text. (The numbers that name the fields of
# a mapping are read from texts as well, since JSON knows no others.)
Number = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]


def _each_once(numbers: tuple[int, ...]) -> tuple[int, ...]:
    if twice := sorted({number for number in numbers if numbers.count(number) > 1}):
        raise ValueError(f"names {', '.join(map(str, twice))} twice")
    return numbers


DifferentNumbers = Annotated[tuple[Number, ...], AfterValidator(_each_once)]
VersionText = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,6}(\.[0-9]{1,6}){0,3}$")]


class Part(BaseModel):
    """Frozen, and refuses fields it does not know: a mistyped field is a fault, not silence.

    How it is read is put together when the first one is, and not by every start.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with these changes. What was worked out for the original is not taken along."""
        copy = super().model_copy(update=update, deep=deep)
        for worked_out in copy.__dict__.keys() - type(self).model_fields.keys():
            del copy.__dict__[worked_out]
        return copy


class BriefPart(Part):
    """Optional fields that hold nothing are left out of the document.

    So a document keeps the digest it had before its kind gained such a field.

    ALWAYS_WRITTEN   optional fields that are as old as the kind, and are written even when empty.
    """

    ALWAYS_WRITTEN: ClassVar[frozenset[str]] = frozenset()

    @model_serializer(mode="wrap")
    def _leave_out_what_is_empty(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        optional = {
            name for name, field in type(self).model_fields.items() if field.default is None
        } - self.ALWAYS_WRITTEN
        return {
            name: value
            for name, value in handler(self).items()
            if value is not None or name not in optional
        }

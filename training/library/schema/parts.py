"""What all documents share: strictness, slugs, text in normal form."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints


def _normalised(text: str) -> str:
    # Devanagari letters with a nukta have two encodings; equal text must have equal digests.
    return unicodedata.normalize("NFC", text)


Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_normalised)
]
SlugText = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]
VersionText = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,6}(\.[0-9]{1,6}){0,3}$")]


class Part(BaseModel):
    """Frozen, and refuses fields it does not know: a mistyped field is a fault, not silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

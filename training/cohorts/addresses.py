"""Reading the e-mail addresses a trainer typed or pasted. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

SEPARATORS = re.compile(r"[,;]")


@dataclass(frozen=True, slots=True)
class FaultyLine:
    """Something that is no e-mail address, and the line it stands on, from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class ReadAddresses:
    """The addresses in lower case, each once, in the order typed; and what is none."""

    addresses: tuple[str, ...]
    faulty: tuple[FaultyLine, ...]


def read_addresses(text: str) -> ReadAddresses:
    """Read one address a line; commas and semicolons separate as well, empty lines do not count."""
    addresses: dict[str, None] = {}
    faulty = []
    for number, line in enumerate(text.splitlines(), start=1):
        for part in SEPARATORS.split(line):
            entry = part.strip()
            if entry and is_email_address(entry):
                addresses[entry.lower()] = None
            elif entry:
                faulty.append(FaultyLine(number, entry))
    return ReadAddresses(tuple(addresses), tuple(faulty))


def is_email_address(text: str) -> bool:
    """Whether this has the form of an address; whether somebody reads it there is not asked."""
    from email_validator import EmailNotValidError, validate_email  # its tables are long to load

    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True

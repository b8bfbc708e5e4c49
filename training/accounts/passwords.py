"""Passwords: which are good enough, and how they are kept."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from training.config import Config
from training.languages import gettext as _

SHORTEST_PASSWORD = 15
# NIST SP 800-63B-4, section 3.1.1.2: 15 characters alone, 8 beside a second factor.
SHORTEST_BESIDE_SECOND_FACTOR = 8
LONGEST_PASSWORD = 200  # a longer one only costs time
# zxcvbn's scale runs from 0 to 4; 3 means some 10^8 guesses, far beyond what sign-in allows.
LOWEST_STRENGTH = 3
# 10^6: eight characters, however random, count for no more, and the codes are guessed against too.
LOWEST_STRENGTH_BESIDE_SECOND_FACTOR = 2
# zxcvbn's time grows with the square of the length; what follows could only make it stronger.
ESTIMATED_CHARACTERS = 40

# A hash holds 64 MiB and a core. There is a process for each core, so that a second one at once
# would end no hash sooner, and would starve whoever is reading a lesson.
_hashing = threading.Lock()


def is_long_enough(password: str, *, has_second_factor: bool) -> bool:
    """Whether a password may open an account, alone or beside a second factor."""
    shortest = SHORTEST_BESIDE_SECOND_FACTOR if has_second_factor else SHORTEST_PASSWORD
    return len(password) >= shortest


def weakness_of(
    password: str, *, personal: Sequence[str] = (), has_second_factor: bool = False
) -> str | None:
    """Why a password is refused, in words for the person choosing it; None when it is fine.

    `personal` holds what others know about the person: name, e-mail address.
    Common and breached passwords are known from the frequency lists of the zxcvbn package.
    """
    if not is_long_enough(password, has_second_factor=has_second_factor):
        return _(
            "Use at least %(number)d characters (or %(fewer)d with a second factor). Four or five "
            "words that do not belong together are easy to remember.",
            number=SHORTEST_PASSWORD,
            fewer=SHORTEST_BESIDE_SECOND_FACTOR,
        )
    if len(password) > LONGEST_PASSWORD:
        return _("Use at most %(number)d characters.", number=LONGEST_PASSWORD)
    lowest = LOWEST_STRENGTH_BESIDE_SECOND_FACTOR if has_second_factor else LOWEST_STRENGTH
    if _estimated_strength(password, personal) < lowest:
        return _(
            "This would be guessed soon: it is a well-known password, a simple pattern, or made "
            "from your name or address. Choose words that do not belong together."
        )
    return None


def _estimated_strength(password: str, personal: Sequence[str]) -> int:
    # Imported here: its word lists take 20 MB, which only a process that sets passwords needs.
    from zxcvbn import zxcvbn

    if not password:
        return 0
    known = [part for text in personal for part in (text, *text.replace("@", " ").split())]
    return int(zxcvbn(password[:ESTIMATED_CHARACTERS], user_inputs=known)["score"])


def _hasher() -> PasswordHasher:
    config: Config = current_app.extensions["config"]
    return PasswordHasher(
        time_cost=config.argon2_time_cost, memory_cost=config.argon2_memory_kib, parallelism=1
    )


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its salt and cost."""
    with _hashing:
        return _hasher().hash(password)


def is_right_password(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash. Takes as long when there is no hash."""
    with _hashing:
        if password_hash is None:
            _hasher().hash(password)  # nobody learns from the time that an account is missing
            return False
        try:
            return _hasher().verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made at another cost than today's."""
    return _hasher().check_needs_rehash(password_hash)

"""Second factors: codes of an authenticator app (RFC 6238) and recovery codes. Pure."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import datetime

from pyotp import TOTP, random_base32
from pyotp.utils import strings_equal

SECONDS_PER_STEP = 30
# A clock that is half a minute off, or a code typed slowly, still counts.
STEPS_OF_DRIFT = 1
RECOVERY_CODES = 10
# Digits alone, so that the one field for codes may ask a phone for its number pad; 20 of them
# (66 bits), so that their digests, which are quick to compute, give nothing away.
RECOVERY_GROUPS, DIGITS_PER_GROUP = 4, 5


def new_secret() -> str:
    """A secret of 160 bits in base32, as apps take it."""
    return str(random_base32())


def in_groups(secret: str) -> str:
    """A secret as a person types it, in groups of four."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def address_for_app(secret: str, *, account: str, issuer: str) -> str:
    """What the QR code holds: the secret with the names an app shows beside its codes."""
    return str(TOTP(secret).provisioning_uri(name=account, issuer_name=issuer))


def step_at(moment: datetime) -> int:
    """The number of the half minute a moment lies in, counted from 1970."""
    return int(moment.timestamp()) // SECONDS_PER_STEP


def code_of_step(secret: str, step: int) -> str:
    """The six digits of a half minute."""
    return str(TOTP(secret, interval=SECONDS_PER_STEP).generate_otp(step))


def find_step(secret: str, code: str, *, at: datetime, after: int) -> int | None:
    """The step whose code this is, or None.

    `after` is the step of the last code that was accepted: neither it nor an earlier one counts
    again, so a code that somebody saw being typed is worth nothing.
    """
    for step in _steps_that_count(at, after):
        if strings_equal(code_of_step(secret, step), code):
            return step
    return None


def next_code(secret: str, *, at: datetime, after: int) -> str | None:
    """A code that counts for another half minute at least; None until there is one again.

    The code of the last half minute would do as well, but may lapse while it is being typed.
    """
    steps = [step for step in _steps_that_count(at, after) if step >= step_at(at)]
    return code_of_step(secret, steps[0]) if steps else None


def _steps_that_count(at: datetime, after: int) -> range:
    now = step_at(at)
    return range(max(now - STEPS_OF_DRIFT, after + 1), now + STEPS_OF_DRIFT + 1)


def normalised_code(typed: str) -> str:
    """The digits of a code however it was typed: in groups, or in the digits of any script."""
    digits = (unicodedata.digit(letter, None) for letter in typed)
    return "".join(str(digit) for digit in digits if digit is not None)


def is_recovery_code(typed: str) -> bool:
    """Whether this has the length of a recovery code."""
    return len(normalised_code(typed)) == RECOVERY_GROUPS * DIGITS_PER_GROUP


def new_recovery_codes() -> tuple[str, ...]:
    """Codes for whoever has lost their app, each like "04725-91830-66142-50937"."""
    return tuple(_new_recovery_code() for _ in range(RECOVERY_CODES))


def _new_recovery_code() -> str:
    groups = (
        "".join(secrets.choice("0123456789") for _ in range(DIGITS_PER_GROUP))
        for _ in range(RECOVERY_GROUPS)
    )
    return "-".join(groups)

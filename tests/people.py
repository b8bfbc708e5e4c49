"""The people of these stories, as they are added behind the pages."""

from __future__ import annotations

from training.accounts import records as accounts
from training.accounts.models import Person, Role
from training.accounts.passwords import hash_password

PASSWORD = "seven herons waded past the mill"


def add_person(name: str, *roles: Role) -> Person:
    """Add somebody: `add_person("Ines", Role.RATER)`."""
    return accounts.add_person(
        email=f"{name.lower().replace(' ', '.')}@example.org",
        name=name,
        roles=roles,
        by=None,
        password_hash=hash_password(PASSWORD),
    )

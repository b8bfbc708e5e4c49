"""Marks of contents, for addresses that change when what they lead to does."""

from __future__ import annotations

import hashlib


def mark_of(content: str | bytes) -> str:
    """Ten digits that another content would not have."""
    data = content.encode() if isinstance(content, str) else content
    return hashlib.sha256(data).hexdigest()[:10]

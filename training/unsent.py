"""What somebody typed into a form that could not be taken: given back, so that it can be copied."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

# By a part of their names: what nobody typed, and what must not stand on a page.
LEFT_OUT = ("before", "carried", "code", "csrf", "digest", "made_id", "password")
NEVER_TYPED = frozenset({"next", "revision", "version"})


def given_back(
    title: str, reason: object, typed: str | None, *, back: str, back_address: str
) -> Response | tuple[str, int]:
    """Where an act that came too late, or second, leads: with the reason, and with what was typed.

    Whoever typed nothing is led back at once.
    """
    if not typed:
        flash(str(reason), "warning")
        return redirect(back_address)
    page = render_template(
        "not_taken.html",
        title=title,
        reason=reason,
        typed=typed,
        back=back,
        back_address=back_address,
    )
    return page, 409


def unsent_text() -> str:
    """The fields of the form that was sent, one after the other; empty where there is none.

    Only for whoever sent it from a page of ours: no other site can make us show its own text.
    """
    if not came_from_here():
        return ""
    fields = (
        (name, value.replace("\x00", "").strip())
        for name, value in request.form.items(multi=True)
        if name not in NEVER_TYPED and not any(part in name for part in LEFT_OUT)
    )
    return "\n\n".join(f"{name}: {value}" for name, value in fields if value)


def page_it_came_from() -> str | None:
    """The address of the form that was sent, without the host; None where nobody says so."""
    if not came_from_here() or not request.referrer:
        return None
    parts = urlsplit(request.referrer)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def came_from_here() -> bool:
    """Whether a browser says that one of our own pages sent this."""
    said = request.headers.get("Origin") or request.referrer or ""
    return said == request.host_url.rstrip("/") or said.startswith(request.host_url)

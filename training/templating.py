"""What every template may use: filters, the navigation, addresses of static files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from babel import Locale, numbers
from flask import Flask, current_app, request, url_for
from flask_babel import format_date, format_datetime, format_time, get_locale
from flask_login import current_user
from jinja2 import FileSystemBytecodeCache

from training import kept_files, scripts, style_sheet
from training.accounts.models import Role
from training.accounts.records import Identity
from training.charts.crossing import bundle_height, crossing
from training.charts.text_stack import spread, stacked
from training.clock import now
from training.config import Config
from training.extensions import bootstrap
from training.languages import INCOMPLETE_LANGUAGES, LANGUAGES, ngettext, selected_language
from training.languages import lazy_gettext as _l
from training.library.figures import lesson_parts
from training.library.glossary_filter import glossed
from training.library.reading_words import reading_words
from training.library.schema.extracts import cells_of
from training.library.turn_numbers import run_text, runs_of
from training.marks import mark_of
from training.rendered_texts import html_of
from training.windows import TimeLeft, time_left

FIGURES_KEPT = 5000  # as text; a table of raters shows the same shares over and over


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the navigation, and the roles that see it; no roles means everybody.

    further   blueprints and single endpoints whose pages belong to it beside those of its own.
    """

    label: object
    endpoint: str
    roles: frozenset[Role] = frozenset()
    further: frozenset[str] = frozenset()

    def is_for(self, person: Identity) -> bool:
        return not self.roles or person.has_role(*self.roles)

    @property
    def parts(self) -> frozenset[str]:
        """Blueprints and endpoints of the pages that belong to it."""
        return self.further | {self.endpoint.partition(".")[0]}


NAVIGATION = (
    Link(_l("Home"), "home.home", further=frozenset({"contests", "deadlines", "key_health"})),
    Link(_l("Modules"), "modules.overview", further=frozenset({"review", "completion"})),
    Link(
        _l("Practice"),
        "calibration.practice",
        further=frozenset(
            {"exercises", "looking_back", "turn_notes", "contests.mine", "contests.contest"}
        ),
    ),
    Link(_l("Certification"), "certification.overview", frozenset({Role.RATER})),
    Link(_l("Instruments"), "library.instruments"),
    Link(_l("Manuals"), "manuals.overview"),
    Link(
        _l("Panels"),
        "panels.overview",
        frozenset({Role.EXPERT, Role.CERTIFIER, Role.ADMINISTRATOR}),
        frozenset({"panel_reports", "panel_imports", "consensus"}),
    ),
    Link(
        _l("Cohorts"),
        "cohorts.overview",
        frozenset({Role.TRAINER}),
        frozenset({"cohort_exports", "cohort_pictures", "guidance"}),
    ),
    Link(
        _l("Certifying"),
        "certifying.queue",
        frozenset({Role.CERTIFIER}),
        frozenset({"appeals", "closing", "content_previews", "key_changes"}),
    ),
    Link(_l("Workbench"), "workbench.overview", frozenset({Role.CERTIFIER, Role.TRAINER})),
    Link(
        _l("Administration"),
        "administration.overview",
        frozenset({Role.ADMINISTRATOR}),
        frozenset({"content_previews", "trail_checkpoints"}),
    ),
)


def init_app(app: Flask, config: Config) -> None:
    """Give templates their filters and what every page shows."""
    bootstrap.init_app(app)
    style_sheet.init_app(app)
    scripts.init_app(app)
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    kept = _kept_folder(config.template_cache_path)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(kept)) if kept else None
    kept_files.init_app(app, kept)
    app.jinja_env.filters.update(
        markdown=html_of,
        glossed=glossed,
        lesson_parts=lesson_parts,
        cells=cells_of,
        reading_words=reading_words,
        run_text=run_text,
        runs_of=runs_of,
        day=format_day,
        moment=format_moment,
        clock=format_clock,
        duration=format_duration,
        time_left=time_left_now,
        number=format_number,
        share=format_share,
        signed=format_signed,
    )
    app.jinja_env.globals["_attributes"] = input_attributes
    app.jinja_env.globals.update(
        stacked=stacked, spread=spread, crossing=crossing, bundle_height=bundle_height
    )
    app.context_processor(_on_every_page)


def _kept_folder(folder: Path | None) -> Path | None:
    """Where lies what is compiled and rendered once for all processes, not by each at first visit.

    None where there is no folder to write to: then each process does it for itself.
    """
    if folder is None:
        return None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


def _current_link(links: Sequence[Link]) -> Link | None:
    """The entry that the page shown belongs to; one that names the page before one of its part."""
    for part in (request.endpoint, request.blueprint):
        for link in links:
            if part in link.parts:
                return link
    return None


def _on_every_page() -> dict[str, object]:
    config: Config = current_app.extensions["config"]
    person = current_user.person if current_user.is_authenticated else None
    navigation = [link for link in NAVIGATION if person and link.is_for(person)]
    return {
        "person": person,
        "navigation": navigation,
        "current_link": _current_link(navigation),
        "body_name": config.body_name,
        "is_demonstration": config.is_demonstration,
        "languages": LANGUAGES,
        "incomplete_languages": INCOMPLETE_LANGUAGES,
        "language": selected_language(),
        "asset": asset,
        "Role": Role,
    }


def input_attributes(
    described_by: list[str], errors: object, further: dict[str, object]
) -> dict[str, object]:
    """The attributes that tie an input to its hint and its error."""
    attributes = dict(further)
    if described_by:
        attributes["aria-describedby"] = " ".join(described_by)
    if errors:
        attributes["aria-invalid"] = "true"
    return attributes


def asset(filename: str) -> str:
    """The address of a static file, which changes when its content does."""
    return url_for("static", filename=filename, v=_fingerprint(current_app.static_folder, filename))


@lru_cache(maxsize=100)
def _fingerprint(folder: str | None, filename: str) -> str:
    return mark_of(Path(folder or "", filename).read_bytes())


def format_day(moment: datetime | None) -> str:
    """A day in the reader's language, or nothing."""
    return format_date(moment, "d MMMM y") if moment else ""


def format_moment(moment: datetime | None) -> str:
    """Day and time with its zone, which is always UTC."""
    return f"{format_datetime(moment, 'd MMM y, HH:mm')} UTC" if moment else ""


def format_clock(moment: datetime | None) -> str:
    """The time of day, for "saved 20:05"."""
    return format_time(moment, "HH:mm") if moment else ""


def format_duration(minutes: int) -> str:
    """A length of time in hours and minutes, "7 hours 50 minutes"."""
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(ngettext("%(num)d hour", "%(num)d hours", hours))
    if rest or not hours:
        parts.append(ngettext("%(num)d minute", "%(num)d minutes", rest))
    return " ".join(parts)


def time_left_now(closes_at: datetime) -> TimeLeft:
    """How long it is until a window closes."""
    return time_left(closes_at, now())


def format_number(value: float | None, digits: int = 2) -> str:
    """A figure with its digits; a dash where there is none."""
    if value is None:
        return "–"
    return _decimal(_rounded(value, digits), digits, get_locale())


def _rounded(value: float, digits: int) -> float:
    # Plus zero, because minus zero would be shown with its sign, and kept for zero too.
    return round(value, digits) + 0.0


@lru_cache(maxsize=FIGURES_KEPT)
def _decimal(value: float, digits: int, locale: Locale | None) -> str:
    pattern = "0." + "0" * digits if digits else "0"
    return str(numbers.format_decimal(value, pattern, locale=locale))


def format_share(value: float | None, digits: int = 0) -> str:
    """A share between 0 and 1 as a percentage with its digits; a dash where there is none."""
    return "–" if value is None else _percentage(_rounded(value, digits + 2), digits, get_locale())


@lru_cache(maxsize=FIGURES_KEPT)
def _percentage(value: float, digits: int, locale: Locale | None) -> str:
    pattern = "0." + "0" * digits + "%" if digits else "0%"
    return str(numbers.format_percent(value, pattern, locale=locale))


def format_signed(value: float | None, digits: int = 2) -> str:
    """A difference with its sign: + is lenient, − is severe."""
    if value is None:
        return "–"
    rounded = round(value, digits)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else "±"
    return sign + _decimal(abs(rounded), digits, get_locale())

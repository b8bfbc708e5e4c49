"""How the keys in use stand the test of their ratings: the list, one key, and the file."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from training.access import role_required, signed_in_person
from training.accounts.models import Role
from training.keys.health import (
    records as health_records,
)
from training.keys.health import (
    table as health_table,
)
from training.keys.health import (
    wording as health_wording,
)
from training.keys.health.records import InstrumentHealth
from training.keys.in_use import KeyInUse, find_key_in_use
from training.keys.models import Occasion
from training.keys.reader_records import KeptKeyError, choose_to_see, reader_of
from training.keys.readers import Barrier, KeyReader
from training.library import records as library
from training.library.records import Version
from training.library.schema import RATED_POOLS, Instrument
from training.psychometrics.key_health.verdicts import Thresholds, Verdict

key_health = Blueprint("key_health", __name__)

READING_ROLES = (Role.CERTIFIER, Role.ADMINISTRATOR, Role.EXPERT)

Page = str | Response | tuple[str, int]


def asked_instrument() -> Version[Instrument]:
    """The instrument named in the address, else the first; 404 where there is no such one."""
    published = library.instruments()
    slug = request.args.get("instrument", published[0].slug if published else "")
    return instrument_or_404(slug)


def instrument_or_404(slug: str) -> Version[Instrument]:
    return library.find_instrument(slug) or abort(404)


def rated_key_or_404(slug: str) -> KeyInUse:
    """The key in use of a vignette that is rated whole."""
    found = find_key_in_use(slug)
    if found is None or found.vignette.document.pool not in RATED_POOLS:
        abort(404)
    return found


def may_choose(reader: KeyReader, barrier: Barrier) -> bool:
    """Whether they may choose to see this key. A rater may be certified on it one day."""
    return barrier is Barrier.UNSEEN and not reader.is_rater


@key_health.get("/keys/health")
@role_required(*READING_ROLES)
def overview() -> Page:
    health = health_records.health_of(asked_instrument())
    reader = reader_of(signed_in_person())
    keys = {item.vignette.slug: item.vignette for item in health.items}
    barriers = reader.barriers_to(keys)
    shown = [item for item in health.items if item.vignette.slug not in barriers]
    verdicts = [
        (key, health_records.verdict_counts(health.of(slug)))
        for slug, key in keys.items()
        if slug not in barriers
    ]
    return render_template(
        "keys/health.html",
        health=health,
        instruments=library.instruments(),
        notable=[item for item in shown if item.stands_out],
        has_drift=any(
            drift.lean.is_defined or drift.since_certification.is_defined for drift in health.drifts
        ),
        has_enough=any(item.cell.verdict is not Verdict.TOO_FEW for item in shown),
        judged=[(key, numbers) for key, numbers in verdicts if _says_something(numbers)],
        unjudged=[key for key, numbers in verdicts if not _says_something(numbers)],
        unseen=[keys[slug] for slug in barriers],
        barriers=barriers,
        may_choose=not reader.is_rater,
        **_words(),
    )


@key_health.route("/keys/health/<slug>", methods=["GET", "POST"])
@role_required(*READING_ROLES)
def detail(slug: str) -> Page:
    """One key with its ratings and the ratings given instead. Who looks at it has seen the key."""
    key = rated_key_or_404(slug)
    person = signed_in_person()
    reader = reader_of(person)
    if barrier := reader.barrier_to(slug):
        if not may_choose(reader, barrier):
            return _opening_page(key, reader, barrier), 403
        if request.method == "GET":
            return _opening_page(key, reader, barrier)
    try:
        choose_to_see(person, slug, Occasion.KEY_HEALTH)
    except KeptKeyError:  # they were seated a moment ago
        return _opening_page(key, reader, Barrier.PANEL), 403
    if request.method == "POST":
        return redirect(url_for("key_health.detail", slug=slug))
    instrument = library.get_instrument(key.key.document.instrument)
    return _detail_page(key, health_records.health_of(instrument))


@key_health.get("/keys/health/instruments/<slug>/table.csv")
@role_required(*READING_ROLES)
def table(slug: str) -> Page:
    """The whole table, of the keys that this reader may see."""
    health = health_records.health_of(instrument_or_404(slug))
    person = signed_in_person()
    barriers = reader_of(person).barriers_to({item.vignette.slug for item in health.items})
    items = [item for item in health.items if item.vignette.slug not in barriers]
    health_records.note_export(health.instrument.slug, items=len(items), by=person)
    response = make_response(health_table.csv_of(items))
    response.mimetype = "text/csv"
    name = f"key-health-{health.instrument.slug}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _says_something(numbers: Mapping[Verdict, int]) -> bool:
    """Whether there is a verdict on any item of a key."""
    return any(count for verdict, count in numbers.items() if verdict is not Verdict.TOO_FEW)


def _opening_page(key: KeyInUse, reader: KeyReader, barrier: Barrier) -> str:
    """What it means to see a key, or why it is not shown."""
    return render_template(
        "keys/health_opening.html",
        vignette=key.vignette.document,
        barrier=barrier,
        may_choose=may_choose(reader, barrier),
    )


def _detail_page(key: KeyInUse, health: InstrumentHealth) -> str:
    return render_template(
        "keys/health_detail.html",
        key=key,
        health=health,
        items=health.of(key.slug),
        drifts={drift.item: drift for drift in health.drifts},
        **_words(),
    )


def _words() -> dict[str, object]:
    return {"words": health_wording, "Verdict": Verdict, "limits": Thresholds()}

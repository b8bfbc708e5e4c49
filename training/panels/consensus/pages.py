"""The pages of round two, filled with what belongs on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, jsonify, make_response, render_template, request, url_for

from training.access import signed_in_person
from training.accounts import reauthentication
from training.accounts.models import Person
from training.charts.spread_strip import SpreadRow, SpreadStrip, build_spread_strip
from training.clock import now
from training.keys.readers import Barrier
from training.languages import gettext as _
from training.library import records as library
from training.library.reading_words import reading_words
from training.library.turn_numbers import in_runs
from training.panels.consensus import wording
from training.panels.consensus.forms import (
    ConsensusForm,
    PositionForm,
    SignKeyForm,
    consensus_form,
    position_form,
)
from training.panels.consensus.key_documents import digest_of_key
from training.panels.consensus.ratification import (
    key_to_sign,
    obstacle_of,
    with_signatures_that_hold,
)
from training.panels.consensus.records import (
    Discussion,
    ExpertOnItem,
    ItemInDiscussion,
    discussions_of,
    find_own_seat,
    is_chair,
    is_member,
    seated,
)
from training.panels.consensus.rules import Consensus, Standpoint, mark_of
from training.panels.models import Panel

Mark = dict[str, object]


@dataclass(frozen=True, slots=True)
class Versions:
    """One field of which there are two versions."""

    label: str
    mine: str
    stored: str


def places_of(panel: Panel, person: Person) -> frozenset[int]:
    """The experts whose positions this person may write: their own, or everybody's as the chair."""
    if is_chair(panel, person):
        return frozenset(seat.place for seat in seated(panel))
    own = find_own_seat(panel, person)
    return frozenset() if own is None else frozenset({own.place})


def item_address(discussion: Discussion, item: int, anchor: str = "") -> str:
    return url_for(
        "consensus.item",
        panel_id=discussion.panel.id,
        position=discussion.row.position,
        item=item,
        _anchor=anchor or None,
    )


def barred_page(panel: Panel, barriers: Mapping[str, Barrier]) -> Response:
    """Why somebody who looks on is not shown the discussion; some may choose to see it."""
    may_choose = set(barriers.values()) == {Barrier.UNSEEN}
    titles = {
        row.vignette_slug: library.vignette_version(row.vignette_document_id).document.title
        for row in panel.vignettes
    }
    page = render_template(
        "panels/consensus_barred.html",
        panel=panel,
        barriers=barriers,
        titles=titles,
        may_choose=may_choose,
    )
    return make_response(page, 200 if may_choose else 403)


def overview_page(panel: Panel, discussions: list[Discussion]) -> str:
    """Every vignette with its items, and what is missing before it can be signed."""
    person = signed_in_person()
    return render_template(
        "panels/consensus_overview.html",
        panel=panel,
        discussions=discussions,
        strips={each.row.id: _strip(each, list(each.items.values())) for each in discussions},
        is_member=is_member(panel, person),
        is_chair=is_chair(panel, person),
        wording=wording,
    )


def item_page(
    discussion: Discussion,
    number: int,
    *,
    position: PositionForm | None = None,
    place: int | None = None,
    consensus: ConsensusForm | None = None,
) -> str:
    """The item at hand; a form that was refused is shown as it was typed, with its place."""
    panel, person = discussion.panel, signed_in_person()
    entry = discussion.items[number]
    instrument = discussion.instrument.document
    can_record = discussion.is_open and is_chair(panel, person)
    numbers = list(discussion.items)
    at = numbers.index(number)
    return render_template(
        "panels/consensus_item.html",
        panel=panel,
        discussion=discussion,
        vignette=discussion.vignette.document,
        instrument=instrument,
        entry=entry,
        previous=numbers[at - 1] if at else None,
        following=numbers[at + 1] if at + 1 < len(numbers) else None,
        strip=_strip_of_item(entry),
        absent=[seat for seat in seated(panel) if entry.find_expert(seat.place) is None],
        marked=_marks(entry),
        position_forms=_position_forms(discussion, entry, position, place),
        refused=position or consensus,
        consensus_form=(consensus or consensus_form(entry, instrument.scale))
        if can_record
        else None,
        is_shown=(panel.current_position, panel.current_item) == (discussion.row.position, number),
        is_chair=is_chair(panel, person),
        is_member=is_member(panel, person),
        wording=wording,
    )


def _position_forms(
    discussion: Discussion,
    entry: ItemInDiscussion,
    refused: PositionForm | None,
    place: int | None,
) -> dict[int, PositionForm]:
    """By place, the forms this person may fill in; none once the key is ratified."""
    if not discussion.is_open:
        return {}
    places = places_of(discussion.panel, signed_in_person())
    forms = {
        expert.seat.place: position_form(expert, discussion.instrument.document.scale)
        for expert in entry.experts
        if expert.seat.place in places
    }
    return forms | ({place: refused} if refused and place is not None else {})


def _strip(discussion: Discussion, entries: list[ItemInDiscussion]) -> SpreadStrip:
    """Where the experts stand on each item, after discussion where it took place."""
    return build_spread_strip(
        [
            SpreadRow(
                label=f"{entry.number}. {entry.item.short_name}",
                ratings={stance.place: stance.final for stance in entry.stances},
                words=f"{wording.range_text(entry.range)}; {wording.item_text(entry)}",
                accepted=entry.consensus.accepted if entry.consensus else (),
                address=item_address(discussion, entry.number),
            )
            for entry in entries
        ],
        scale=discussion.frame.scores,
    )


def _strip_of_item(entry: ItemInDiscussion) -> SpreadStrip:
    """Round one above, where the experts stand now below."""
    first = [stance.first for stance in entry.stances]
    return build_spread_strip(
        [
            SpreadRow(
                label=_("Round one"),
                ratings={stance.place: stance.first for stance in entry.stances},
                words=wording.range_of_ratings(first),
            ),
            SpreadRow(
                label=_("After discussion"),
                ratings={stance.place: stance.final for stance in entry.stances},
                words=wording.range_text(entry.range),
                accepted=entry.consensus.accepted if entry.consensus else (),
            ),
        ],
        scale=entry.frame.scores,
    )


def _marks(entry: ItemInDiscussion) -> dict[int, list[Mark]]:
    """Beside each turn, which experts rest their rating on it, and whether the consensus does."""
    marks: dict[int, list[Mark]] = {}
    for turn in range(1, entry.frame.turns + 1):
        links = [
            {"text": str(expert.seat.place), "anchor": f"expert-{expert.seat.place}"}
            for expert in entry.experts
            if turn in expert.first.evidence
        ]
        beside: list[Mark] = []
        if links:
            beside.append({"text": _("experts"), "links": links, "by": "experts"})
        if entry.consensus is not None and turn in entry.consensus.evidence:
            beside.append({"text": _("consensus"), "anchor": "consensus", "by": "both"})
        if beside:
            marks[turn] = beside
    return marks


def position_conflict_page(
    discussion: Discussion,
    item: int,
    expert: ExpertOnItem,
    form: PositionForm,
    stored: Standpoint | None,
    *,
    is_over: bool = False,
) -> str:
    """Two versions of where an expert stands."""
    mine = form.standpoint
    stored_text = wording.rating_text(stored.score) if stored else "–"
    rows = [
        Versions(_("Position"), wording.rating_text(mine.score), stored_text),
        Versions(_("Reason for dissenting"), mine.reason, stored.reason if stored else ""),
    ]
    address = url_for(
        "consensus.record_position",
        panel_id=discussion.panel.id,
        position=discussion.row.position,
        item=item,
        place=expert.seat.place,
    )
    return _conflict_page(discussion, item, form, rows, stored, address, is_over=is_over)


def consensus_conflict_page(
    discussion: Discussion,
    item: int,
    form: ConsensusForm,
    stored: Consensus | None,
    *,
    is_over: bool = False,
) -> str:
    """Two versions of what was agreed."""
    mine = form.consensus
    none = Consensus(mine.kind)
    before = stored or none
    rows = [
        Versions(_("Agreed"), wording.consensus_text(mine), wording.consensus_text(stored)),
        Versions(_("Reason"), mine.reason, before.reason),
        Versions(
            reading_words(discussion.frame).evidence,
            in_runs(mine.evidence),
            in_runs(before.evidence),
        ),
    ]
    address = url_for(
        "consensus.record_consensus",
        panel_id=discussion.panel.id,
        position=discussion.row.position,
        item=item,
    )
    return _conflict_page(discussion, item, form, rows, stored, address, is_over=is_over)


def _conflict_page(
    discussion: Discussion,
    item: int,
    form: PositionForm | ConsensusForm,
    rows: list[Versions],
    stored: Consensus | Standpoint | None,
    address: str,
    *,
    is_over: bool,
) -> str:
    return render_template(
        "panels/consensus_conflict.html",
        panel=discussion.panel,
        discussion=discussion,
        entry=discussion.items[item],
        rows=rows,
        fields=[field for field in form if field.short_name not in ("started_from", "csrf_token")],
        started_from=(form.started_from.name, mark_of(stored)),
        address=address,
        back=item_address(discussion, item),
        is_over=is_over,
    )


def ratify_page(discussion: Discussion, form: SignKeyForm) -> str:
    """Everything that is signed, and the form to sign it."""
    person = signed_in_person()
    lacks = discussion.lacks if discussion.is_open else ()
    digest = None
    if discussion.is_open and not lacks:
        discussion = with_signatures_that_hold(discussion)
        digest = digest_of_key(key_to_sign(discussion, on=now().date()))
    elif discussion.row.key_document_id is not None:
        digest = library.key_version(discussion.row.key_document_id).digest
    obstacle = obstacle_of(discussion, person)
    return render_template(
        "panels/consensus_ratify.html",
        panel=discussion.panel,
        discussion=discussion,
        vignette=discussion.vignette.document,
        lacks=lacks,
        digest=digest,
        obstacle=wording.OBSTACLES[obstacle] if obstacle else None,
        has_signed=person.id in {each.person_id for each in discussion.signatures},
        can_sign=discussion.is_open and not lacks and obstacle is None,
        form=form,
        demonstration_hint=reauthentication.demonstration_hint(person),
        wording=wording,
    )


def live_answer(panel: Panel) -> Response:
    """Where the panel is and how far; 304 for whoever knows it already."""
    tag = f"{panel.state.value}-{panel.revision}"
    # What compresses the answer adds its own name to the tag.
    known = {each.partition(":")[0] for each in request.if_none_match.as_set()}
    response = make_response("", 304) if tag in known else jsonify(_live(panel))
    response.set_etag(tag)
    return response


def _live(panel: Panel) -> dict[str, object]:
    discussions = {each.row.position: each for each in discussions_of(panel)}
    current = discussions.get(panel.current_position or 0)
    return {
        "revision": panel.revision,
        "position": panel.current_position,
        "item": panel.current_item,
        "title": current.vignette.document.title if current else None,
        "address": item_address(current, panel.current_item or 0)
        if current and panel.current_item
        else None,
        "states": {
            str(position): {
                str(number): entry.state.value for number, entry in discussion.items.items()
            }
            for position, discussion in discussions.items()
        },
    }

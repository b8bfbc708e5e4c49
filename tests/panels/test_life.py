"""The life of a panel: Cleo opens it, sees to it, and reminds whoever is late."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.pack import CERTIFICATION, PRACTICE, small_pack
from tests.pages import Page, PersonClient
from tests.panels.life import (
    draft_of,
    letters_to,
    opened_panel,
    rate,
    read_panel,
    submit,
    ten_days_pass,
)
from tests.panels.stories import make_experts
from training.accounts import records as accounts
from training.accounts.models import Person, Role
from training.audit.models import AuditEntry
from training.audit.trail import Act
from training.calibration.records import SubmitState
from training.clock import now
from training.database import db, write_transaction
from training.keys.models import Occasion
from training.keys.sights import note_keys_seen
from training.library import records as library
from training.library.reading import Pack
from training.mail.models import Letter
from training.panels import records, round_one
from training.panels.models import Panel, PanelOrigin, PanelSeat, PanelState
from training.panels.reminders import send_reminders
from training.panels.rules import (
    OpeningFault,
    ReminderKind,
    due_reminder,
    experts_needed,
    faults_of_opening,
    is_complete,
    may,
    short_of_ratings,
)
from training.panels.rules import PanelAct as Doing

BrowserOf = Callable[[Person], PersonClient]
SLUG = PRACTICE[0]
DUE = datetime(2027, 3, 10, 23, 59, tzinfo=UTC)


@pytest.fixture
def experts(make_person: Callable[..., Person]) -> list[Person]:
    return make_experts(make_person)


@pytest.fixture
def panel_id(app: Flask, experts: list[Person], cleo: Person) -> uuid.UUID:
    """A panel of three; Ilse chairs it without a seat."""
    return opened_panel(app, experts[:3], chair=experts[4], by=cleo)


def acts(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.sequence)))


# Rules


def test_a_panel_needs_three_independent_experts_for_every_vignette_of_one_instrument() -> None:
    one = {"a": "x", "b": "x"}
    assert faults_of_opening(one, [1, 2, 3], {"a": [4]}, chair=9) == ()
    (fault,) = faults_of_opening(one, [1, 2, 3], {"a": [3]}, chair=9)
    assert (fault.fault, fault.vignette) == (OpeningFault.TOO_FEW_INDEPENDENT, "a")
    assert faults_of_opening(one, [1, 2, 3, 4], {"a": [3]}, chair=9) == ()
    faults = faults_of_opening({"a": "x", "b": "y"}, [1, 2], {}, chair=9)
    assert [each.fault for each in faults] == ["several-instruments", "too-few-experts"]
    assert faults_of_opening({}, [1, 2, 3], {}, chair=9)[0].fault is OpeningFault.NO_VIGNETTE


def test_who_has_seen_a_key_does_not_chair_the_panel_that_makes_it_anew() -> None:
    (fault,) = faults_of_opening({"a": "x", "b": "x"}, [1, 2, 3], {"b": [9]}, chair=9)
    assert (fault.fault, fault.vignette) == (OpeningFault.CHAIR_SAW_KEY, "b")


def test_a_round_is_complete_when_all_are_in_and_no_vignette_has_fewer_than_three() -> None:
    assert is_complete({1: [True] * 3, 2: [True] * 5})
    assert not is_complete({1: [True] * 3, 2: [True, True, True, False]})
    assert not is_complete({1: [True, True]})
    assert short_of_ratings({1: [True] * 3 + [False], 2: [True, True, False], 3: []}) == (2, 3)


@pytest.mark.parametrize(
    ("able", "more"), [([], 0), ([3], 0), ([5, 3], 0), ([2], 1), ([4, 1], 2), ([0, 2], 3)]
)
def test_a_panel_needs_as_many_more_experts_as_its_poorest_vignette(
    able: list[int], more: int
) -> None:
    assert experts_needed(able) == more


def test_what_may_be_done_depends_on_the_state() -> None:
    assert all(may(act, "rating") for act in Doing)
    assert {act for act in Doing if may(act, "consensus")} == {Doing.CHANGE_CHAIR, Doing.CANCEL}
    assert not any(may(act, state) for act in Doing for state in ("ended", "cancelled"))


@pytest.mark.parametrize(
    ("at", "kind"),
    [
        (datetime(2027, 3, 6, 23, 59, tzinfo=UTC), None),
        (datetime(2027, 3, 7, 0, 0, tzinfo=UTC), ReminderKind.DUE_SOON),
        (datetime(2027, 3, 10, 12, 0, tzinfo=UTC), ReminderKind.DUE_SOON),
        (DUE, None),
        (datetime(2027, 3, 11, 6, 0, tzinfo=UTC), ReminderKind.OVERDUE),
        (datetime(2027, 3, 18, 0, 0, tzinfo=UTC), None),
    ],
)
def test_reminders_come_three_days_before_and_the_day_after(
    at: datetime, kind: ReminderKind | None
) -> None:
    reminder = due_reminder(DUE, at=at)
    assert (reminder.kind if reminder else None) is kind


# Opening


def fields(people: list[Person], **changed: object) -> dict[str, object]:
    due = (now() + timedelta(days=14)).date().isoformat()
    return {
        "title": "Spring panel",
        "vignettes": [SLUG, CERTIFICATION[0]],
        "experts": [str(expert.id) for expert in people],
        "chair": str(people[0].id),
        "due": due,
    } | changed


def test_a_chair_who_knows_a_key_is_refused_at_opening_and_as_a_new_one_and_told_why(
    app: Flask,
    experts: list[Person],
    cleo: Person,
    make_person: Callable[..., Person],
    browser_of: BrowserOf,
) -> None:
    noor = make_person("Noor", Role.EXPERT)
    with app.app_context():
        note_keys_seen(noor.id, [SLUG], Occasion.CONTEST)
    browser = browser_of(cleo)
    page = browser.post_page("/panels/new", fields(experts, chair=str(noor.id)), expect=422)
    assert "the chair has seen its key" in page.text
    panel_id = opened_panel(app, experts, chair=experts[0], by=cleo)
    address = f"/panels/{panel_id}/chair"
    title = "“The story of practice-one”"
    choice = browser.get_page(address).soup.select_one(f"option[value='{noor.id}']")
    assert choice is not None
    assert choice.text == f"Noor · has seen the key of {title}"
    page = browser.post_page(address, {"expert": str(noor.id)}, follow=True)
    assert f"They have seen the key of {title}, so somebody else should chair it." in page.text
    assert read_panel(app, panel_id, lambda panel: panel.chair_id) == experts[0].id


def test_cleo_opens_a_panel_and_everybody_on_it_gets_a_letter(
    app: Flask, experts: list[Person], cleo: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(cleo)
    page = browser.get_page("/panels/new")
    assert "The story of practice-one" in page.text
    assert "key authored" in page.text
    assert "canary" not in page.html
    chosen = {"made_id": str(page.soup.select_one("input[name=made_id]")["value"])}  # type: ignore[index]
    browser.post_page("/panels/new", fields(experts) | chosen)
    page = browser.post_page("/panels/new", fields(experts) | chosen, follow=True)
    assert page.heading == "Spring panel"
    assert page.text.count("not yet") >= 2 * len(experts)
    assert letters_to(app, experts[0]) == [
        "You are invited to the panel “Spring panel”",
        "You chair the panel “Spring panel”",
    ]
    assert [act for act in acts(app) if act in (Act.PANEL_OPENED, Act.EXPERT_INVITED)] == [
        Act.PANEL_OPENED,
        *[Act.EXPERT_INVITED] * len(experts),
    ]
    with app.app_context():
        panel = db.session.scalars(select(Panel)).one()
        assert [seat.place for seat in panel.seats] == [1, 2, 3, 4, 5]
        assert [each.vignette_slug for each in panel.vignettes] == [SLUG, CERTIFICATION[0]]


def test_a_form_with_nothing_filled_in_is_told_all_that_is_missing_at_once(
    experts: list[Person], cleo: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(cleo)
    page = browser.post_page("/panels/new", {}, expect=422)
    missing = [link.get_text() for link in page.soup.select(".error-summary a")]
    assert missing == [  # in the order of the page
        "Give the panel a name.",
        "Choose at least one vignette.",
        "Choose at least 3 experts; 5 are advised.",
        "Choose an expert.",
        "Enter a date.",
    ]
    page = browser.post_page("/panels/new", fields(experts[:2], title=""), expect=422)
    assert "Give the panel a name." in page.errors
    assert "Choose at least 3 experts" in page.errors


def test_what_is_wrong_with_a_panel_is_said_and_nothing_typed_is_lost(
    app: Flask, experts: list[Person], cleo: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(cleo)

    def refused(**changed: object) -> Page:
        page = browser.post_page("/panels/new", fields(experts, **changed), expect=422)
        assert page.soup.select_one("input[name=due][value]")
        return page

    assert "Give the panel a name." in refused(title=" ").errors
    assert "Choose at least one vignette." in refused(vignettes=[]).errors
    assert "Choose at least 3 experts" in refused(experts=[str(experts[0].id)]).errors
    twice = [str(experts[0].id)] * 3 + [str(experts[1].id)] * 2
    assert "Choose at least 3 experts" in refused(experts=twice).errors
    assert "Choose today or a later day." in refused(due="2020-01-01").errors
    assert "Choose an expert." in refused(chair="").errors
    with app.app_context():
        for expert in experts[:3]:
            note_keys_seen(expert.id, [SLUG], Occasion.DOSSIER)
    page = refused()
    assert "“The story of practice-one”: fewer than 3 of these experts" in page.errors
    assert page.text.count("has seen the key of “The story of practice-one”") == 3
    assert len(page.soup.select("input[name=experts][checked]")) == len(experts)
    assert page.soup.select_one("input[value='Spring panel']")
    with app.app_context():
        assert db.session.scalars(select(Panel)).all() == []


def test_an_expert_who_is_sent_twice_is_seated_and_invited_once(
    app: Flask, experts: list[Person], cleo: Person, browser_of: BrowserOf
) -> None:
    sent = [str(experts[place].id) for place in (1, 0, 1, 2)]
    page = browser_of(cleo).post_page("/panels/new", fields(experts, experts=sent), follow=True)
    assert page.heading == "Spring panel"
    with app.app_context():
        (panel,) = db.session.scalars(select(Panel))
        assert [seat.name for seat in panel.seats] == [experts[n].name for n in (1, 0, 2)]
    assert len(letters_to(app, experts[1])) == 1


def test_an_expert_is_asked_only_where_they_are_independent(
    app: Flask, experts: list[Person], cleo: Person, browser_of: BrowserOf
) -> None:
    with app.app_context():
        note_keys_seen(experts[3].id, [SLUG], Occasion.DOSSIER)
    slugs = [SLUG, PRACTICE[1]]
    panel_id = opened_panel(app, experts[:4], chair=experts[0], by=cleo, slugs=slugs)
    assert "not asked: has seen the key" in browser_of(cleo).get_page(f"/panels/{panel_id}").text
    own = browser_of(experts[3]).get_page("/panels")
    assert "practice-two" in own.text
    assert "practice-one" not in own.text
    rate(app, panel_id, *experts[:3], slug=SLUG)
    rate(app, panel_id, *experts[:4], slug=PRACTICE[1])
    assert read_panel(app, panel_id, lambda panel: panel.state) is PanelState.CONSENSUS


# Who sees what


def test_everybody_sees_only_what_is_theirs(
    app: Flask,
    panel_id: uuid.UUID,
    experts: list[Person],
    ines: Person,
    tamar: Person,
    ada: Person,
    stranger: PersonClient,
    browser_of: BrowserOf,
) -> None:
    address = f"/panels/{panel_id}"
    chair = browser_of(experts[4]).get_page(address)
    assert chair.has_link_to(f"{address}/closing")
    assert not chair.has_link_to(f"{address}/cancellation")
    assert browser_of(ada).get_page(address).has_link_to(f"{address}/cancellation")
    seated, not_seated = browser_of(experts[0]), browser_of(experts[3])
    assert "See to the panel" not in seated.get_page(address).text
    not_seated.get_page(address, expect=404)
    assert "You sit on no panel" in not_seated.get_page("/panels").text
    for act in ("experts", "experts/1/withdrawal", "due-date", "chair", "cancellation"):
        browser_of(experts[4]).get_page(f"{address}/{act}", expect=403)
        stranger.get_page(f"{address}/{act}", expect=302)
    for person in (ines, tamar):
        browser_of(person).get_page(address, expect=403)


def test_a_panel_that_met_elsewhere_says_who_vouches(
    app: Flask, panel_id: uuid.UUID, cleo: Person, browser_of: BrowserOf
) -> None:
    with app.app_context(), write_transaction() as session:
        panel = session.get_one(Panel, panel_id)
        panel.origin, panel.vouched_by_id = PanelOrigin.ELSEWHERE, cleo.id
        panel.vouching = "We met in Oslo."
    page = browser_of(cleo).get_page(f"/panels/{panel_id}")
    assert "Cleo vouches for it: We met in Oslo." in page.text


# Seeing to it


def test_cleo_adds_an_expert_and_takes_another_off(
    app: Flask, panel_id: uuid.UUID, experts: list[Person], cleo: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(cleo)
    hye_jin, goran = experts[3], experts[2]
    rate(app, panel_id, *experts[:2])
    draft = draft_of(app, panel_id, goran)
    address = f"/panels/{panel_id}/experts"
    assert "Choose an expert." in browser.post_page(address, {"expert": ""}, expect=422).errors
    browser.post_page(address, {"expert": str(hye_jin.id)})
    assert letters_to(app, hye_jin) == ["You are invited to the panel “Spring panel”"]
    rate(app, panel_id, hye_jin)
    # Goran was the last one missing: without him the round is complete and closes by itself.
    withdrawal = f"{address}/3/withdrawal"
    assert "Write the reason" in browser.post_page(withdrawal, expect=422).errors
    browser.post_page(withdrawal, {"reason": "Goran fell ill."})
    assert letters_to(app, goran)[-1] == "You are not on the panel “Spring panel” any more"
    assert read_panel(app, panel_id, lambda panel: panel.state) is PanelState.CONSENSUS
    assert submit(app, draft).state is SubmitState.CLOSED
    browser_of(goran).get_page(f"/panels/{panel_id}", expect=404)
    assert browser.get_page(withdrawal, expect=302).location == f"/panels/{panel_id}"
    page = browser.get_page(address, expect=302)
    assert page.location == f"/panels/{panel_id}"
    text = browser.get_page(f"/panels/{panel_id}").text
    assert "This cannot be done with the panel any more." in text
    assert "withdrawn" in text
    assert "Goran fell ill." in text


def test_whoever_was_withdrawn_is_not_seated_again_and_what_they_rated_is_not_used(
    app: Flask, panel_id: uuid.UUID, experts: list[Person], cleo: Person
) -> None:
    rate(app, panel_id, experts[0])
    with app.app_context():
        records.withdraw_expert(panel_id, 1, by=cleo, reason="He asked for it.")
        with pytest.raises(ValueError, match="already-seated"):
            records.add_expert(panel_id, experts[0], by=cleo)
        records.add_expert(panel_id, experts[3], by=cleo)
    rate(app, panel_id, experts[1], experts[2], experts[3])
    with app.app_context():
        seats = db.session.scalars(select(PanelSeat.place).join(Panel).order_by(PanelSeat.place))
        assert list(seats) == [1, 2, 3, 4]
        assert all(len(entry) == 3 for entry in round_one.stand_of(panel_id).values())


def test_due_date_and_chair_can_change_and_a_panel_can_be_cancelled(
    app: Flask, panel_id: uuid.UUID, experts: list[Person], ada: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(ada)
    address = f"/panels/{panel_id}"
    draft = draft_of(app, panel_id, experts[0])
    page = browser.post_page(f"{address}/due-date", {"due": "2020-01-01"}, expect=422)
    assert page.soup.select_one("input[value='2020-01-01']")
    browser.post_page(f"{address}/due-date", {"due": now().date().isoformat()})
    browser.post_page(f"{address}/chair", {"expert": str(experts[0].id)})
    assert letters_to(app, experts[0])[-1] == "You chair the panel “Spring panel”"
    browser_of(experts[4]).get_page(address, expect=404)
    browser.post_page(f"{address}/cancellation", expect=422)
    browser.post_page(f"{address}/cancellation", {"reason": "The vignette was withdrawn."})
    text = browser.get_page(address).text
    assert "was cancelled" in text
    assert "The vignette was withdrawn." in text
    assert "See to the panel" not in text
    assert letters_to(app, experts[1])[-1] == "The panel “Spring panel” is cancelled"
    assert submit(app, draft).state is SubmitState.CLOSED
    assert acts(app).count(Act.PANEL_CHANGED) == 2
    # What kept the vignette from practice is over with the panel.
    assert browser_of(experts[1]).post_page(f"/practice/{SLUG}").location


def test_whoever_can_see_to_a_panel_is_told_who_cannot_act_on_it_any_more(
    app: Flask, panel_id: uuid.UUID, experts: list[Person], cleo: Person, browser_of: BrowserOf
) -> None:
    """Emeka has left the service, and Ilse, who chairs, is no expert any more."""
    address = f"/panels/{panel_id}"
    assert "cannot do anything for the panel" not in browser_of(cleo).get_page(address).text
    with app.app_context():
        accounts.deactivate(experts[0], by=cleo.id)
        accounts.withdraw_role(experts[4], Role.EXPERT, by=cleo.id)
    browser_of(experts[4]).get_page(address, expect=403)
    page = browser_of(cleo).get_page(address)
    assert [each.text for each in page.soup.select(".notice li")] == ["Ilse", "Emeka"]
    assert not browser_of(experts[1]).get_page(address).soup.select(".notice li")
    written = len(letters_to(app, experts[0]))
    browser_of(cleo).post_page(f"{address}/cancellation", {"reason": "Nobody is left."})
    assert len(letters_to(app, experts[0])) == written
    assert not browser_of(cleo).get_page(address).has_link_to(f"{address}/agreement")


def test_a_panel_is_told_when_its_vignette_is_worded_otherwise(
    app: Flask, panel_id: uuid.UUID, experts: list[Person], browser_of: BrowserOf
) -> None:
    """Its experts go on with the wording they were given; their key would fit no other."""
    draft = draft_of(app, panel_id, experts[0])
    pack = Pack()
    reworded = small_pack().vignettes[SLUG].model_copy(update={"title": "Told otherwise"})
    pack.add("vignette", SLUG, reworded, SLUG)
    with app.app_context():
        library.publish(pack, person_id=None)
    page = browser_of(experts[1]).get_page(f"/panels/{panel_id}")
    assert [each.text for each in page.soup.select(".notice li")] == ["Told otherwise"]
    assert (
        "The story of practice-one"
        in browser_of(experts[0]).get_page(f"/rating-sessions/{draft}").text
    )
    assert submit(app, draft).is_submitted


# Reminders


def remind(app: Flask) -> list[str]:
    result = app.test_cli_runner().invoke(args=["panels", "remind"])
    assert result.exit_code == 0, result.output
    return str(result.output).splitlines()


def set_due(app: Flask, panel_id: uuid.UUID, *, days: int) -> None:
    """Move the whole panel in time: it is due in so many days, and was opened long ago."""
    with app.app_context(), write_transaction() as session:
        due = now() + timedelta(days=days)
        session.get_one(Panel, panel_id).due_at = due.replace(hour=23, minute=59, second=0)
        ten_days_pass()


def test_whoever_is_not_done_is_reminded_once_before_and_once_after(
    app: Flask, panel_id: uuid.UUID, experts: list[Person]
) -> None:
    assert remind(app) == ["0 reminders."]
    rate(app, panel_id, experts[0])
    set_due(app, panel_id, days=2)
    lines = remind(app)
    assert lines[-1] == "2 reminders."
    assert lines[0].startswith("freya@example.org: 'Spring panel' is due within three days")
    assert remind(app) == ["0 reminders."]
    with app.app_context():
        accounts.deactivate(experts[1], by=experts[4].id)
    set_due(app, panel_id, days=-1)
    assert remind(app)[-1] == "1 reminder."
    assert remind(app) == ["0 reminders."]
    subjects = letters_to(app, experts[2])[1:]
    assert ["are due on" in subjects[0], "were due on" in subjects[1]] == [True, True]
    assert len(letters_to(app, experts[0])) == 1
    set_due(app, panel_id, days=-20)
    assert remind(app) == ["0 reminders."]


def test_an_invitation_that_comes_late_stands_for_the_reminder(
    app: Flask, experts: list[Person], cleo: Person
) -> None:
    opened_panel(app, experts[:3], chair=experts[4], by=cleo, in_days=1)
    assert remind(app) == ["0 reminders."]


def test_a_reminder_is_written_once_although_its_letter_is_gone_or_leads_elsewhere(
    app: Flask, panel_id: uuid.UUID, experts: list[Person]
) -> None:
    """The outbox was cleared, and what letters say and where they lead is nothing to go by."""
    set_due(app, panel_id, days=2)
    assert remind(app)[-1] == "3 reminders."
    with app.app_context(), write_transaction() as session:
        for letter in session.scalars(select(Letter)):
            session.delete(letter)
    assert remind(app) == ["0 reminders."]


def test_another_chair_who_is_an_expert_too_is_still_reminded_of_their_rating(
    app: Flask, panel_id: uuid.UUID, experts: list[Person], cleo: Person
) -> None:
    """The letter about the chair says nothing about what waits for them."""
    set_due(app, panel_id, days=2)
    with app.app_context():
        records.change_chair(panel_id, experts[0], by=cleo)
    assert remind(app)[-1] == "3 reminders."


def test_another_date_brings_another_reminder(
    app: Flask, panel_id: uuid.UUID, experts: list[Person], cleo: Person
) -> None:
    set_due(app, panel_id, days=2)
    assert remind(app)[-1] == "3 reminders."
    with app.app_context():
        records.change_due_date(panel_id, (now() + timedelta(days=14)).date(), by=cleo)
    assert remind(app) == ["0 reminders."]
    set_due(app, panel_id, days=1)
    assert remind(app)[-1] == "3 reminders."


def test_a_panel_that_is_cancelled_while_reminders_go_out_reminds_nobody(
    app: Flask, experts: list[Person], cleo: Person
) -> None:
    first, second = (
        opened_panel(app, experts[:3], chair=experts[4], by=cleo, in_days=days) for days in (14, 14)
    )
    set_due(app, first, days=1)
    set_due(app, second, days=2)
    with app.app_context():
        going_out = send_reminders()
        next(going_out)
        records.cancel_panel(second, by=cleo, reason="The vignette was withdrawn.")
        assert len(list(going_out)) == 2
    reminded = [subject for subject in letters_to(app, experts[0]) if "are due on" in subject]
    assert len(reminded) == 1

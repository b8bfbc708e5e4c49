"""Cleo brings in a panel that met elsewhere, looks at what was read, and vouches for it."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.pack import CERTIFICATION, ITEMS, PRACTICE, evidence, small_pack
from tests.pages import Page, PersonClient
from tests.panels.life import opened_panel
from tests.panels.stories import authored_scores, make_experts, panel_in_round_two
from training.accounts.models import Person, Role
from training.accounts.records import withdraw_role
from training.audit.models import AuditEntry
from training.audit.trail import Act
from training.database import db, write_transaction
from training.keys.models import Occasion
from training.keys.sights import keys_seen, note_keys_seen
from training.library import records as library
from training.library.reading import Pack
from training.mail.models import Letter
from training.panels import records as panels
from training.panels.agreement.records import agreement_of_panel
from training.panels.models import Panel, PanelOrigin, PanelRating, PanelState
from training.panels.records import change_chair
from training.panels.rules import RefusedError

Browser = Callable[[Person], PersonClient]
IMPORT = "/panels/import"
NAMES = ("Ruta", "Sami", "Tove")
HOW = "Three experts met on 3 May in Turku; each had sent in their sheet before."


def sheet(*names: str, slug: str = PRACTICE[0]) -> str:
    lines = ["vignette,expert,item,rating,reason,evidence"]
    for name in names or NAMES:
        for item, score in authored_scores(slug).items():
            turns = " ".join(map(str, evidence(item)))
            lines.append(
                f'{slug},{name},{item},{"NR" if score is None else score},"As, seen",{turns}'
            )
    return "\n".join(lines)


def upload(browser: PersonClient, chair: Person, text: str, **changed: object) -> Page:
    data: dict[str, object] = {
        "title": "Turku panel",
        "chair": str(chair.id),
        "vouching": HOW,
        "file": (io.BytesIO(text.encode()), "panel.csv"),
    }
    with browser.post(IMPORT, data=data | changed) as response:
        return Page(response)


def carried_by(page: Page) -> str:
    field = page.soup.select_one("input[name=carried]")
    assert field is not None
    return str(field["value"])


def assert_form_is_filled(page: Page, chair: Person | None) -> None:
    """The form of the first page once more, with what was typed in it."""
    assert page.heading == "Bring in a panel that met elsewhere"
    title, words = page.soup.select_one("#title"), page.soup.select_one("#vouching")
    assert title is not None
    assert words is not None
    assert (title["value"], words.get_text(strip=True)) == ("Turku panel", HOW)
    chosen = [str(each["value"]) for each in page.soup.select("#chair option[selected]")]
    assert chosen == ([str(chair.id)] if chair else [])
    assert page.soup.select_one("input[type=file]")


def panels_in(app: Flask) -> list[Panel]:
    with app.app_context():
        return list(db.session.query(Panel))


def test_a_panel_is_looked_at_and_then_brought_in_once(
    app: Flask, cleo: Person, emeka: Person, browser_of: Browser
) -> None:
    browser = browser_of(cleo)
    page = upload(browser, emeka, sheet())
    assert page.status == 200
    assert "Nothing is kept yet" in page.text
    assert HOW in page.text
    for name in NAMES:
        assert name in page.text
    assert page.soup.select("#overall-chart svg[role=img]")
    assert panels_in(app) == []
    carried = carried_by(page)
    page = browser.post_page(f"{IMPORT}/confirmation", {"carried": carried}, expect=422)
    assert "Tick the box" in page.errors
    ticked = {"carried": carried_by(page), "is_vouched": "y"}
    first = browser.post_page(f"{IMPORT}/confirmation", ticked)
    again = browser.post_page(f"{IMPORT}/confirmation", ticked)  # a double click
    assert first.location == again.location
    with app.app_context():
        panel = db.session.query(Panel).one()
        assert first.location == f"/panels/{panel.id}"
        assert (panel.origin, panel.state) == (PanelOrigin.ELSEWHERE, PanelState.CONSENSUS)
        assert (panel.chair_id, panel.vouched_by_id, panel.vouching) == (emeka.id, cleo.id, HOW)
        assert [(seat.place, seat.name, seat.person_id) for seat in panel.seats] == [
            (place, name, None) for place, name in enumerate(NAMES, start=1)
        ]
        rating = db.session.query(PanelRating).filter_by(item_number=2).first()
        assert rating is not None
        assert (rating.score, rating.reason, rating.evidence) == (3, "As, seen", [2, 14])
        assert db.session.query(PanelRating).count() == 3 * len(ITEMS)
        assert agreement_of_panel(panel.id).overall.all_exact.value == 1.0
        line = db.session.query(AuditEntry).filter_by(act=Act.PANEL_IMPORTED.value).one()
        assert (line.person_id, line.details["experts"]) == (cleo.id, 3)
        assert db.session.query(Letter).one().recipient == emeka.email
        assert keys_seen(emeka.id) == keys_seen(cleo.id) == {PRACTICE[0]}
    page = browser_of(emeka).get_page(f"{first.location}/agreement")
    assert "met elsewhere" in page.text


def test_all_faults_of_a_file_are_told_at_once_and_nothing_typed_is_lost(
    app: Flask, cleo: Person, emeka: Person, browser_of: Browser
) -> None:
    browser = browser_of(cleo)
    text = sheet().replace("Ruta,1,3", "Ruta,1,9").replace("Sami,3,3,", "Sami,33,3,")
    page = upload(browser, emeka, f"{text}\npractise-one,Tove,1,3,,99")
    assert page.status == 422
    assert "Line 2, column rating: “9” is no rating. Write one of 0, 1, 2, 3, 4, or NR." in (
        page.errors
    )
    assert "Line 16, column item: “33” is no item of this vignette." in page.errors
    assert "Line 38, column vignette: There is no vignette “practise-one”" in page.errors
    assert "Did you mean “practice-one”?" in page.errors
    assert "Turku panel" in str(page.soup.select_one("#title"))
    assert HOW in page.text
    chosen = page.soup.select_one("#chair option[selected]")
    assert chosen is not None
    assert chosen["value"] == str(emeka.id)
    page = upload(browser, emeka, sheet("Ruta", "Sami"))
    assert "2 rated it. A panel needs at least 3 experts" in page.errors
    assert "larger than 500 kB" in upload(browser, emeka, "x" * 500_001).errors
    page = upload(browser, emeka, sheet(), vouching=" ", title="")
    assert "Write how the panel met" in page.errors
    assert "choose the file again" in page.text
    assert panels_in(app) == []


def test_the_chair_has_not_seen_the_key_when_it_is_shown_and_when_it_is_kept(
    app: Flask, cleo: Person, emeka: Person, browser_of: Browser
) -> None:
    browser = browser_of(cleo)
    carried = carried_by(upload(browser, emeka, sheet()))
    with app.app_context(), write_transaction():
        note_keys_seen(emeka.id, [PRACTICE[0]], Occasion.KEY_HEALTH)
    page = upload(browser, emeka, sheet())
    assert f"This expert has seen the key of {PRACTICE[0]}." in page.errors
    ticked = {"carried": carried, "is_vouched": "y"}
    page = browser.post_page(f"{IMPORT}/confirmation", ticked, expect=409)
    assert f"This expert has seen the key of {PRACTICE[0]}." in page.errors
    assert_form_is_filled(page, emeka)
    assert panels_in(app) == []


def test_a_chair_who_is_no_expert_any_more_costs_nothing_that_was_typed(
    app: Flask, cleo: Person, emeka: Person, make_person: Callable[..., Person],
    browser_of: Browser,
) -> None:  # fmt: skip
    browser, juno = browser_of(cleo), make_person("Juno", Role.EXPERT)
    ticked = {"carried": carried_by(upload(browser, emeka, sheet())), "is_vouched": "y"}
    with app.app_context():
        withdraw_role(emeka, Role.EXPERT, by=cleo.id)
    page = browser.post_page(f"{IMPORT}/confirmation", ticked, expect=409)
    assert "The chair is no expert any more. Choose another one." in page.errors
    assert "choose the file again" in page.text
    assert_form_is_filled(page, None)
    # From there she goes on as from the first page.
    assert page.has_form_to(IMPORT)
    page = upload(browser, juno, sheet())
    assert "Nothing is kept yet" in page.text


def test_a_long_list_of_faults_ends_with_how_many_more_there_are(
    app: Flask, cleo: Person, emeka: Person, browser_of: Browser
) -> None:
    """Every rating is off the scale, and the last line names no item."""
    text = re.sub(r",(NR|\d),\"As", ',9,"As', sheet()).replace("Tove,12,9", "Tove,,9")
    page = upload(browser_of(cleo), emeka, text)
    assert page.status == 422
    assert page.errors.count("“9” is no rating.") == 30
    assert "And 7 more of this kind or another." in page.errors
    assert panels_in(app) == []


def test_a_vignette_that_is_worded_otherwise_since_sends_cleo_back_to_the_file(
    app: Flask, cleo: Person, emeka: Person, browser_of: Browser
) -> None:
    browser, text = browser_of(cleo), f"{sheet()} 26"
    ticked = {"carried": carried_by(upload(browser, emeka, text)), "is_vouched": "y"}
    vignette = small_pack().vignettes[PRACTICE[0]]
    pack = Pack()
    shorter = vignette.model_copy(update={"turns": vignette.turns[:25]})
    pack.add("vignette", PRACTICE[0], shorter, PRACTICE[0])
    with app.app_context():
        library.publish(pack, person_id=None)
    page = browser.post_page(f"{IMPORT}/confirmation", ticked, expect=409)
    assert "The vignettes changed meanwhile. Choose the file again." in page.errors
    assert_form_is_filled(page, emeka)
    assert panels_in(app) == []
    # Read anew, the file is told where it does not fit any more.
    page = upload(browser, emeka, text)
    assert "There is no turn or passage 26: the vignette has 25." in page.errors


def test_whoever_vouches_is_never_the_chair_for_then_nobody_could_sign_beside_them(
    app: Flask, make_person: Callable[..., Person], cleo: Person, emeka: Person,
    browser_of: Browser, tmp_path: Path,
) -> None:  # fmt: skip
    """Vera is an expert and certifies, too."""
    vera = make_person("Vera", Role.EXPERT, Role.CERTIFIER)
    browser = browser_of(vera)
    page = upload(browser, vera, sheet())
    assert "signs its keys beside the chair, so one person cannot be both" in page.errors
    file = tmp_path / "panel.csv"
    file.write_text(sheet(), encoding="utf-8")
    call = ["panels", "import", str(file), "--title", "Turku panel", "--how", HOW]
    refused = app.test_cli_runner().invoke(
        args=[*call, "--chair", vera.email, "--vouched-by", vera.email]
    )
    assert refused.exit_code == 1
    assert "one person cannot be both" in refused.output
    ticked = {"carried": carried_by(upload(browser, emeka, sheet())), "is_vouched": "y"}
    panel = browser.post_page(f"{IMPORT}/confirmation", ticked).location
    page = browser_of(cleo).get_page(f"{panel}/chair")
    assert str(vera.id) not in page.html
    with app.app_context(), pytest.raises(RefusedError):
        change_chair(panels_in(app)[0].id, vera, by=cleo)


def test_only_who_read_the_file_confirms_it_and_only_certifiers_and_administrators_do(
    app: Flask, cleo: Person, ada: Person, emeka: Person, ines: Person, browser_of: Browser,
    stranger: PersonClient,
) -> None:  # fmt: skip
    ticked = {"carried": carried_by(upload(browser_of(cleo), emeka, sheet())), "is_vouched": "y"}
    for person in (emeka, ines):
        browser_of(person).get_page(IMPORT, expect=403)
        browser_of(person).post_page(f"{IMPORT}/confirmation", ticked, expect=403)
    stranger.post_page(f"{IMPORT}/confirmation", ticked)
    browser_of(ada).post_page(f"{IMPORT}/confirmation", ticked, expect=400)
    browser_of(cleo).post_page(f"{IMPORT}/confirmation", {"carried": "made up"}, expect=400)
    assert panels_in(app) == []


def test_commands_export_a_panel_and_bring_it_in_elsewhere(
    app: Flask, make_person: Callable[..., Person], cleo: Person, tmp_path: Path
) -> None:
    experts = make_experts(make_person, "Emeka", "Freya", "Goran")
    chair = make_person("Juno", Role.EXPERT)
    panel_id = panel_in_round_two(app, experts, chair=experts[0])
    run = app.test_cli_runner().invoke
    exported = run(args=["panels", "export", str(panel_id)])
    assert exported.exit_code == 0, exported.output
    file = tmp_path / "panel.csv"
    file.write_text(exported.output, encoding="utf-8")
    options = ["--title", "Again", "--vouched-by", cleo.email, "--how", HOW]
    call = ["panels", "import", str(file), *options]
    checked = run(args=[*call, "--chair", chair.email, "--check"])
    assert "Experts: 3. Vignettes: 1. Ratings: 36." in checked.output
    assert len(panels_in(app)) == 1
    assert "no active expert" in run(args=[*call, "--chair", cleo.email]).output
    done = run(args=[*call, "--chair", chair.email])
    assert done.exit_code == 0, done.output
    brought_in = uuid.UUID(done.output.strip().rpartition(" ")[2].rstrip("."))
    with app.app_context():
        assert agreement_of_panel(brought_in).as_dict() == agreement_of_panel(panel_id).as_dict()
    file.write_text("vignette,expert\n", encoding="utf-8")
    refused = run(args=[*call, "--chair", chair.email])
    assert refused.exit_code == 1
    assert "Columns are missing: item, rating." in refused.output
    assert run(args=["panels", "export", str(uuid.uuid4())]).exit_code == 2


def test_commands_refuse_what_the_pages_refuse(
    app: Flask, make_person: Callable[..., Person], cleo: Person, tmp_path: Path
) -> None:
    experts = make_experts(make_person, "Emeka", "Freya", "Goran")
    panel_id = opened_panel(app, experts, chair=experts[0], by=cleo)
    run = app.test_cli_runner().invoke
    refused = run(args=["panels", "export", str(panel_id)])
    assert refused.exit_code == 1
    assert "Round one of this panel is still open" in refused.output
    assert "vignette," not in refused.output
    file = tmp_path / "panel.csv"
    file.write_text(sheet(), encoding="utf-8")
    said = {"--title": "Turku panel", "--how": HOW, "--vouched-by": cleo.email}
    juno = make_person("Juno", Role.EXPERT)
    for option in ("--title", "--how"):
        options = [part for pair in (said | {option: "  "}).items() for part in pair]
        blank = run(args=["panels", "import", str(file), *options, "--chair", juno.email])
        assert blank.exit_code == 2
        assert f"Invalid value for {option}: write something" in blank.output
    for option, text, limits in (
        ("--title", "x" * 121, "1 to 120"),
        ("--how", " " * 9 + "x" * 19 + " ", "20 to 5000"),
        ("--how", "x" * 5001, "20 to 5000"),
    ):
        options = [part for pair in (said | {option: text}).items() for part in pair]
        wrong = run(args=["panels", "import", str(file), *options, "--chair", juno.email])
        assert wrong.exit_code == 2
        assert f"Invalid value for {option}: write {limits} characters" in wrong.output
    assert [panel.id for panel in panels_in(app)] == [panel_id]


# On another panel


def test_nobody_whose_own_panel_is_at_work_on_a_vignette_reads_what_another_one_gave_it(
    app: Flask, make_person: Callable[..., Person], cleo: Person, browser_of: Browser
) -> None:
    """Emeka sits on a panel that Cleo chairs; it is at work on the first vignette."""
    experts = make_experts(make_person, "Emeka", "Freya", "Goran")
    juno, dora = make_person("Juno", Role.EXPERT), make_person("Dora", Role.CERTIFIER)
    panel_id = opened_panel(app, experts, chair=cleo, by=dora)
    both = f"{sheet()}\n{sheet(slug=PRACTICE[1]).partition(chr(10))[2]}"
    of_voucher = f"Another panel of the one who vouches is at work on {PRACTICE[0]}."
    of_chair = f"Another panel of this expert is at work on {PRACTICE[0]}."
    page = upload(browser_of(cleo), juno, both)
    assert page.status == 422
    assert of_voucher in page.errors
    assert of_chair not in page.errors
    assert_form_is_filled(page, juno)
    page = upload(browser_of(cleo), experts[0], both)
    assert of_voucher in page.errors
    assert of_chair in page.errors
    assert of_voucher not in upload(browser_of(dora), experts[0], both).errors
    # What another panel is at work on stands against that vignette alone.
    assert upload(browser_of(cleo), juno, sheet(slug=PRACTICE[1])).status == 200
    # Whoever is seated while the second look is taken is refused then.
    carried = carried_by(upload(browser_of(dora), juno, sheet()))
    with app.app_context():
        panels.add_expert(panel_id, juno, by=dora)
    ticked = {"carried": carried, "is_vouched": "y"}
    page = browser_of(dora).post_page(f"{IMPORT}/confirmation", ticked, expect=409)
    assert of_chair in page.errors
    assert [panel.id for panel in panels_in(app)] == [panel_id]
    with app.app_context():
        assert keys_seen(juno.id) == keys_seen(cleo.id) == frozenset()
        panels.cancel_panel(panel_id, by=dora, reason="They met elsewhere.")
    assert upload(browser_of(cleo), experts[0], both).status == 200


def test_what_is_said_about_the_panel_is_long_enough_to_say_something(
    cleo: Person, emeka: Person, browser_of: Browser
) -> None:
    browser = browser_of(cleo)
    for changed, error in (
        ({"vouching": "x" * 19}, "Write at least a sentence."),
        ({"title": "x" * 121}, "A name has at most 120 characters."),
        ({"file": (io.BytesIO(b""), "")}, "Choose the file."),
    ):
        page = upload(browser, emeka, sheet(), **changed)
        assert page.status == 422
        assert error in page.errors
    page = upload(browser, cleo, sheet())  # who is no expert
    assert "Whoever was chosen cannot be chosen any more" in page.errors
    page = upload(browser, emeka, sheet(), vouching="x" * 20, title="x" * 120)
    assert page.status == 200
    assert "x" * 120 in page.text


def test_a_panel_is_stored_as_the_file_has_it(
    app: Flask, cleo: Person, emeka: Person, browser_of: Browser
) -> None:
    """Tove and Ruta change places in the second vignette, and Sami did not rate it at all."""
    slugs = (PRACTICE[0], CERTIFICATION[6])
    with app.app_context(), write_transaction() as session:
        session.get_one(Person, emeka.id).is_demonstration = True
    second = sheet("Tove", "Ruta", "Una", slug=slugs[1]).partition("\n")[2]
    browser = browser_of(cleo)
    carried = carried_by(upload(browser, emeka, f"{sheet()}\n{second}"))
    browser.post_page(f"{IMPORT}/confirmation", {"carried": carried, "is_vouched": "y"})
    with app.app_context():
        panel = db.session.query(Panel).one()
        assert panel.is_demonstration
        assert [seat.name for seat in panel.seats] == ["Ruta", "Sami", "Tove", "Una"]
        assert [row.vignette_slug for row in panel.vignettes] == list(slugs)
        names = {seat.id: seat.name for seat in panel.seats}
        stored = list(db.session.query(PanelRating))
        raters = [
            {names[row.seat_id] for row in stored if row.panel_vignette_id == vignette.id}
            for vignette in panel.vignettes
        ]
        assert raters == [{"Ruta", "Sami", "Tove"}, {"Ruta", "Tove", "Una"}]
        not_rateable = [row for row in stored if row.is_not_rateable]
        assert {(row.item_number, row.score) for row in not_rateable} == {(10, None)}
        assert {names[row.seat_id] for row in not_rateable} == {"Ruta", "Tove", "Una"}
        letter = db.session.query(Letter).one()
        assert "Cleo has brought in the ratings of a panel that met elsewhere" in letter.body
        assert f"/panels/{panel.id}" in letter.body

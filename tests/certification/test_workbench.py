"""The workbench: whom a standard would certify, tried before anybody is judged by it."""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from tests.certification import stories
from tests.pack import STANDARD, small_pack
from tests.pages import Page, PersonClient
from training.accounts.models import Person, Role
from training.certification.models import Attempt, Decision
from training.certification.reviews.records import latest_decisions
from training.certification.simulation import attempts as simulation
from training.certification.simulation.rater_kinds import RaterKind
from training.certification.workbench import records as workbench_records
from training.certification.workbench import texts as workbench_texts
from training.certification.workbench.models import RunState, SimulationRun
from training.certification.workbench.past_decisions import past_decisions_under
from training.clock import now
from training.cohorts.models import Cohort
from training.database import db, write_transaction

ADDRESS = f"/workbench/standards/{STANDARD}"
FEW = "3"

Browse = Callable[[Person], PersonClient]


def values_on(page: Page) -> dict[str, str]:
    """The form as a browser would send it."""
    values = {}
    for field in page.soup.select("main form input[name]"):
        if field.get("type") == "checkbox" and not field.has_attr("checked"):
            continue
        values[str(field["name"])] = str(field.get("value", "y"))
    return values


def begin(browser: PersonClient, **changes: str | None) -> str:
    """Change something (two underscores for the dot), simulate, and give the run's address."""
    values = values_on(browser.get_page(ADDRESS)) | {"replications": FEW}
    for name, text in changes.items():
        name = name.replace("__", ".")
        values.pop(name, None)
        if text is not None:
            values[name] = text
    return str(browser.post_page(ADDRESS, dict(values)).location)


def finish(browser: PersonClient, run: str) -> Page:
    """Press the button until there is a result."""
    for _ in range(50):
        page = browser.post_page(f"{run}/slices", follow=True)
        if not page.has_form_to(f"{run}/slices"):
            return page
    raise AssertionError("the run does not end")


def found(app: Flask, run: str) -> SimulationRun:
    with app.app_context():
        stored = workbench_records.find_run(uuid.UUID(run.rsplit("/", 1)[1]))
        assert stored is not None
        return stored


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """These stories are about pages: what is simulated need not be precise."""
    monkeypatch.setattr(simulation, "BLOCK", 4)
    monkeypatch.setattr(simulation, "RECORD_ATTEMPTS", 20)


@pytest.fixture
def certifier(browser_of: Browse, cleo: Person) -> PersonClient:
    return browser_of(cleo)


@pytest.fixture
def trainer(browser_of: Browse, tamar: Person) -> PersonClient:
    return browser_of(tamar)


class TestTryingAStandard:
    def test_cleo_tries_the_standard_as_it_is(self, app: Flask, certifier: PersonClient) -> None:
        run = begin(certifier)
        waiting = certifier.get_page(run)
        assert "Simulated so far" in waiting.text
        assert "as it is published" in waiting.text
        done = finish(certifier, run)
        assert (
            "A rater who is always one point severe would get this certificate in 0 of 100 attempts"
            in done.text
        )
        assert len(done.soup.select("figure svg.chart:not(.chart-key)")) == 2 * len(RaterKind)
        assert len(done.soup.select("figure .chart-twin table")) == 2
        assert "8 of the certification pool" in done.text
        stored = found(app, run)
        assert (stored.state, stored.tallies, stored.changes) == (RunState.DONE, [], {})
        assert stored.result is not None
        assert stored.result["is_complete"] is True

    def test_tamar_tries_a_change_and_sees_both(self, app: Flask, trainer: PersonClient) -> None:
        run = begin(
            trainer,
            gross__at_most="0.05",
            form__vignettes="6",
            attempts__pooled=None,
            halo__used=None,
        )
        stored = found(app, run)
        assert stored.changes == {
            "form.vignettes": "6",
            "attempts.pooled": "no",
            "gross.at_most": "0.05",
            "halo.used": "no",
        }
        done = finish(trainer, run)
        assert "Two or more points away: At most" in done.text
        missed = [
            workbench_texts.KIND_NAMES[RaterKind(kind)]
            for kind, row in (found(app, run).result or {})["kinds"].items()
            if row["is_as_aimed"] is False
        ]
        if missed:
            assert f"The aims are missed for: {', '.join(map(str, missed))}." in done.text
        assert "as published" in done.text
        assert done.soup.select("rect.chart-bar-open")

    def test_the_address_can_be_opened_again_and_by_others(
        self, certifier: PersonClient, trainer: PersonClient
    ) -> None:
        run = begin(certifier, exact__at_least="0.7")
        finish(certifier, run)
        assert "Each kind of rater" in trainer.get_page(run).text
        assert trainer.get_page("/workbench").has_link_to(run)

    def test_changing_again_begins_where_the_run_was(self, certifier: PersonClient) -> None:
        run = begin(certifier, exact__at_least="0.7", halo__used=None, seed="77")
        page = certifier.get_page(run)
        again = next(link for link in page.soup.select("main a") if "again" in link.get_text())
        values = values_on(certifier.get_page(str(again["href"])))
        assert (values["exact.at_least"], values["seed"]) == ("0.7", "77")
        assert values["replications"] == FEW
        assert "halo.used" not in values
        assert values["slope.used"] == "y"

    def test_downloads_hold_every_figure(self, certifier: PersonClient) -> None:
        run = begin(certifier, exact__at_least="0.7")
        certifier.get_page(f"{run}/result.json", expect=404)
        certifier.get_page(f"{run}/result.csv", expect=404)
        finish(certifier, run)
        with certifier.get(f"{run}/result.json") as response:
            result = json.loads(response.get_data(as_text=True))
            assert "attachment" in response.headers["Content-Disposition"]
        assert result["changes"] == {"exact.at_least": "0.7"}
        assert set(result["kinds"]) == {kind.value for kind in RaterKind}
        with certifier.get(f"{run}/result.csv") as response:
            rows = list(csv.DictReader(io.StringIO(response.get_data(as_text=True))))
        assert len(rows) == 2 * len(RaterKind)
        assert (
            float(rows[0]["first_meets"]) == result["kinds"]["excellent"]["first_attempt"]["meets"]
        )

    def test_a_standard_as_it_is_stands_in_the_table_once(self, certifier: PersonClient) -> None:
        run = begin(certifier)
        finish(certifier, run)
        with certifier.get(f"{run}/result.csv") as response:
            rows = list(csv.DictReader(io.StringIO(response.get_data(as_text=True))))
        assert [row["kind"] for row in rows] == [kind.value for kind in RaterKind]
        assert {row["standard"] for row in rows} == {"tried"}

    def test_the_same_seed_gives_the_same_result(self, app: Flask, certifier: PersonClient) -> None:
        first, second = (begin(certifier, seed="5") for _ in range(2))
        for run in (first, second):
            finish(certifier, run)
        assert found(app, first).result == found(app, second).result


class TestSlices:
    def test_a_run_goes_on_where_it_was_left(
        self, app: Flask, certifier: PersonClient, trainer: PersonClient
    ) -> None:
        run = begin(certifier)
        whole = found(app, begin(certifier))
        with app.app_context():
            stored = workbench_records.find_run(found(app, run).id)
            assert stored is not None
            workbench_records.compute_slice(stored, seconds=0)
        stored = found(app, run)
        assert (stored.steps_done, stored.state) == (1, RunState.UNDER_WAY)
        finish(trainer, run)
        with app.app_context():
            entire = workbench_records.find_run(whole.id)
            assert entire is not None
            while entire.state is RunState.UNDER_WAY:
                workbench_records.compute_slice(entire)
                entire = workbench_records.find_run(whole.id)
                assert entire is not None
        assert found(app, run).result == entire.result

    def test_a_slice_that_came_second_changes_nothing(
        self, app: Flask, certifier: PersonClient
    ) -> None:
        run_id = found(app, begin(certifier)).id
        with app.app_context():
            stale = workbench_records.find_run(run_id)
            assert stale is not None
            db.session.expunge(stale)
            current = workbench_records.find_run(run_id)
            assert current is not None
            workbench_records.compute_slice(current, seconds=0)
            stale.steps_done = 0
            workbench_records.compute_slice(stale, seconds=0)
            current = workbench_records.find_run(run_id)
            assert current is not None
            assert current.steps_done == 1

    def test_the_script_is_told_how_far_it_is(self, certifier: PersonClient) -> None:
        run = begin(certifier)
        headers = {"Accept": "application/json"}
        answer: dict[str, Any] = {"is_over": False}
        while not answer["is_over"]:
            with certifier.post(f"{run}/slices", headers=headers) as response:
                answer = response.get_json()
            assert set(answer) == {"percent", "is_over"}
        assert answer["percent"] == 100

    def test_a_run_that_is_over_stays_as_it_is(self, app: Flask, certifier: PersonClient) -> None:
        run = begin(certifier)
        finish(certifier, run)
        before = found(app, run)
        certifier.post_page(f"{run}/slices")
        certifier.post_page(f"{run}/cancellation")
        after = found(app, run)
        assert (after.state, after.result) == (RunState.DONE, before.result)


class TestCancelling:
    def test_cleo_cancels_and_keeps_what_was_done(
        self, app: Flask, certifier: PersonClient
    ) -> None:
        run = begin(certifier)
        with app.app_context():
            for _ in range(len(RaterKind) + 2):
                stored = workbench_records.find_run(found(app, run).id)
                assert stored is not None
                workbench_records.compute_slice(stored, seconds=0)
        page = certifier.post_page(f"{run}/cancellation", follow=True)
        assert "This run was cancelled at" in page.text
        assert "An excellent rater" in page.text
        assert "A rater who guesses would" not in page.text
        certifier.post_page(f"{run}/slices")
        assert found(app, run).state is RunState.CANCELLED

    def test_what_is_computed_while_somebody_cancels_is_dropped(
        self, app: Flask, certifier: PersonClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = begin(certifier)
        real = workbench_records._simulated_on

        def interrupted(*arguments: Any) -> Any:
            with ThreadPoolExecutor(1) as elsewhere:
                elsewhere.submit(certifier.post_page, f"{run}/cancellation").result()
            return real(*arguments)

        monkeypatch.setattr(workbench_records, "_simulated_on", interrupted)
        with app.app_context():
            stored = workbench_records.find_run(found(app, run).id)
            assert stored is not None
            workbench_records.compute_slice(stored)
        after = found(app, run)
        assert (after.state, after.steps_done) == (RunState.CANCELLED, 0)

    def test_cancelled_at_once_it_says_so(self, certifier: PersonClient) -> None:
        run = begin(certifier)
        page = certifier.post_page(f"{run}/cancellation", follow=True)
        assert "Nothing had been simulated yet" in page.text


class TestBadInput:
    def test_all_faults_are_shown_at_their_fields_and_nothing_is_lost(
        self, app: Flask, certifier: PersonClient
    ) -> None:
        values = values_on(certifier.get_page(ADDRESS)) | {
            "gross.at_most": "1.5",
            "exact.at_least": "many",
            "within_one.lower_bound_at_least": "0.95",
            "form.maximum": "13",
            "replications": "0",
            "seed": "later",
        }
        page = certifier.post_page(ADDRESS, dict(values), expect=422)
        invalid = {
            str(field["id"]) for field in page.soup.select(".field-invalid input[aria-invalid]")
        }
        assert invalid == {
            "gross.at_most",
            "exact.at_least",
            "within_one.at_least",
            "form.vignettes",
            "replications",
            "seed",
        }
        assert "Two or more points away: At most: Write a share as 0.6, from 0 to 1." in page.errors
        assert values_on(page)["gross.at_most"] == "1.5"
        with app.app_context():
            assert workbench_records.latest_runs() == []

    @pytest.mark.parametrize(
        "changes",
        [
            {"form__maximum": "4000"},
            {"attempts__maximum": "999"},
            {"replications": "100000"},
            {"replications": "1e3"},
            {"seed": str(2**31)},
            {"seed": "-1"},
            {"exact__at_least": "9" * 3000},
            {"exact__at_least": "<script>"},
            {"form__vignettes": ""},
            {f"{kind}__used": None for kind in ("exact", "within_one", "gross", "bias", "slope")}
            | {f"{kind}__used": None for kind in ("halo", "totals", "rateability")},
        ],
    )
    def test_hostile_values_are_refused(
        self, certifier: PersonClient, changes: dict[str, str | None]
    ) -> None:
        values = values_on(certifier.get_page(ADDRESS))
        for name, text in changes.items():
            values.pop(name.replace("__", "."), None)
            if text is not None:
                values[name.replace("__", ".")] = text
        page = certifier.post_page(ADDRESS, dict(values), expect=422)
        assert page.errors

    @pytest.mark.parametrize(
        ("name", "text", "said"),
        [
            ("exact.at_least", "1.5", "Same rating: At least: Write a share as 0.6, from 0 to 1."),
            ("exact.at_least", "-0.5", "Same rating: At least: Write a share as 0.6, from 0 to 1."),
            ("kappa.at_least", "1.2", "Write a number from −1 to 1, such as 0.6."),
            ("slope.at_least", "2.5", "Write a number from −1 to 2, such as 0.6."),
            ("bias.at_most", "0", "Write points above 0, such as 0.25."),
            ("items.item_vignettes", "0", "Write a whole number, 1 or more."),
            ("critical.misses", "-1", "Write a whole number, 0 or more."),
            ("form.vignettes", "8.5", "Write a whole number, 2 or more."),
            ("attempts.maximum", "0", "Write a whole number, 1 or more."),
            ("confidence", "95", "Write a number above 0.5 and below 1, such as 0.9."),
            ("totals.within_share_of_range", "10", "Write a share as 0.6, from 0 to 1."),
        ],
    )
    def test_what_is_refused_is_said_in_sentences(
        self, certifier: PersonClient, name: str, text: str, said: str
    ) -> None:
        values = values_on(certifier.get_page(ADDRESS)) | {name: text}
        errors = certifier.post_page(ADDRESS, dict(values), expect=422).errors
        assert said in errors
        assert "Input should" not in errors

    def test_a_slope_may_be_asked_to_exceed_1(self, certifier: PersonClient) -> None:
        values = values_on(certifier.get_page(ADDRESS)) | {"slope.at_least": "1.1"}
        certifier.post_page(ADDRESS, dict(values))

    def test_a_standard_without_any_gate_is_refused_in_a_sentence(
        self, certifier: PersonClient
    ) -> None:
        values = values_on(certifier.get_page(ADDRESS))
        kept = {name: text for name, text in values.items() if not name.endswith(".used")}
        errors = certifier.post_page(ADDRESS, dict(kept), expect=422).errors
        assert "At least one gate must decide." in errors
        assert "item" not in errors

    def test_hostile_addresses_open_the_form_as_published(self, certifier: PersonClient) -> None:
        page = certifier.get_page(f"{ADDRESS}?exact.at_least=%3Cb%3E&seed=x&replications=-1&csrf=1")
        assert values_on(page)["exact.at_least"] == "<b>"
        assert values_on(page)["seed"] == "2026"
        assert "<b>" not in page.html
        longest = certifier.get_page(f"{ADDRESS}?seed={'9' * 4301}")
        assert values_on(longest)["seed"] == "2026"

    def test_unknown_standards_and_runs_are_not_there(self, certifier: PersonClient) -> None:
        certifier.get_page("/workbench/standards/none-such", expect=404)
        run = f"/workbench/runs/{uuid.uuid4()}"
        for part in ("", "/result.json", "/result.csv", "/past-decisions"):
            certifier.get_page(f"{run}{part}", expect=404)
        for part in ("/slices", "/cancellation"):
            certifier.post_page(f"{run}{part}", expect=404)

    def test_a_click_without_a_token_is_refused(self, certifier: PersonClient) -> None:
        run = begin(certifier)
        with certifier.post(f"{run}/slices", has_token=False) as response:
            assert response.status_code == 400

    def test_a_pool_without_keys_is_said(
        self, certifier: PersonClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(workbench_records, "pool_of", lambda _standard: [])
        values = values_on(certifier.get_page(ADDRESS))
        page = certifier.post_page(ADDRESS, dict(values), follow=True)
        assert "holds no keys to simulate with" in page.text


class TestWhoMayLook:
    @pytest.mark.parametrize("role", [Role.RATER, Role.EXPERT, Role.ADMINISTRATOR])
    def test_others_may_not(
        self,
        certifier: PersonClient,
        make_person: Callable[..., Person],
        browser_of: Browse,
        role: Role,
    ) -> None:
        run = begin(certifier)
        finish(certifier, run)
        browser = browser_of(make_person("Somebody", role))
        for part in ("", "/result.json", "/result.csv", "/past-decisions"):
            browser.get_page(f"{run}{part}", expect=403)
        for part in ("/slices", "/cancellation"):
            browser.post_page(f"{run}{part}", expect=403)
        browser.post_page(ADDRESS, {}, expect=403)

    def test_past_decisions_are_for_certifiers_only(
        self, certifier: PersonClient, trainer: PersonClient
    ) -> None:
        run = begin(certifier, exact__at_least="0.99")
        finish(certifier, run)
        trainer.get_page(f"{run}/past-decisions", expect=403)
        assert not trainer.get_page(run).has_link_to(f"{run}/past-decisions")
        assert certifier.get_page(run).has_link_to(f"{run}/past-decisions")

    def test_nothing_of_a_key_is_shown(self, certifier: PersonClient) -> None:
        run = begin(certifier)
        page = finish(certifier, run)
        for html in (page.html, certifier.get_page(f"{run}/past-decisions").html):
            assert "sings" not in html
            assert "certification-1" not in html


class TestPastDecisions:
    @pytest.fixture
    def strict(self, certifier: PersonClient) -> str:
        """A run of a standard that nobody but a perfect rater meets."""
        return begin(certifier, exact__at_least="0.99", within_one__at_least="1")

    def test_nobody_has_been_decided_on(self, certifier: PersonClient, strict: str) -> None:
        page = certifier.get_page(f"{strict}/past-decisions")
        assert "Nobody has finished an attempt" in page.text

    def test_outcomes_that_would_change_are_listed(
        self,
        certifier: PersonClient,
        strict: str,
        act: Callable[..., Any],
        ines: Person,
        otto: Person,
    ) -> None:
        decision_id = act(stories.decided_attempt, ines)
        act(stories.decided_attempt, otto, rater=stories.constant)
        page = certifier.get_page(f"{strict}/past-decisions")
        assert "1 outcome of 2 would change" in page.text
        assert page.has_link_to(f"/certifying/decisions/{decision_id}")
        assert "Otto" not in page.text
        assert "Same rating" in page.text
        assert "Meets the standard" in page.text
        assert "Does not meet the standard" in page.text

    @pytest.mark.begins(at=stories.decided())
    def test_a_standard_left_as_it_is_changes_nothing(
        self, certifier: PersonClient, act: Callable[..., Any], ines: Person
    ) -> None:
        page = certifier.get_page(f"{begin(certifier)}/past-decisions")
        assert "0 outcomes of 1 would change" in page.text

    @pytest.mark.begins(at=stories.decided())
    def test_who_trains_a_rater_does_not_read_their_name_here(
        self,
        app: Flask,
        strict: str,
        act: Callable[..., Any],
        ines: Person,
        cohort: Cohort,
        tamar: Person,
        browser_of: Browse,
    ) -> None:
        act(_make_certifier, tamar)
        page = browser_of(tamar).get_page(f"{strict}/past-decisions")
        assert "1 outcome of 1 would change" in page.text
        assert "Ines" not in page.text
        assert "another certifier sees it" in page.text

    def test_only_the_latest_attempts_are_judged_where_there_are_too_many(
        self, app: Flask, act: Callable[..., Any], cleo: Person, ines: Person, otto: Person
    ) -> None:
        act(stories.decided_attempt, ines, rater=stories.constant)
        act(stories.decided_attempt, otto, rater=stories.constant)
        with app.app_context():
            standard = small_pack().standards[STANDARD]
            few = past_decisions_under(standard, reader_id=cleo.id, limit=1)
            both = past_decisions_under(standard, reader_id=cleo.id, limit=2)
        assert (few.judged, few.has_more) == (1, True)
        assert (both.judged, both.has_more) == (2, False)

    def test_of_an_attempt_decided_twice_the_last_decision_is_judged(
        self, app: Flask, act: Callable[..., Any], cleo: Person, ines: Person, otto: Person
    ) -> None:
        first_id = act(stories.decided_attempt, ines)
        act(stories.decided_attempt, otto)
        second_id = act(_decided_again, first_id)
        with app.app_context():
            (latest, _ottos) = latest_decisions(Attempt.standard_slug == STANDARD, limit=3)
            standard = small_pack().standards[STANDARD]
            found = past_decisions_under(standard, reader_id=cleo.id, limit=2)
        assert latest.id == second_id
        assert (found.judged, found.has_more) == (2, False)

    @pytest.mark.begins(at=stories.decided())
    def test_the_decision_itself_is_left_alone(
        self, told: dict[str, Any], certifier: PersonClient, strict: str
    ) -> None:
        decision_id = told["decision_id"]
        certifier.get_page(f"{strict}/past-decisions")
        assert (
            "Meets the standard" in certifier.get_page(f"/certifying/decisions/{decision_id}").text
        )


def _decided_again(decision_id: uuid.UUID) -> uuid.UUID:
    """A second decision of the attempt, as after further vignettes."""
    with write_transaction() as session:
        first = session.get_one(Decision, decision_id)
        second = Decision(
            attempt_id=first.attempt_id,
            number=2,
            outcome=first.outcome,
            figures=first.figures,
            evidence=first.evidence,
            digest=first.digest,
            computed_at=now(),
        )
        session.add(second)
        session.flush()
        return second.id


def _make_certifier(person: Person) -> None:
    from training.accounts.models import RoleGrant

    db.session.add(RoleGrant(person_id=person.id, role=Role.CERTIFIER))

"""The dossier as files: enough to compute the decision again, and to find what was changed."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.certification import stories
from tests.certification.stories import careful, constant
from tests.certification.test_evidence import (
    NOW,
    as_engine_1_0_wrote,
    figures_of,
    one_bad_vignette,
    perfect,
    session,
    stored,
)
from tests.pack import CERTIFICATION, LEVELS, canary, small_pack
from tests.pages import PersonClient
from training.accounts.models import Person, Role
from training.certification.dossiers import files as dossier_files
from training.certification.dossiers.commands import dossier as command
from training.certification.dossiers.files import (
    DOSSIER,
    GATES,
    RATINGS,
    README,
    STANDARD,
    SUMS,
    NotADossierError,
    read,
    verify,
)
from training.certification.judging.differences import differences
from training.certification.judging.evidence import digest_of
from training.config import PROJECT_ROOT
from training.library.reading import canonical_text
from training.library.reading import digest_of as digest_of_text
from training.psychometrics import ENGINE_VERSION

Act = Callable[..., Any]
Browsers = Callable[[Person], PersonClient]
STANDARD_OF_PACK = small_pack().standards["dialogic-practice-rater"]
CIRCUMSTANCES: dict[str, Any] = {
    "honour": None,
    "closes_at": None,
    "window_changes": 0,
    "times": [],
    "history": [],
    "flags": [],
}


def document(sessions: list[Any] | None = None) -> dict[str, Any]:
    """A sealed dossier without a database."""
    evidence = stored(sessions or perfect())
    evidence["standard"]["digest"] = digest_of_text(canonical_text(STANDARD_OF_PACK))
    figures = figures_of(evidence)
    return dossier_files.sealed(
        {
            "decision": str(uuid.UUID(int=1)),
            "attempt": str(uuid.UUID(int=2)),
            "form": {"number": 1, "seed": "0"},
            "rater": {"id": str(uuid.UUID(int=3)), "name": "Ines"},
            "computed_at": NOW.isoformat(),
            "engine_version": ENGINE_VERSION,
            "digest": digest_of(figures, evidence, CIRCUMSTANCES),
            "standard": json.loads(canonical_text(STANDARD_OF_PACK)),
            "figures": figures,
            "evidence": evidence,
            "circumstances": CIRCUMSTANCES,
        }
    )


@cache
def packed() -> bytes:
    return dossier_files.zip_of(document())


def unpacked(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed_again(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def with_new_sums(files: dict[str, bytes]) -> bytes:
    """As somebody would pack it who knows how sums are made."""
    others = {name: text for name, text in files.items() if name != SUMS}
    return packed_again(others | {SUMS: dossier_files.sums_of(others)})


def resealed(changed: dict[str, Any]) -> dict[str, Any]:
    return dossier_files.sealed({k: v for k, v in changed.items() if k != "file_digest"})


def test_a_dossier_holds_and_says_so() -> None:
    found = verify(read(packed()))
    assert found.differs == ()
    assert found.notes == ()
    assert len(found.agrees) == 10
    assert found.agrees[-1].startswith("computed again: meets")


def test_the_same_dossier_is_packed_into_the_same_bytes() -> None:
    assert dossier_files.zip_of(document()) == packed()


def test_the_ratings_are_read_by_the_measurement_commands() -> None:
    from training.measurement.reading import ratings_in

    content = unpacked(packed())[RATINGS]
    table = ratings_in(content, scale=(0, 1, 2, 3, 4))
    assert set(table.raters) == {"Rater", "Consensus"}
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert len(rows) == 2 * 96
    assert sum(row["score"] == "NR" for row in rows) == 4


def test_every_gate_stands_in_its_table() -> None:
    rows = list(csv.DictReader(io.StringIO(unpacked(packed())[GATES].decode())))
    gates = document()["figures"]["gates"]
    assert [row["gate"] for row in rows] == [gate["gate"] for gate in gates]
    assert [row["status"] for row in rows] == [gate["status"] for gate in gates]
    assert float(rows[0]["value"]) == gates[0]["value"]


def test_the_readme_says_what_to_do_and_what_to_keep_secret() -> None:
    text = unpacked(packed())[README].decode()
    assert "flask --app wsgi dossier verify FILE" in text
    assert "KEEP THIS TO YOURSELF" in text
    assert document()["digest"] in text
    assert "Ines" not in text


cells = st.lists(
    st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=12, max_size=12),
    min_size=8,
    max_size=8,
)


@settings(max_examples=20)
@given(cells)
def test_whatever_was_rated_is_computed_again(scores: list[list[int | None]]) -> None:
    sessions = [
        session(number, [(item, s, r) for item, (s, r) in enumerate(zip(row, key, strict=True), 1)])
        for number, (row, key) in enumerate(zip(scores, LEVELS, strict=True), start=1)
    ]
    found = verify(read(dossier_files.zip_of(document(sessions))))
    assert found.differs == ()


@settings(max_examples=60)
@given(st.sampled_from([DOSSIER, RATINGS, GATES, STANDARD, README, SUMS]), st.data())
def test_one_changed_byte_is_found(name: str, data: st.DataObject) -> None:
    files = unpacked(packed())
    place = data.draw(st.integers(0, len(files[name]) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != files[name][place]))
    changed = bytearray(files[name])
    changed[place] = byte
    assert not is_held(packed_again(files | {name: bytes(changed)}))


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_archive_never_passes_with_other_content(data: st.DataObject) -> None:
    archive = bytearray(packed())
    place = data.draw(st.integers(0, len(archive) - 1))
    archive[place] = data.draw(st.integers(0, 255))
    if is_held(bytes(archive)):
        assert unpacked(bytes(archive)) == unpacked(packed()), "only how it is packed has changed"


def is_held(archive: bytes) -> bool:
    try:
        return verify(read(archive)).holds
    except NotADossierError:
        return False


@pytest.mark.parametrize("name", [RATINGS, GATES, STANDARD, README])
def test_new_sums_do_not_hide_a_change(name: str) -> None:
    files = unpacked(packed())
    files[name] = files[name].replace(b"1", b"2", 1)
    found = verify(read(with_new_sums(files)))
    assert found.differs == (f"not so: {name} says the same as {DOSSIER}",)


def test_a_better_outcome_is_found_however_well_it_is_sealed() -> None:
    """Nobody's constant ratings meet the standard, whatever digests are made for them."""
    worse = [
        session(n, [(item, 2, level) for item, level in enumerate(row, start=1)])
        for n, row in enumerate(LEVELS, start=1)
    ]
    changed = document(worse)
    assert changed["figures"]["outcome"] == "does_not_meet"
    changed["figures"]["outcome"] = "meets"
    changed["digest"] = digest_of(changed["figures"], changed["evidence"], CIRCUMSTANCES)
    found = verify(read(dossier_files.zip_of(resealed(changed))))
    assert found.differs == ("figures.outcome: stored 'meets', computed 'does_not_meet'",)


def test_an_easier_standard_is_found() -> None:
    changed = document()
    changed["standard"]["gates"][0]["at_least"] = 0.1
    found = verify(read(json.dumps(resealed(changed)).encode()))
    assert "not so: the standard is the version that was applied" in found.differs


def test_a_flag_that_was_taken_out_is_found() -> None:
    changed = document()
    changed["circumstances"] = CIRCUMSTANCES | {"window_changes": 1}
    found = verify(read(json.dumps(resealed(changed)).encode()))
    assert found.differs == (
        "not so: figures, evidence and circumstances have the digest of the decision",
    )


def test_another_engine_is_named_and_its_figures_are_compared() -> None:
    changed = document()
    changed["figures"]["engine_version"] = "0.0.1"
    changed["digest"] = digest_of(changed["figures"], changed["evidence"], CIRCUMSTANCES)
    found = verify(read(json.dumps(resealed(changed)).encode()))
    assert found.differs == ()
    assert found.notes == (
        f"the decision was computed by engine version 0.0.1; this is version {ENGINE_VERSION}",
    )


def test_a_file_that_engine_1_0_wrote_still_holds() -> None:
    changed = document(one_bad_vignette())
    changed["figures"] = as_engine_1_0_wrote(changed["figures"])
    changed["digest"] = digest_of(changed["figures"], changed["evidence"], CIRCUMSTANCES)
    found = verify(read(json.dumps(resealed(changed)).encode()))
    assert found.differs == ()
    assert found.notes == (
        f"the decision was computed by engine version 1.0; this is version {ENGINE_VERSION}",
    )
    changed["figures"]["comparison"]["rmse"]["low"] = 0.0
    changed["digest"] = digest_of(changed["figures"], changed["evidence"], CIRCUMSTANCES)
    found = verify(read(json.dumps(resealed(changed)).encode()))
    assert [line.partition(":")[0] for line in found.differs] == ["figures.comparison.rmse.low"]


def test_the_last_bits_of_a_figure_may_differ_and_no_more() -> None:
    assert list(differences({"a": 0.1 + 0.2}, {"a": 0.3})) == []
    assert list(differences({"a": 0.3001}, {"a": 0.3})) == [
        "figures.a: stored 0.3001, computed 0.3"
    ]
    assert len(list(differences({"a": 1, "b": [True]}, {"b": [1]}))) == 2


@pytest.mark.parametrize("name", [RATINGS, DOSSIER, SUMS])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_forged_file_before_the_true_one_of_its_name_is_found(name: str) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for entry, true in [(name, b"forged"), *unpacked(packed()).items()]:
            archive.writestr(entry, true)
    found = verify(read(content.getvalue()))
    assert found.differs == (f"{name} is in the archive more than once",)


def test_other_files_in_the_archive_are_found() -> None:
    files = unpacked(packed()) | {"more.txt": b"More."}
    found = verify(read(packed_again(files)))
    assert found.differs == ("not so: the archive holds its files and no others",)
    del files["more.txt"], files[GATES]
    assert not is_held(packed_again(files))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"subject,rater,item,score\n",
        b"[]",
        b"{}",
        b'{"format": "something else"}',
        b'{"format": "open-dialogue-dossier", "format_version": 99}',
        b"[" * 100_000,
        b"PK\x03\x04 and nothing that follows",
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_dossier_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(NotADossierError):
        read(content)
    file = tmp_path / "file"
    file.write_bytes(content)
    result = CliRunner().invoke(command, ["verify", str(file)])
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "holes", [{}, {"evidence": 3}, {"figures": []}, {"standard": {}, "digest": None}]
)
def test_a_dossier_with_holes_differs_and_does_not_fail(holes: dict[str, Any]) -> None:
    content = {"format": "open-dialogue-dossier", "format_version": 1} | holes
    found = verify(read(json.dumps(content).encode()))
    assert not found.holds
    assert any("computed again" in line or "cannot be read" in line for line in found.differs)


def test_an_archive_without_its_dossier_is_none() -> None:
    others = {name: text for name, text in unpacked(packed()).items() if name != DOSSIER}
    with pytest.raises(NotADossierError, match=r"the archive holds no dossier\.json"):
        read(packed_again(others))


def test_what_is_too_large_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dossier_files, "LARGEST_FILE", 100_000)
    with pytest.raises(NotADossierError, match="the file is too large to be a dossier"):
        read(b" " * 100_001)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(README, b"0" * 100_001)
    assert len(content.getvalue()) < 1_000
    with pytest.raises(NotADossierError, match=r"README\.txt is too large for a dossier"):
        read(content.getvalue())


def test_an_archive_under_a_password_cannot_be_opened() -> None:
    archive = bytearray(packed_again({DOSSIER: b"{}"}))
    archive[archive.index(b"PK\x01\x02") + 8] |= 1  # the flag of encryption, in the directory
    archive[archive.index(b"PK\x03\x04") + 6] |= 1  # and before the file itself
    with pytest.raises(NotADossierError, match="the archive cannot be opened"):
        read(bytes(archive))


def test_a_standard_that_makes_no_sense_is_told_with_its_first_fault() -> None:
    changed = document()
    changed["standard"]["confidence"] = 3
    found = verify(read(json.dumps(resealed(changed)).encode()))
    (told,) = [line for line in found.differs if line.startswith("the standard cannot be read")]
    assert "Input should be less than" in told


def test_of_many_figures_that_differ_the_first_ten_are_told() -> None:
    changed = document()
    for gate in changed["figures"]["gates"]:
        gate["value"] = -1.0
    changed["digest"] = digest_of(changed["figures"], changed["evidence"], CIRCUMSTANCES)
    found = verify(read(json.dumps(resealed(changed)).encode()))
    assert len(found.differs) == 11
    assert found.differs[0].startswith("figures.gates[0].value: stored -1.0, computed ")
    assert found.differs[-1] == f"and {len(changed['figures']['gates']) - 10} more figures differ"


# The command


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """As an auditor runs it: no database, no configuration, no SECRET_KEY."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "dossier", "verify", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT_ROOT,
        env=kept,
    )


def test_the_command_needs_neither_database_nor_configuration(tmp_path: Path) -> None:
    file = tmp_path / "dossier.zip"
    file.write_bytes(packed())
    result = run(str(file))
    assert (result.returncode, result.stderr) == (0, "")
    assert "agrees   computed again: meets" in result.stdout
    assert f"digest   {document()['digest']}" in result.stdout
    alone = tmp_path / "dossier.json"
    alone.write_bytes(unpacked(packed())[DOSSIER])
    assert CliRunner().invoke(command, ["verify", str(alone)]).exit_code == 0


def test_the_command_ends_with_one_where_something_differs(tmp_path: Path) -> None:
    file = tmp_path / "dossier.json"
    file.write_bytes(json.dumps(document() | {"digest": "0" * 64}).encode())
    result = CliRunner().invoke(command, ["verify", str(file)])
    assert result.exit_code == 1
    assert "DIFFERS  not so: figures, evidence and circumstances" in result.output


def test_the_command_ends_with_two_where_there_is_no_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.zip"):
        assert CliRunner().invoke(command, ["verify", str(path)]).exit_code == 2


# The page


def address_of(decision_id: object) -> str:
    return f"/certifying/decisions/{decision_id}/dossier.zip"


@pytest.mark.begins(at=stories.decided(careful))
def test_a_certifier_downloads_what_the_command_verifies(
    told: dict[str, Any], act: Act, browser_of: Browsers, cleo: Person, ines: Person
) -> None:
    decision_id = told["decision_id"]
    page = browser_of(cleo).get_page(f"/certifying/decisions/{decision_id}")
    assert page.has_link_to(address_of(decision_id))
    with browser_of(cleo).get(address_of(decision_id)) as response:
        archive = response.get_data()
    assert response.mimetype == "application/zip"
    assert f"dossier-{decision_id}.zip" in response.headers["Content-Disposition"]
    found = verify(read(archive))
    assert found.differs == ()
    kept = read(archive).document
    assert kept["rater"]["name"] == "Ines"
    assert len(kept["circumstances"]["times"]) == 8
    (line,) = act(stories.acts_noted, "data exported")
    assert (line.person_id, line.subject) == (cleo.id, f"decision {decision_id}")


@pytest.mark.begins(at=stories.decided(constant))
def test_the_files_hold_scores_of_the_key_and_none_of_its_reasons(
    told: dict[str, Any], browser_of: Browsers, cleo: Person, ines: Person
) -> None:
    decision_id = told["decision_id"]
    with browser_of(cleo).get(address_of(decision_id)) as response:
        files = unpacked(response.get_data())
    text = b"".join(files.values()).decode()
    assert "canary" not in text
    assert not [bird for slug in CERTIFICATION for bird in [canary(slug, 1)] if bird in text]


@pytest.mark.begins(at=stories.decided(careful))
def test_nobody_else_gets_the_files(
    told: dict[str, Any],
    app: Flask,
    act: Act,
    make_person: Callable[..., Person],
    browser_of: Browsers,
    stranger: PersonClient,
    ines: Person,
) -> None:
    decision_id = told["decision_id"]
    stranger.get_page(address_of(decision_id), expect=302)
    people = [make_person(f"A {role.value}", role) for role in Role if role is not Role.CERTIFIER]
    rating_certifier = make_person("Both", Role.CERTIFIER, Role.RATER)
    for person in (ines, rating_certifier, *people):
        browser_of(person).get_page(address_of(decision_id), expect=403)
    certifier = browser_of(make_person("Cleo", Role.CERTIFIER))
    certifier.get_page(address_of(uuid.uuid4()), expect=404)
    assert act(stories.acts_noted, "data exported") == []

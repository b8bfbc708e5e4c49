"""Publishing keys over keys: a panel's is not undone, and what changes is told."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from flask import Flask

from tests.certification import stories
from tests.keys.key_changes import FIRST, key_with, ratify, upside_down
from tests.library.folders import edit_yaml, item, key, key_rating, write_pack, write_yaml
from tests.pack import small_pack
from tests.pages import PersonClient
from training.accounts.models import Person
from training.database import db
from training.keys.changes import records as change_records
from training.keys.models import KeyChange
from training.library import records as library
from training.library.commands import content
from training.library.reading import canonical_text, read_pack
from training.library.schema import KeyStatus

STORY = "vignettes/story/vignette.yaml"
KEY = "vignettes/story/key.yaml"
CHECK = "/administration/content/check"


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A content folder that is published and that the service is configured with."""
    write_pack(tmp_path)
    config = replace(app.extensions["config"], content_paths=(tmp_path,))
    monkeypatch.setitem(app.extensions, "config", config)
    with app.app_context():
        library.publish(read_pack(tmp_path), person_id=None)
    return tmp_path


@pytest.fixture
def ratified_id(app: Flask, folder: Path, cleo: Person, emeka: Person) -> uuid.UUID:
    """A panel's key of the story, which Cleo has put in use."""
    with app.app_context():
        version = ratify(emeka, "story", {1: {"rating": 3}})
        change_records.put_in_use("story", version, by=cleo, reason="A panel agreed.")
        return version


def change_key(folder: Path, score: int) -> None:
    """Let the author's key say something else about the first item."""
    edit_yaml(folder / KEY, items=key()["items"] | {1: key_rating(1, score)})


def test_a_ratified_key_stays_in_use_until_its_vignette_changes(
    app: Flask,
    folder: Path,
    ratified_id: uuid.UUID,
    ada: Person,
    browser_of: Callable[[Person], PersonClient],
) -> None:
    change_key(folder, 1)
    page = browser_of(ada).get_page(CHECK)
    assert "1 ratified key stays in use" in page.text
    assert "what is in the folders is in use already" in page.text
    run = app.test_cli_runner().invoke
    assert "0 keys would be replaced." in run(content, ["publish", "--preview"]).output
    said = run(content, ["publish"]).output
    assert "kept the ratified key of story: the folder holds its author's" in said
    assert "0 published, 2 unchanged." in said
    with app.app_context():
        assert library.get_key("story").id == ratified_id

    edit_yaml(folder / STORY, title="The story, told again")
    page = browser_of(ada).get_page(CHECK)
    assert "stays in use" not in page.text
    digest = str(page.soup.select_one("input[name=digest]")["value"])  # type: ignore[index]
    page = browser_of(ada).post_page(CHECK, {"digest": digest}, follow=True)
    assert "2 documents are published." in page.text
    assert "the ratified keys of these are replaced by their authors': story." in page.text
    with app.app_context():
        assert library.get_key("story").document.status is KeyStatus.AUTHORED
        lines = stories.acts_noted("content published")
        (line,) = [each for each in lines if "replaces_ratified_key" in each.details]
        assert line.subject == "key story"
        # Ratings of the old wording are not held against the new key.
        assert db.session.query(KeyChange).count() == 1
        (waiting,) = change_records.waiting_keys()
        assert (waiting.document_id, waiting.fits) == (ratified_id, False)
    edit_yaml(folder / STORY, title="The story")
    run(content, ["publish"])
    with app.app_context():
        assert library.get_key("story").document.status is KeyStatus.AUTHORED
        assert change_records.waiting_keys()[0].fits


def test_a_ratified_key_goes_when_the_instrument_asks_for_another_item(
    app: Flask,
    folder: Path,
    ratified_id: uuid.UUID,
    cleo: Person,
    emeka: Person,
    browser_of: Callable[[Person], PersonClient],
) -> None:
    """Feedback on that item would have no key. Another wording of one is told and no more."""
    with app.app_context():
        waiting = f"/keys/changes/story/{ratify(emeka, 'story', {1: {'rating': 1}})}"
    file = folder / "instruments" / "small-scale.yaml"
    publish = partial(app.test_cli_runner().invoke, content, ["publish"])
    edit_yaml(file, items=[item(1) | {"advice": "Look again."}, item(2), item(3)])
    assert "kept the ratified key of story" in publish().output
    page = browser_of(cleo).get_page(waiting)
    assert "another version of the instrument than is in use now" in page.text
    edit_yaml(file, items=[item(number) for number in (1, 2, 3, 4)])
    edit_yaml(folder / KEY, items=key()["items"] | {4: key_rating(4, 2)})
    said = publish().output
    assert "replaced the ratified key of story: the vignette is worded or rated otherwise" in said
    with app.app_context():
        assert sorted(library.get_key("story").document.items) == [1, 2, 3, 4]
        replaced = {change.from_document_id for change in db.session.query(KeyChange)}
        assert ratified_id in replaced
    assert "or it is rated on other items" in browser_of(cleo).get_page(waiting).text


def test_an_authored_key_over_another_says_what_it_changes(
    app: Flask,
    folder: Path,
    ines: Person,
    ada: Person,
    browser_of: Callable[[Person], PersonClient],
) -> None:
    with app.app_context():
        stories.practise(ines, slugs=("story",))
        old = library.get_key("story")
    change_key(folder, 4)
    page = browser_of(ada).get_page(CHECK)
    assert "story: 1 item with another consensus, 1 practice feedback" in page.text
    assert "0 decisions would end otherwise" in page.text
    run = app.test_cli_runner().invoke
    said = run(content, ["publish", "--preview"]).output
    assert "key story: items with another consensus: 1" in said
    with app.app_context():
        assert library.get_key("story").id == old.id
    assert "published key story" in run(content, ["publish"]).output
    with app.app_context():
        change = db.session.query(KeyChange).one()
        assert change.from_document_id == old.id
        assert change.put_in_use_by_id is None  # a command, which nobody signs in for
        found = change_records.latest_changes()
        assert [(row.cases, row.open_cases) for row in found] == [(0, 0)]
    page = browser_of(ada).get_page(f"/keys/changes/{change.id}")
    assert "a command" in page.text
    assert "Published with the content." in page.text
    assert "No decision would have ended otherwise." in page.text


def test_whoever_publishes_is_told_that_decisions_wait(
    app: Flask, tmp_path: Path, ines: Person
) -> None:
    pack = small_pack()
    with app.app_context():
        stories.decided_attempt(ines)
        db.session.commit()
        changed = key_with(FIRST, upside_down(FIRST))
    for file, document in (
        ("instruments/scale.yaml", pack.instruments[changed.instrument]),
        (f"vignettes/{FIRST}/vignette.yaml", pack.vignettes[FIRST]),
        (f"vignettes/{FIRST}/key.yaml", changed),
    ):
        write_yaml(tmp_path / file, json.loads(canonical_text(document)))
    result = app.test_cli_runner().invoke(content, ["publish", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert "1 published, 2 unchanged." in result.output
    assert "1 decision waits for a certifier at /keys/changes." in result.output

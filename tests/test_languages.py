"""Which language is shown to whom, and whether the catalogue fits the texts it translates."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import lru_cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask
from sqlalchemy import select, update

from tests.accounts.test_joining import NEW_PERSON
from tests.conftest import PASSWORD
from tests.pages import Page, PersonClient
from training.accounts import records as accounts
from training.accounts.models import Person, Role
from training.cohorts.models import Cohort
from training.config import PROJECT_ROOT
from training.database import db, write_transaction
from training.languages import DEFAULT_LANGUAGE, INCOMPLETE_LANGUAGES, LANGUAGES, selected_language
from training.mail import post
from training.mail.models import Letter

BrowserOf = Callable[[Person], PersonClient]
TRANSLATIONS = PROJECT_ROOT / "training" / "translations"
PLACEHOLDER = re.compile(r"%\((\w+)\)([a-z])|(%%)|(%)")
SOURCES = [
    ("**.py", "python"),
    ("templates/**.html", "jinja2"),
    ("templates/**.txt", "jinja2"),
    ("templates/**.svg", "jinja2"),
]
# As babel.cfg has them: what cannot be read is an error, and never no text at all.
READING = {"extensions": "jinja2.ext.do", "silent": "false"}


def language_of(page: Page) -> str:
    assert page.soup.html is not None
    return str(page.soup.html["lang"])


def language_for(client: PersonClient, wanted: str, address: str = "/about") -> str:
    """What a browser that asks for these languages is shown."""
    with client.get(address, headers={"Accept-Language": wanted}) as answer:
        assert answer.status_code == 200
        return language_of(Page(answer))


# Who is shown what


@pytest.mark.parametrize(
    "wanted", ["hi", "hi-IN,hi;q=0.9,en;q=0.1", "fr", "", "*", ";;q=x,,", "e" * 999]
)
def test_a_browser_alone_never_brings_an_incomplete_language(
    stranger: PersonClient, wanted: str
) -> None:
    assert "hi" in INCOMPLETE_LANGUAGES
    assert language_for(stranger, wanted) == DEFAULT_LANGUAGE


def test_a_complete_language_is_shown_to_a_browser_that_asks_for_it(
    stranger: PersonClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.languages.INCOMPLETE_LANGUAGES", frozenset())
    assert language_for(stranger, "hi-IN,hi;q=0.9,en;q=0.1") == "hi"
    assert language_for(stranger, "en;q=0.9,hi;q=0.1") == "en"


def test_a_strangers_choice_goes_before_what_the_browser_asks_for(stranger: PersonClient) -> None:
    stranger.post_page("/language", {"language": "hi", "next": "/about"})
    assert language_for(stranger, "en") == "hi"
    stranger.post_page("/language", {"language": "en", "next": "/about"})
    assert language_for(stranger, "hi") == "en"


def test_a_persons_choice_goes_before_the_browsers(
    app: Flask, ines: Person, stranger: PersonClient
) -> None:
    with app.app_context():
        accounts.change_profile(ines, name=ines.name, locale="hi")
    stranger.post_page("/language", {"language": "en", "next": "/sign-in"})
    stranger.post_page("/sign-in", {"email": ines.email, "password": PASSWORD})
    assert language_for(stranger, "en", "/home") == "hi"
    stranger.post_page("/sign-out")
    assert language_for(stranger, "en", "/") == "en"  # the next one at this computer is not Ines


def test_who_joins_keeps_the_language_chosen_before(
    app: Flask, stranger: PersonClient, cohort: Cohort
) -> None:
    stranger.post_page("/language", {"language": "hi", "next": "/join"})
    stranger.post_page("/join", NEW_PERSON | {"code": cohort.code})
    assert language_of(app.test_client().get_page("/about")) == "en"
    assert language_of(stranger.get_page("/home")) == "hi"
    with app.app_context():
        noor = accounts.find_person_by_email("noor@example.org")
        assert noor is not None
        assert noor.locale == "hi"


def test_a_language_that_is_no_longer_offered_is_the_default(
    app: Flask, ines: Person, browser_of: BrowserOf
) -> None:
    with app.app_context(), write_transaction() as session:
        session.execute(update(Person).values(locale="tlh"))
    assert language_for(browser_of(ines), "hi", "/home") == "en"


def test_without_a_reader_it_is_the_default(app: Flask) -> None:
    with app.app_context():
        assert selected_language() == DEFAULT_LANGUAGE


# Choosing


def test_every_language_is_offered_by_its_own_name_and_says_when_it_is_incomplete(
    stranger: PersonClient,
) -> None:
    buttons = stranger.get_page("/about").soup.select(".language-choice button")
    assert [button["value"] for button in buttons] == list(LANGUAGES)
    for button in buttons:
        code = str(button["value"])
        assert button["lang"] == code
        assert LANGUAGES[code] in button.get_text()
        assert ("in part" in button.get_text()) == (code in INCOMPLETE_LANGUAGES)
        assert (button.get("aria-current") == "true") == (code == "en")


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("/about", "/about"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\n\\evil.example", "/"),
        ("", "/"),
    ],
)
def test_after_choosing_one_is_where_one_was_and_never_elsewhere(
    stranger: PersonClient, asked: str, led_to: str
) -> None:
    assert stranger.post_page("/language", {"language": "hi", "next": asked}).location == led_to


@pytest.mark.parametrize("language", ["", "xx", "EN", "../en", "hi\n"])
def test_what_is_no_language_is_refused(stranger: PersonClient, language: str) -> None:
    stranger.post_page("/language", {"language": language}, expect=400)
    assert language_of(stranger.get_page("/about")) == "en"


def test_a_letter_is_in_its_readers_language_whoever_asked_for_it(
    app: Flask, ines: Person, stranger: PersonClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ines reads Hindi; the browser in which her letter is asked for is in English."""
    seen, speaking = [], post.speaking

    def watched(code: str) -> AbstractContextManager[None]:
        seen.append(code)
        return speaking(code)

    monkeypatch.setattr(post, "speaking", watched)
    with app.app_context():
        accounts.change_profile(ines, name=ines.name, locale="hi")
    page = stranger.post_page("/forgotten-password", {"email": ines.email}, expect=200)
    assert language_of(page) == "en"
    assert seen == ["hi"]
    with app.app_context():
        assert "/reset-password/" in db.session.scalars(select(Letter)).one().body


@pytest.mark.usefixtures("small_content_folder")
def test_every_page_can_be_shown_in_every_language(
    app: Flask, make_person: Callable[..., Person], browser_of: BrowserOf
) -> None:
    """A translation whose placeholders do not fit would be an error here."""
    somebody = make_person("Somebody", *Role)
    for language in LANGUAGES:
        with app.app_context():
            accounts.change_profile(somebody, name="100 % Somebody", locale=language)
        browser = browser_of(somebody)
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and not rule.arguments:
                with browser.get(rule.rule) as answer:
                    assert answer.status_code in (200, 302), rule.rule
                    if answer.mimetype == "text/html" and answer.status_code == 200:
                        assert f'<html lang="{language}">' in answer.get_data(as_text=True)


# The catalogues


def catalogues() -> list[Path]:
    return sorted(TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))


def translated(file: Path) -> list[Message]:
    """The messages of a catalogue that have a translation."""
    with file.open("rb") as opened:
        catalogue: Catalog = read_po(opened, locale=file.parts[-3])
    messages = [message for message in catalogue if message.id]
    return [m for m in messages if all(m.string if m.pluralizable else [m.string])]


def texts_of(part: str | tuple[str, ...] | list[str]) -> list[str]:
    return [part] if isinstance(part, str) else list(part)


def placeholders(text: str) -> set[str]:
    """The placeholders of a text, like "%(number)d"; a lone % is one too, as it breaks."""
    return {found[0] for found in PLACEHOLDER.finditer(text) if not found[3]}


@lru_cache
def texts_in_the_code() -> frozenset[str]:
    """Every text that the code or a template hands to gettext."""
    found = extract_from_dir(
        str(PROJECT_ROOT / "training"),
        SOURCES,
        {pattern: READING for pattern, method in SOURCES if method == "jinja2"},
        keywords=_keywords(),
        strip_comment_tags=True,
    )
    return frozenset(text for _, _, message, *_ in found for text in texts_of(message))


def _keywords() -> dict[str, tuple[int, ...] | None]:
    return {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}


@pytest.mark.parametrize("file", catalogues(), ids=lambda file: str(file.parts[-3]))
def test_every_translation_fills_in_what_its_source_does(file: Path) -> None:
    messages = translated(file)
    assert messages
    for message in messages:
        wanted = placeholders(" ".join(texts_of(message.id)))
        for text in texts_of(message.string):
            assert placeholders(text) <= wanted, message.id
            # Only a number may go unsaid, where a language says "one" with a word.
            assert wanted - placeholders(text) <= {"%(num)d", "%(num)s"}, message.id
            if wanted or "%%" in " ".join(texts_of(message.id)):
                names = dict.fromkeys(re.findall(r"%\((\w+)\)", text), 1)
                assert text % names


@pytest.mark.parametrize("file", catalogues(), ids=lambda file: str(file.parts[-3]))
def test_a_translation_is_of_a_text_that_is_still_shown(file: Path) -> None:
    for message in translated(file):
        assert set(texts_of(message.id)) <= texts_in_the_code(), message.id


@pytest.mark.parametrize("file", catalogues(), ids=lambda file: str(file.parts[-3]))
def test_no_page_is_half_in_another_language(file: Path) -> None:
    """Every text of ours has a translation; what is content stays as its authors wrote it."""
    there = {text for message in translated(file) for text in texts_of(message.id)}
    assert sorted(texts_in_the_code() - there) == []


@pytest.mark.parametrize("file", catalogues(), ids=lambda file: str(file.parts[-3]))
def test_a_catalogue_is_of_a_language_that_is_offered(file: Path) -> None:
    assert file.parts[-3] in LANGUAGES


def test_texts_are_whole_and_their_placeholders_have_names() -> None:
    """A translator can reorder "%(done)s of %(needed)s", but not "%s of %s"."""
    texts = texts_in_the_code()
    assert len(texts) > 300
    for text in texts:
        assert not [found for found in PLACEHOLDER.finditer(text) if found[4]], text

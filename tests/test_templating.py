"""What templates show: figures, days, addresses of files, and what stands on every page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.pages import PersonClient
from training import templating
from training.accounts.models import Person, Role
from training.languages import speaking
from training.templating import (
    asset,
    format_clock,
    format_day,
    format_moment,
    format_number,
    format_share,
    format_signed,
    input_attributes,
)

BrowserOf = Callable[[Person], PersonClient]
EVENING = datetime(2026, 11, 24, 20, 5, tzinfo=UTC)
LATE_IN_KOLKATA = datetime(2026, 11, 25, 1, 35, tzinfo=timezone(timedelta(hours=5, minutes=30)))


def in_language(app: Flask, language: str, show: Callable[[], str]) -> str:
    with app.test_request_context(), speaking(language):
        return show()


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (0.5, 2, "0.50"),
        (0.256, 2, "0.26"),
        (1, 2, "1.00"),
        (12.0, 0, "12"),
        (-1.234, 1, "-1.2"),
        # Halves go to the even neighbour, as Python and IEEE 754 have it.
        (0.125, 2, "0.12"),
        (0.375, 2, "0.38"),
        (2.5, 0, "2"),
        (0.0, 2, "0.00"),
        (-0.0, 2, "0.00"),
        (-0.001, 2, "0.00"),
        (-0.4, 0, "0"),
    ],
)
def test_a_number_has_its_digits_and_nothing_is_minus_zero(
    app: Flask, language: str, value: float, digits: int, shown: str
) -> None:
    assert in_language(app, language, lambda: format_number(value, digits)) == shown


def test_zero_is_zero_whatever_was_shown_before_it(app: Flask) -> None:
    """Minus zero and zero are one key in a cache; what is kept must fit both."""
    templating._decimal.cache_clear()
    assert in_language(app, "en", lambda: format_number(-0.001)) == "0.00"
    assert in_language(app, "en", lambda: format_number(0.0)) == "0.00"


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0%"),
        (1.0, "100%"),
        (0.6, "60%"),
        (0.125, "12%"),
        (0.375, "38%"),
        (0.994, "99%"),
        (0.004, "0%"),
        (-0.0, "0%"),
        (-0.004, "0%"),
        (-0.06, "-6%"),
    ],
)
def test_a_share_is_a_whole_percentage(app: Flask, language: str, value: float, shown: str) -> None:
    assert in_language(app, language, lambda: format_share(value)) == shown


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (0.25, 2, "+0.25"),
        (-0.25, 2, "−0.25"),
        (0, 2, "±0.00"),
        (0.004, 2, "±0.00"),
        (-0.004, 2, "±0.00"),
        (-0.04, 1, "±0.0"),
        (1, 0, "+1"),
        (-1, 0, "−1"),
    ],
)
def test_a_difference_has_its_sign_and_no_other(
    app: Flask, value: float, digits: int, shown: str
) -> None:
    for language in ("en", "hi"):
        assert in_language(app, language, lambda: format_signed(value, digits)) == shown


@given(value=st.floats(-10, 10), digits=st.integers(0, 3))
def test_no_figure_is_shown_as_minus_zero(value: float, digits: int) -> None:
    # Outside a request there is no reader; the figures are those of the default language.
    shown = format_number(value, digits)
    assert not (shown.startswith("-") and float(shown) == 0)
    assert float(shown) == pytest.approx(value, abs=0.5 * 10**-digits + 1e-9)
    assert float(format_share(value / 10).rstrip("%")) == pytest.approx(value * 10, abs=0.5001)
    sign = format_signed(value, digits)[0]
    assert {"+": 1, "−": -1, "±": 0}[sign] == (float(shown) > 0) - (float(shown) < 0)


def test_where_there_is_no_figure_there_is_a_dash_and_where_no_moment_nothing(app: Flask) -> None:
    with app.test_request_context():
        assert [show(None) for show in (format_number, format_share, format_signed)] == ["–"] * 3
        assert [show(None) for show in (format_day, format_moment, format_clock)] == [""] * 3


def test_days_and_moments_are_in_the_readers_language_and_in_utc(app: Flask) -> None:
    assert EVENING == LATE_IN_KOLKATA
    for moment in (EVENING, LATE_IN_KOLKATA):  # however it is written, it is one moment
        assert in_language(app, "en", lambda m=moment: format_day(m)) == "24 November 2026"
        assert in_language(app, "en", lambda m=moment: format_moment(m)) == "24 Nov 2026, 20:05 UTC"
        assert in_language(app, "en", lambda m=moment: format_clock(m)) == "20:05"
        assert in_language(app, "hi", lambda m=moment: format_day(m)) == "24 नवंबर 2026"
        assert in_language(app, "hi", lambda m=moment: format_moment(m)).startswith("24 नव॰ 2026")


def test_the_address_of_a_file_changes_with_its_content(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def address_in(folder: str, content: str) -> str:
        (tmp_path / folder / "css").mkdir(parents=True)
        (tmp_path / folder / "css" / "app.css").write_text(content)
        monkeypatch.setattr(app, "static_folder", str(tmp_path / folder))
        with app.test_request_context():
            return asset("css/app.css")

    first = address_in("first", "body { color: black }")
    assert first == address_in("same", "body { color: black }")
    second = address_in("second", "body { color: blue }")
    assert first.partition("?")[0] == second.partition("?")[0] == "/static/css/app.css"
    assert first != second


def test_every_file_a_page_asks_for_is_there(
    app: Flask, stranger: PersonClient, ines: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(ines)
    for client, address in ((stranger, "/"), (browser, "/home"), (browser, "/modules")):
        page = client.get_page(address)
        files = [link["href"] for link in page.soup.select("head link[href]")]
        files += [script["src"] for script in page.soup.select("script[src]")]
        assert files
        for file in files:
            with client.get(str(file)) as answer:
                assert answer.status_code == 200, file
                assert "immutable" in answer.headers["Cache-Control"]


def test_an_input_is_tied_to_its_hint_and_its_error() -> None:
    assert input_attributes([], [], {"type": "email"}) == {"type": "email"}
    assert input_attributes(["a-hint", "a-error"], ["Wrong."], {}) == {
        "aria-describedby": "a-hint a-error",
        "aria-invalid": "true",
    }


@pytest.mark.usefixtures("small_content_folder")
def test_every_page_says_its_language_and_its_title(
    app: Flask, stranger: PersonClient, make_person: Callable[..., Person], browser_of: BrowserOf
) -> None:
    """Every page without an id in its address, opened by somebody with every role."""
    browser = browser_of(make_person("Somebody", *Role))
    titles: dict[str, str] = {}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.arguments or "static" in rule.endpoint:
            continue
        for client in (browser, stranger):
            with client.get(rule.rule) as answer:
                if answer.mimetype != "text/html" or answer.status_code != 200:
                    continue
            page = client.get_page(rule.rule)
            assert page.soup.html is not None
            assert page.soup.html["lang"] == "en", rule.rule
            assert page.soup.title is not None
            title = page.soup.title.get_text()
            assert title.endswith(" · Open Dialogue rater training"), rule.rule
            titles[rule.rule] = title
    assert len(titles) > 20
    # A title names its page: going through the tabs one finds the right one.
    shared = {t for t in titles.values() if list(titles.values()).count(t) > 1}
    assert shared <= {titles["/join"]}, shared


def test_error_pages_are_pages_too(
    stranger: PersonClient, ines: Person, browser_of: BrowserOf
) -> None:
    for page in (
        stranger.get_page("/no-such-page", expect=404),
        browser_of(ines).get_page("/administration", expect=403),
        stranger.get_page("/language", expect=405),
    ):
        assert page.soup.html is not None
        assert page.soup.html["lang"] == "en"
        assert page.response.headers["X-Request-Id"] in page.text

"""What stands in the file that calendars read, as RFC 5545 has it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from training.deadlines.calendar_file import calendar_file
from training.deadlines.records import DatedEvent

MADE = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
CLOSES = datetime(2026, 4, 9, 23, 59, 59, tzinfo=UTC)
ADDRESS = "https://raters.example.org"


def event(**changes: object) -> DatedEvent:
    values = {
        "name": "attempt-7-closes",
        "at": CLOSES,
        "title": "Your assessment closes: Dialogic practice",
        "about": "Submit every vignette before.",
        "address": "/certification/attempts/7",
    }
    return DatedEvent(**(values | changes))  # type: ignore[arg-type]


def made_of(*events: DatedEvent) -> bytes:
    return calendar_file(events, title="Rater training", public_url=ADDRESS, at=MADE)


def lines_of(file: bytes) -> list[str]:
    """The lines as they were before they were folded."""
    return file.decode().replace("\r\n ", "").split("\r\n")


def read_again(file: bytes) -> Iterable[tuple[str, str]]:
    for found in Calendar.from_ical(file).walk("VEVENT"):
        yield str(found["summary"]), str(found["description"])


def test_an_event_says_when_what_and_where_and_makes_nobody_look_busy() -> None:
    lines = lines_of(made_of(event()))
    begin, end = lines.index("BEGIN:VEVENT"), lines.index("END:VEVENT")
    assert set(lines[begin + 1 : end]) == {
        "UID:attempt-7-closes@open-dialogue-rater-training",
        "DTSTAMP:20260301T083000Z",
        "DTSTART:20260409T235959Z",
        "SUMMARY:Your assessment closes: Dialogic practice",
        "DESCRIPTION:Submit every vignette before.",
        "URL:https://raters.example.org/certification/attempts/7",
        "TRANSP:TRANSPARENT",
    }


def test_the_file_says_whose_it_is_and_when_to_look_again() -> None:
    lines = lines_of(made_of())
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert set(lines[1:-2]) == {
        "PRODID:-//Open Dialogue rater training//Dates//EN",
        "VERSION:2.0",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Rater training",
        "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
    }


def test_events_stand_in_the_order_in_which_they_come() -> None:
    names = ["second", "first", "third"]
    file = made_of(*(event(name=name, title=name) for name in names))
    assert [title for title, _ in read_again(file)] == names


def test_a_long_title_is_folded_and_no_line_is_longer_than_75_octets() -> None:
    """RFC 5545, section 3.1, counts octets: a letter of another script has three."""
    title = "अभ्यास का प्रमाणन " * 12
    file = made_of(event(title=title))
    assert max(len(line) for line in file.split(b"\r\n")) <= 75
    assert [read for read, _ in read_again(file)] == [title]


@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"], include_characters="\n")
    )
)
@settings(max_examples=40)
def test_no_title_of_a_cohort_ends_an_event_or_begins_another(text: str) -> None:
    hostile = f"{text}\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:forged, no; really"
    assert list(read_again(made_of(event(title=hostile, about=hostile)))) == [(hostile, hostile)]

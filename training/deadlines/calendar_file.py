"""Dates as a file that every calendar reads: iCalendar, RFC 5545."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from training.deadlines.records import DatedEvent

PRODUCT = "-//Open Dialogue rater training//Dates//EN"
# Names stay the same when the service moves to another address.
DOMAIN = "open-dialogue-rater-training"
ASK_AGAIN_AFTER = timedelta(hours=12)


def calendar_file(
    events: Iterable[DatedEvent], *, title: str, public_url: str, at: datetime
) -> bytes:
    """The file; `at` is the moment it is made. All times are in UTC.

    An event has no length and does not make anybody look busy.
    """
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", ASK_AGAIN_AFTER, {"value": "DURATION"})
    for dated in events:
        event = Event()
        event.add("uid", f"{dated.name}@{DOMAIN}")
        event.add("dtstamp", at)
        event.add("dtstart", dated.at)
        event.add("summary", dated.title)
        event.add("description", dated.about)
        event.add("url", public_url + dated.address)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    file: bytes = calendar.to_ical()
    return file

"""Who is measured on what: the served application, the people signed in, and what they send."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bench.browser import FORM, Visitor
from bench.load import REVISION, Caller
from bench.measuring import Bench, Round
from bench.seeding import PASSWORD, Seeded
from bench.servers import Server
from bench.wire import request_bytes

Figures = dict[str, float]
JSON = {"Content-Type": "application/json"}


@dataclass(slots=True)
class Subject:
    """The application as it is served for one run, and the data behind it."""

    server: Server
    database_process_ids: tuple[int, ...]
    seeded: Seeded
    details: dict[str, object] = field(default_factory=dict)  # for the JSON file
    savers: list[Caller] = field(default_factory=list)
    visitors: dict[str, Visitor] = field(default_factory=dict)
    tokens: dict[int, str] = field(default_factory=dict)

    @property
    def process_ids(self) -> tuple[int, ...]:
        """Of the server and the database: all below them is the service."""
        return (self.server.process_id, *self.database_process_ids)

    def visitor(self, email: str) -> Visitor:
        """This person's browser, signed in."""
        if email not in self.visitors:
            visitor = Visitor(self.server.port)
            visitor.sign_in(email, PASSWORD)
            self.visitors[email] = visitor
        return self.visitors[email]

    def token(self, rater: int) -> str:
        """What the forms of this rater, by place, have to hold."""
        if rater not in self.tokens:
            visitor = self.visitor(self.seeded.raters[rater])
            self.tokens[rater] = visitor.csrf_token(self.seeded.lessons[0])
        return self.tokens[rater]

    def rounds(self, bench: Bench, callers: list[Caller], *, name: str) -> list[Round]:
        rounds = bench.alternate(self.server, callers, further=self.database_process_ids)
        self.details[name] = {
            "cpu_ms": [round(r.measured.cpu_milliseconds_each, 3) for r in rounds],
            "hello_cpu_ms": [round(r.hello.cpu_milliseconds_each, 3) for r in rounds],
            "per_second": [round(r.measured.per_second, 1) for r in rounds],
            "hello_per_second": [round(r.hello.per_second, 1) for r in rounds],
        }
        return rounds


def readers(subject: Subject, number: int) -> list[Caller]:
    """Raters who read all lessons, each beginning with another one."""
    lessons = subject.seeded.lessons
    callers = []
    for place, email in enumerate(subject.seeded.raters[:number]):
        headers = subject.visitor(email).headers
        in_turn = (*lessons[place % len(lessons) :], *lessons[: place % len(lessons)])
        callers.append(
            Caller(tuple(request_bytes("GET", each, headers=headers) for each in in_turn))
        )
    return callers


def savers(subject: Subject, number: int) -> list[Caller]:
    """Raters who change all their ratings, there and back again.

    A rater goes on from the revision that an earlier measure has left.
    """
    for place in range(len(subject.savers), number):
        subject.savers.append(_saver(subject, place))
    return subject.savers[:number]


def _saver(subject: Subject, place: int) -> Caller:
    token = subject.token(place)  # first: it comes with a cookie
    visitor = subject.visitor(subject.seeded.raters[place])
    headers = visitor.headers | {"X-CSRFToken": token} | JSON
    address = subject.seeded.drafts[place]
    bodies = [draft_body(subject, number) for number in (0, 1)]
    return Caller(
        tuple(request_bytes("POST", address, headers=headers, body=body) for body in bodies)
    )


def draft_body(subject: Subject, number: int) -> bytes:
    """Twelve ratings with evidence and a note; draft 0 and draft 1 differ in every item."""
    scores = subject.seeded.scores
    ratings = {
        str(item): {
            "rating": scores[(item + number) % len(scores)],
            "reason": "",
            "evidence": [(item + number) % subject.seeded.turns + 1, subject.seeded.turns - number],
            "note": f"What the team did here, seen {number + 1} times.",
        }
        for item in subject.seeded.items
    }
    return b'{"revision": ' + REVISION + b', "ratings": ' + json.dumps(ratings).encode() + b"}"


def sign_in_request(subject: Subject, email: str) -> bytes:
    """The POST of a right password, from a browser that has just opened the form."""
    visitor = Visitor(subject.server.port)
    token = visitor.csrf_token("/sign-in")
    form = urlencode({"csrf_token": token, "email": email, "password": PASSWORD}).encode()
    return request_bytes("POST", "/sign-in", headers=visitor.headers | FORM, body=form)

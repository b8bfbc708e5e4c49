"""The measures themselves: each is one function that returns its figures by code."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from urllib.parse import urlencode

from bench.arithmetic import growth_exponent, median_ratio, percentile
from bench.browser import FORM, Visitor, visit_cold
from bench.load import REVISION, Caller
from bench.measuring import FEW, MANY, Bench, Round
from bench.seeding import PASSWORD, TRAINER_EMAIL, Seeded
from bench.servers import Server
from bench.wire import request_bytes

Figures = dict[str, float]


@dataclass(slots=True)
class Subject:
    """The application as it is served for one run, and the data behind it."""

    server: Server
    database_process_ids: tuple[int, ...]
    seeded: Seeded
    details: dict[str, object] = field(default_factory=dict)  # for the JSON file
    savers: list[Caller] = field(default_factory=list)
    visitors: dict[str, Visitor] = field(default_factory=dict)

    def visitor(self, email: str) -> Visitor:
        """This person's browser, signed in."""
        if email not in self.visitors:
            visitor = Visitor(self.server.port)
            visitor.sign_in(email, PASSWORD)
            self.visitors[email] = visitor
        return self.visitors[email]

    def rounds(self, bench: Bench, callers: list[Caller], *, name: str) -> list[Round]:
        rounds = bench.alternate(self.server, callers, further=self.database_process_ids)
        self.details[name] = {
            "cpu_ms": [round(r.measured.cpu_milliseconds_each, 3) for r in rounds],
            "hello_cpu_ms": [round(r.hello.cpu_milliseconds_each, 3) for r in rounds],
            "per_second": [round(r.measured.per_second, 1) for r in rounds],
            "hello_per_second": [round(r.hello.per_second, 1) for r in rounds],
        }
        return rounds


def lesson_cpu(bench: Bench, subject: Subject) -> Figures:
    rounds = subject.rounds(bench, _readers(subject, FEW), name="P1")
    return {"P1": _cpu_ratio(rounds)}


def lesson_throughput(bench: Bench, subject: Subject) -> Figures:
    rounds = subject.rounds(bench, _readers(subject, MANY), name="P2")
    return {"P2": _throughput_ratio(rounds)}


def save_cpu(bench: Bench, subject: Subject) -> Figures:
    rounds = subject.rounds(bench, _savers(subject, FEW), name="P3")
    return {"P3": _cpu_ratio(rounds)}


def save_throughput(bench: Bench, subject: Subject) -> Figures:
    rounds = subject.rounds(bench, _savers(subject, MANY), name="P4")
    latencies = [seconds for r in rounds for seconds in r.measured.load.latencies]
    subject.details["P5"] = {
        "p50_ms": round(1000 * percentile(latencies, 0.50), 1),
        "p99_ms": round(1000 * percentile(latencies, 0.99), 1),
        "slowest_ms": round(1000 * max(latencies), 1),
    }
    return {"P4": _throughput_ratio(rounds), "P5": 1000 * percentile(latencies, 0.99)}


def sign_in_cpu(bench: Bench, subject: Subject) -> Figures:
    """With the cheapest hash there is, which takes about a tenth of a millisecond."""
    callers = []
    for email in subject.seeded.cheap_raters[:FEW]:
        visitor = Visitor(subject.server.port)
        token = visitor.csrf_token("/sign-in")
        form = urlencode({"csrf_token": token, "email": email, "password": PASSWORD}).encode()
        headers = visitor.headers | FORM
        callers.append(Caller((request_bytes("POST", "/sign-in", headers=headers, body=form),)))
    rounds = bench.alternate(
        subject.server, callers, status=302, further=subject.database_process_ids
    )
    each = [r.measured.cpu_milliseconds_each for r in rounds]
    subject.details["P6"] = {"cpu_ms": [round(value, 3) for value in each]}
    return {"P6": median(each)}


def trainer_page(bench: Bench, subject: Subject) -> Figures:
    visitor = subject.visitor(TRAINER_EMAIL)
    ratios: dict[int, float] = {}
    for size, address in subject.seeded.cohorts.items():
        request = request_bytes("GET", address, headers=visitor.headers)
        callers = [Caller((request,)) for _ in range(FEW)]
        ratios[size] = _cpu_ratio(subject.rounds(bench, callers, name=f"P8 {size}"))
    subject.details["P8"] = {str(size): round(ratio, 2) for size, ratio in ratios.items()}
    return {
        "P8": max(ratios.values()),
        "P9": growth_exponent(list(ratios), list(ratios.values())),
    }


def cold_lesson(_bench: Bench, subject: Subject) -> Figures:
    visit = visit_cold(subject.visitor(subject.seeded.raters[0]), subject.seeded.lessons[0])
    subject.details["P15"] = visit.sizes
    return {"P15": visit.requests, "P15 KB": visit.kilobytes}


def worker_memory(_bench: Bench, subject: Subject) -> Figures:
    """Of the larger worker; taken last."""
    sizes = subject.server.worker_mebibytes()
    subject.details["P12"] = [round(size, 1) for size in sizes]
    return {"P12": max(sizes)}


def _readers(subject: Subject, number: int) -> list[Caller]:
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


def _savers(subject: Subject, number: int) -> list[Caller]:
    """Raters who change all their ratings, there and back again.

    A rater goes on from the revision that an earlier measure has left.
    """
    for place in range(len(subject.savers), number):
        subject.savers.append(_saver(subject, place))
    return subject.savers[:number]


def _saver(subject: Subject, place: int) -> Caller:
    visitor = subject.visitor(subject.seeded.raters[place])
    token = visitor.csrf_token(subject.seeded.lessons[0])
    headers = visitor.headers | {"X-CSRFToken": token, "Content-Type": "application/json"}
    address = subject.seeded.drafts[place]
    bodies = [_draft(subject, number) for number in (0, 1)]
    return Caller(
        tuple(request_bytes("POST", address, headers=headers, body=body) for body in bodies)
    )


def _draft(subject: Subject, number: int) -> bytes:
    """Twelve ratings with evidence and a note; the two drafts differ in every item."""
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


def _cpu_ratio(rounds: list[Round]) -> float:
    return median_ratio(
        [r.measured.cpu_milliseconds_each for r in rounds],
        [r.hello.cpu_milliseconds_each for r in rounds],
    )


def _throughput_ratio(rounds: list[Round]) -> float:
    return median_ratio(
        [r.measured.per_second for r in rounds], [r.hello.per_second for r in rounds]
    )


Measure = Callable[[Bench, Subject], Figures]

# In the order in which they are taken: memory last, after everything else.
MEASURES: dict[tuple[str, ...], Measure] = {
    ("P15", "P15 KB"): cold_lesson,
    ("P1",): lesson_cpu,
    ("P2",): lesson_throughput,
    ("P3",): save_cpu,
    ("P4", "P5"): save_throughput,
    ("P8", "P9"): trainer_page,
    ("P12",): worker_memory,
}

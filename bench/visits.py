"""Measures of many people at once: during sign-ins, and in a mix of everything a day holds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, cycle
from statistics import median
from urllib.parse import urlencode

from bench.arithmetic import percentile
from bench.arrivals import Arrival, Step, Visits, evenly, run_arrivals
from bench.browser import FORM
from bench.load import REVISION, Caller, run_load
from bench.measuring import MANY, Bench, watched
from bench.seeding import SEED, TRAINER_EMAIL
from bench.servers import proportional_mebibytes
from bench.subject import JSON, Figures, Subject, draft_body, readers, sign_in_request
from bench.wire import request_bytes

LESSONS_PER_SECOND = 20
SIGN_INS_PER_SECOND = 5  # fifty in ten seconds
# As many times as long as a measured phase, which is of two seconds. One visit of the mix in ten
# reads feedback: within a minute the sixth slowest of 600 tells, within less one chance or two.
LENGTH_OF_SIGN_INS = 5
LENGTH_OF_MIX = 30
SIGNING_IN_SECONDS = 2.0

ARRIVALS_PER_SECOND = 100
SHARES = {"lesson": 60, "answer": 15, "rate": 10, "progress": 10, "trainer": 5}
WARM_UP_OF_MIX = 0.125  # of the measured time


def lesson_during_sign_ins(bench: Bench, subject: Subject) -> Figures:
    """The 95th percentile of a lesson while people sign in, over that while nobody does."""
    seconds = LENGTH_OF_SIGN_INS * bench.seconds
    lessons = _lessons(subject, LESSONS_PER_SECOND, seconds)
    sign_ins = _sign_ins(subject, seconds)
    _visit(bench, subject, _lessons(subject, LESSONS_PER_SECOND, bench.seconds))  # warm up
    pairs = []
    for _ in range(max(1, bench.rounds // 2)):
        alone = _visit(bench, subject, lessons).latencies["lesson"]
        beside = _visit(bench, subject, lessons + sign_ins).latencies["lesson"]
        pairs.append((percentile(alone, 0.95), percentile(beside, 0.95)))
    subject.details["P7"] = [
        {"alone_ms": round(1000 * alone, 1), "beside_sign_ins_ms": round(1000 * beside, 1)}
        for alone, beside in pairs
    ]
    return {"P7": median(beside / alone for alone, beside in pairs)}


def mixed_visits(bench: Bench, subject: Subject) -> Figures:
    """The 99th percentile of the slowest kind of step. Raises RuntimeError after any error."""
    seconds = LENGTH_OF_MIX * bench.seconds
    mix = _Mix(subject)
    _visit(bench, subject, mix.arrivals(WARM_UP_OF_MIX * seconds))
    visits = _visit(bench, subject, mix.arrivals(seconds))
    tails = {name: 1000 * percentile(each, 0.99) for name, each in visits.latencies.items()}
    subject.details["P16"] = {name: round(tail, 1) for name, tail in sorted(tails.items())}
    return {"P16": max(tails.values())}


def memory_during_sign_ins(bench: Bench, subject: Subject) -> Figures:
    """The most that all processes of the service take together while sixteen people sign in."""
    emails = subject.seeded.raters[:MANY]
    callers = [Caller((sign_in_request(subject, email),)) for email in emails]
    port = subject.server.port
    with watched(lambda: proportional_mebibytes(subject.process_ids)) as sizes:
        bench.loader.submit(run_load, port, callers, SIGNING_IN_SECONDS).result()
    subject.details["P13"] = {"before": round(sizes[0], 1), "most": round(max(sizes), 1)}
    return {"P13": max(sizes)}


def _visit(bench: Bench, subject: Subject, arrivals: list[Arrival]) -> Visits:
    visits = bench.loader.submit(run_arrivals, subject.server.port, arrivals).result()
    if visits.wrong:
        raise RuntimeError(f"answered otherwise than it should: {visits.wrong}")
    return visits


def _lessons(subject: Subject, per_second: float, seconds: float) -> list[Arrival]:
    requests = _lesson_requests(subject)
    return [Arrival(at, (Step("lesson", next(requests)),)) for at in evenly(per_second, seconds)]


def _lesson_requests(subject: Subject) -> Iterator[bytes]:
    """The lessons of all raters in turn, each rater going on to the next lesson."""
    callers = readers(subject, MANY)
    for number in count():
        for caller in callers:
            yield caller.requests[number % len(caller.requests)]


def _sign_ins(subject: Subject, seconds: float) -> list[Arrival]:
    moments = evenly(SIGN_INS_PER_SECOND, seconds)
    requests = cycle([sign_in_request(subject, email) for email in subject.seeded.raters])
    return [Arrival(at, (Step("sign in", next(requests), 302),)) for at in moments]


@dataclass(slots=True)
class _Mix:
    """Visits of all kinds in their shares, in an order drawn by lot; no two rate the same draft."""

    subject: Subject
    lot: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311
    kinds: dict[str, Iterator[tuple[Step, ...]]] = field(init=False)

    def __post_init__(self) -> None:
        self.kinds = {
            "lesson": ((Step("lesson", each),) for each in _lesson_requests(self.subject)),
            "answer": _answers(self.subject),
            "rate": _ratings(self.subject),
            "progress": _home_pages(self.subject),
            "trainer": _trainer_pages(self.subject),
        }

    def arrivals(self, seconds: float) -> list[Arrival]:
        moments = evenly(ARRIVALS_PER_SECOND, seconds)
        kinds = self.lot.choices(list(SHARES), list(SHARES.values()), k=len(moments))
        return [
            Arrival(at, next(self.kinds[kind])) for at, kind in zip(moments, kinds, strict=True)
        ]


def _answers(subject: Subject) -> Iterator[tuple[Step, ...]]:
    """The next question of one check after the other, and the page that explains the answer."""
    for place in count():
        for check in subject.seeded.checks:
            if place >= len(check.questions):
                continue
            address = check.questions[place]
            form = {"csrf_token": subject.token(check.rater), "answer": check.answers[place]}
            headers = subject.visitor(subject.seeded.raters[check.rater]).headers
            body = urlencode(form).encode()
            post = request_bytes("POST", address, headers=headers | FORM, body=body)
            yield (
                Step("answer", post, 302),
                Step("explanation", request_bytes("GET", address, headers=headers)),
            )


def _ratings(subject: Subject) -> Iterator[tuple[Step, ...]]:
    """Twelve ratings are saved and submitted, and their feedback is read."""
    for drafts in zip(*subject.seeded.drafts_to_submit, strict=True):
        for rater, draft in enumerate(drafts):
            session = draft.removesuffix("/draft")
            token = subject.token(rater)  # first: it comes with a cookie
            headers = subject.visitor(subject.seeded.raters[rater]).headers
            save = request_bytes(
                "POST",
                draft,
                headers=headers | JSON | {"X-CSRFToken": token},
                body=draft_body(subject, 0).replace(REVISION, b"0"),
            )
            form = urlencode({"csrf_token": token, "revision": 1}).encode()
            submit = request_bytes("POST", f"{session}/submit", headers=headers | FORM, body=form)
            feedback = request_bytes("GET", f"{session}/feedback", headers=headers)
            yield Step("save", save), Step("submit", submit, 302), Step("feedback", feedback)


def _home_pages(subject: Subject) -> Iterator[tuple[Step, ...]]:
    for email in cycle(subject.seeded.raters):
        request = request_bytes("GET", "/home", headers=subject.visitor(email).headers)
        yield (Step("progress", request),)


def _trainer_pages(subject: Subject) -> Iterator[tuple[Step, ...]]:
    headers = subject.visitor(TRAINER_EMAIL).headers
    for address in cycle(subject.seeded.cohorts.values()):
        yield (Step("trainer page", request_bytes("GET", address, headers=headers)),)

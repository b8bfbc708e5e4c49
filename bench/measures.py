"""The measures themselves: each is one function that returns its figures by code."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from bench.arithmetic import growth_exponent, median_ratio, percentile
from bench.browser import visit_cold
from bench.load import Caller
from bench.measuring import FEW, MANY, Bench, Round
from bench.seeding import TRAINER_EMAIL
from bench.subject import Figures, Subject, readers, savers, sign_in_request
from bench.visits import lesson_during_sign_ins, memory_during_sign_ins, mixed_visits
from bench.wire import request_bytes


def lesson_cpu(bench: Bench, subject: Subject) -> Figures:
    rounds = subject.rounds(bench, readers(subject, FEW), name="P1")
    return {"P1": _cpu_ratio(rounds)}


def lesson_throughput(bench: Bench, subject: Subject) -> Figures:
    rounds = subject.rounds(bench, readers(subject, MANY), name="P2")
    return {"P2": _throughput_ratio(rounds)}


def save_cpu(bench: Bench, subject: Subject) -> Figures:
    rounds = subject.rounds(bench, savers(subject, FEW), name="P3")
    return {"P3": _cpu_ratio(rounds)}


def save_throughput(bench: Bench, subject: Subject) -> Figures:
    rounds = subject.rounds(bench, savers(subject, MANY), name="P4")
    latencies = [seconds for r in rounds for seconds in r.measured.load.latencies]
    subject.details["P5"] = {
        "p50_ms": round(1000 * percentile(latencies, 0.50), 1),
        "p99_ms": round(1000 * percentile(latencies, 0.99), 1),
        "slowest_ms": round(1000 * max(latencies), 1),
    }
    return {"P4": _throughput_ratio(rounds), "P5": 1000 * percentile(latencies, 0.99)}


def sign_in_cpu(bench: Bench, subject: Subject) -> Figures:
    """With the cheapest hash there is, which takes about a tenth of a millisecond."""
    emails = subject.seeded.cheap_raters[:FEW]
    callers = [Caller((sign_in_request(subject, email),)) for email in emails]
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
    sizes = subject.server.worker_mebibytes().values()
    subject.details["P12"] = [round(size, 1) for size in sizes]
    return {"P12": max(sizes)}


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
    ("P7",): lesson_during_sign_ins,
    ("P16",): mixed_visits,
    ("P13",): memory_during_sign_ins,
    ("P12",): worker_memory,
}

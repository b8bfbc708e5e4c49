"""Measures of what a trainer takes away of a large cohort, beside the same tables from bare SQL."""

from __future__ import annotations

import http.client
from collections.abc import Iterable, Mapping
from statistics import median

from bench.arithmetic import growth_exponent
from bench.measuring import FEW, WARM_UPS, Bench, watched
from bench.seeding import COHORT_SIZES, TRAINER_EMAIL
from bench.servers import Server, cpu_seconds
from bench.subject import Figures, Subject, readers
from bench.wire import HOST

TABLES = ("ratings", "agreement")
# What the smallest one costs is mostly what any request does.
SMALLEST, SMALLER, LARGEST = COHORT_SIZES
LONGEST_SILENCE = 300.0
READ_AT_ONCE = 1 << 20


def export(bench: Bench, subject: Subject, floor: Server) -> Figures:
    """CPU of both tables over that of the floor, its growth, and what a worker takes meanwhile."""
    bench.warm_up(subject.server, readers(subject, FEW))
    headers = subject.visitor(TRAINER_EMAIL).headers

    def ours(size: int) -> float:
        paths = [f"{subject.seeded.cohorts[size]}/exports/{table}.csv" for table in TABLES]
        return _cpu(subject, subject.server, paths, headers)

    def bare(size: int) -> float:
        cohort = subject.seeded.cohorts[size].rpartition("/")[2]
        return _cpu(subject, floor, [f"/{cohort}/{table}" for table in TABLES], {})

    before = subject.server.worker_mebibytes()
    rounds = []
    with watched(lambda: _growth(subject.server, before)) as grown:
        for _ in range(WARM_UPS):  # as in Bench.warm_up: no worker is met that has never exported
            bare(SMALLEST)
            ours(SMALLEST)
        for _ in range(max(1, bench.rounds // 2)):
            rounds.append((bare(LARGEST), ours(LARGEST), ours(SMALLER)))
    subject.details["P10"] = [
        {"floor_s": round(floor, 3), "export_s": round(large, 3), "of_a_tenth_s": round(small, 3)}
        for floor, large, small in rounds
    ]
    subject.details["P11"] = {"most": round(max(grown), 1), "afterwards": round(grown[-1], 1)}
    return {
        "P10": median(large / floor for floor, large, _ in rounds),
        "P10 exponent": median(
            growth_exponent((SMALLER, LARGEST), (small, large)) for _, large, small in rounds
        ),
        "P11": max(grown),
    }


def _growth(server: Server, before: Mapping[int, float]) -> float:
    """Of the worker that has grown most, in MiB."""
    return max(size - before[pid] for pid, size in server.worker_mebibytes().items())


def _cpu(
    subject: Subject, server: Server, paths: Iterable[str], headers: Mapping[str, str]
) -> float:
    """Seconds of CPU that the server and the database take to send these files."""
    roots = (server.process_id, *subject.database_process_ids)
    before = cpu_seconds(roots)
    for path in paths:
        _download(server.port, path, headers)
    return cpu_seconds(roots) - before


def _download(port: int, path: str, headers: Mapping[str, str]) -> int:
    """The number of bytes of a file that comes as a stream; none of it is kept.

    Raises RuntimeError when it is not sent.
    """
    connection = http.client.HTTPConnection(HOST, port, timeout=LONGEST_SILENCE)
    try:
        connection.request("GET", path, headers=dict(headers))
        response = connection.getresponse()
        if response.status != 200:
            raise RuntimeError(f"{path} answered {response.status}")
        size = 0
        while part := response.read(READ_AT_ONCE):
            size += len(part)
        return size
    finally:
        connection.close()

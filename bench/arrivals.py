"""Open loop: visitors arrive when they arrive, however long those before them still wait."""

from __future__ import annotations

import selectors
import socket
import time
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.wire import RECEIVED_AT_ONCE, connect, read_answer

LONGEST_SILENCE = 60.0


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a visit, and the status that is its right answer."""

    name: str
    request: bytes
    status: int = 200


@dataclass(frozen=True, slots=True)
class Arrival:
    """A visit: when it begins, in seconds, and its steps one after the other."""

    at: float
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Visits:
    """What came of all visits: seconds by name of step, and how often an answer was another one.

    The first step of a visit counts from the moment at which it was due, so that waiting for a
    connection is part of it.
    """

    latencies: dict[str, tuple[float, ...]]
    wrong: dict[str, int]


def evenly(per_second: float, seconds: float) -> list[float]:
    """Moments at equal distances, the first one at once."""
    return [number / per_second for number in range(round(per_second * seconds))]


@dataclass(slots=True)
class _Visit:
    """A visit under way, over a connection of its own."""

    arrival: Arrival
    connection: socket.socket
    since: float
    place: int = 0
    received: bytes = b""

    @property
    def step(self) -> Step:
        return self.arrival.steps[self.place]


@dataclass(slots=True)
class _Crowd:
    port: int
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    latencies: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: Counter[str] = field(default_factory=Counter)
    under_way: int = 0

    def begin(self, arrival: Arrival, due: float) -> None:
        visit = _Visit(arrival, connect(self.port), due)
        self.selector.register(visit.connection, selectors.EVENT_READ, visit)
        self.under_way += 1
        visit.connection.sendall(visit.step.request)

    def answer(self, visit: _Visit) -> None:
        part = visit.connection.recv(RECEIVED_AT_ONCE)
        if not part:
            raise ConnectionError(f"{visit.step.name} was not answered")
        visit.received += part
        answer = read_answer(visit.received)
        if answer is None:
            return
        self.latencies[visit.step.name].append(time.perf_counter() - visit.since)
        if answer.status != visit.step.status:
            self.wrong[f"{visit.step.name}: {answer.status}"] += 1
        visit.place += 1
        if visit.place == len(visit.arrival.steps) or answer.closes:
            self.end(visit)
        else:
            visit.received, visit.since = b"", time.perf_counter()
            visit.connection.sendall(visit.step.request)

    def end(self, visit: _Visit) -> None:
        self.selector.unregister(visit.connection)
        visit.connection.close()
        self.under_way -= 1


def run_arrivals(port: int, arrivals: Sequence[Arrival]) -> Visits:
    """Let everybody come at their time and wait until the last one has left.

    Raises ConnectionError or TimeoutError where the server does not answer at all.
    """
    crowd, waiting = _Crowd(port), deque(sorted(arrivals, key=lambda arrival: arrival.at))
    started = time.perf_counter()
    while waiting or crowd.under_way:
        while waiting and started + waiting[0].at <= time.perf_counter():
            arrival = waiting.popleft()
            crowd.begin(arrival, started + arrival.at)
        pause = started + waiting[0].at - time.perf_counter() if waiting else LONGEST_SILENCE
        events = crowd.selector.select(max(0.0, pause))
        if not events and not waiting:
            raise TimeoutError("the server has stopped answering")
        for key, _ in events:
            crowd.answer(key.data)
    latencies = {name: tuple(values) for name, values in crowd.latencies.items()}
    return Visits(latencies, dict(crowd.wrong))

"""One phase of load with what it cost, and rounds in which it alternates with the empty view."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread

from bench.load import Caller, Load, run_load
from bench.servers import Server, cpu_seconds
from bench.wire import request_bytes

FEW = 2  # connections where only CPU is asked for: one for each worker
MANY = 16
PAUSE_BETWEEN_LOOKS = 0.02
WARM_UP_SECONDS = 1.5
# Each with connections of its own: two of them are often taken by the same worker, and the other
# one would be met cold, with templates to compile and documents to parse, in what is measured.
WARM_UPS = 6


@dataclass(frozen=True, slots=True)
class Phase:
    """A load and the CPU time of everything that served it."""

    load: Load
    cpu_seconds: float

    @property
    def cpu_milliseconds_each(self) -> float:
        return 1000 * self.cpu_seconds / self.load.requests

    @property
    def per_second(self) -> float:
        return self.load.requests / self.load.seconds


@dataclass(frozen=True, slots=True)
class Round:
    """The empty view and what is measured, in the same seconds."""

    hello: Phase
    measured: Phase


@contextmanager
def watched(look: Callable[[], float]) -> Iterator[list[float]]:
    """Look again and again while the block runs: what was seen, once before and until its end."""
    seen = [look()]
    is_over = Event()

    def watch() -> None:
        while not is_over.wait(PAUSE_BETWEEN_LOOKS):
            seen.append(look())

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        is_over.set()
        watcher.join()
        seen.append(look())


@dataclass(slots=True)
class Bench:
    """Servers under load, and how long to look at them."""

    loader: ProcessPoolExecutor
    hello: Server
    rounds: int
    seconds: float  # of the measured phase of a round; the empty view gets half of it
    hello_phases: list[Phase] = field(default_factory=list)

    def phase(
        self,
        server: Server,
        callers: list[Caller],
        seconds: float,
        *,
        status: int = 200,
        further: tuple[int, ...] = (),
    ) -> Phase:
        """Raises RuntimeError when anything but this status was answered."""
        roots = (server.process_id, *further)
        before = cpu_seconds(roots)
        load = self.loader.submit(run_load, server.port, callers, seconds).result()
        used = cpu_seconds(roots) - before
        if set(load.statuses) != {status}:
            raise RuntimeError(f"answered with {load.statuses} instead of {status}")
        for caller, answered in zip(callers, load.answered, strict=True):
            caller.answered = answered
        return Phase(load, used)

    def warm_up(self, server: Server, callers: list[Caller], *, status: int = 200) -> None:
        for _ in range(WARM_UPS):
            self.phase(server, callers, WARM_UP_SECONDS / WARM_UPS, status=status)

    def alternate(
        self,
        server: Server,
        callers: list[Caller],
        *,
        status: int = 200,
        further: tuple[int, ...] = (),
    ) -> list[Round]:
        """Warm up, then take turns; `further` are processes whose work counts as the server's."""
        greetings = [Caller((request_bytes("GET", "/"),)) for _ in callers]

        def measured(seconds: float) -> Phase:
            return self.phase(server, callers, seconds, status=status, further=further)

        self.warm_up(server, callers, status=status)
        rounds = []
        for _ in range(self.rounds):
            hello = self.phase(self.hello, greetings, self.seconds / 2)
            rounds.append(Round(hello, measured(self.seconds)))
            self.hello_phases.append(hello)
        return rounds

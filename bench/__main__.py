"""python -m bench: start everything, measure, print the tables, stop everything."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median

from bench.databases import DATABASES, Database
from bench.engine import engine
from bench.exports import export
from bench.goals import ENGINE_CODES, GOALS
from bench.load import load_process
from bench.measures import MEASURES, Measure, sign_in_cpu
from bench.measuring import Bench
from bench.report import machine, table
from bench.seeding import Seeded, seed, seed_ratings
from bench.servers import Server, gunicorn
from bench.subject import Figures, Subject
from training import create_app
from training.config import Config

EXPORT_CODES = ("P10", "P10 exponent", "P11")
SECRET_KEY = "only for measures, never elsewhere, at least 32 characters"  # noqa: S105


@dataclass(slots=True)
class Run:
    """What one database has yielded."""

    database: Database
    folder: Path
    only: frozenset[str]
    figures: Figures = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    details: dict[str, object] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)  # of the larger worker after a measure

    @property
    def environment(self) -> dict[str, str]:
        return {
            "SECRET_KEY": SECRET_KEY,
            "DATABASE_URL": self.database.url,
            "INSTANCE_PATH": str(self.folder),
        }

    def wants(self, *codes: str) -> bool:
        return not self.only or not self.only.isdisjoint(codes)

    def take(
        self, codes: tuple[str, ...], measure: Measure, bench: Bench, subject: Subject
    ) -> None:
        """Take a measure, and go on to the next one when it fails."""
        if not self.wants(*codes):
            return
        say(f"  {', '.join(codes)}")
        try:
            self.figures |= measure(bench, subject)
        except Exception as error:
            self.failures |= dict.fromkeys(codes, f"{type(error).__name__}: {error}")
        sizes = subject.server.worker_mebibytes().values()
        self.memory[codes[0]] = round(max(sizes, default=0.0), 1)

    @contextmanager
    def served(
        self, application: str = "wsgi:app", *, settings: str = "gunicorn.conf.py"
    ) -> Iterator[Server]:
        log = self.folder / "server.log"
        environment = self.environment
        with gunicorn(application, settings=settings, environment=environment, log=log) as server:
            yield server


def main() -> None:
    options = _options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    results = {"machine": machine(), "databases": {}}
    try:
        if not options.only or options.only & ENGINE_CODES:
            results["engine"] = _measure_engine(options)
            _keep(results, options)
        for name in _databases(options):
            run = _measure(name, options)
            print("\n" + table(run.database.name, run.figures, run.failures) + "\n", flush=True)
            results["databases"][name] = {
                "figures": run.figures,
                "failures": run.failures,
                "details": run.details,
            }
            _keep(results, options)  # also when a later database fails
    except KeyboardInterrupt:
        say("Stopped.")
        sys.exit(130)


def _databases(options: argparse.Namespace) -> list[str]:
    """The databases to measure on: none when only the engine is asked for."""
    if options.only and options.only <= ENGINE_CODES:
        return []
    return list(DATABASES) if options.database == "both" else [options.database]


def _measure_engine(options: argparse.Namespace) -> dict[str, object]:
    say("engine: measuring beside other packages")
    figures, readings = engine(quick=options.quick)
    print("\n" + table("The measurement engine", figures, {}) + "\n", flush=True)
    return {"figures": figures, "readings": readings}


def _keep(results: dict[str, object], options: argparse.Namespace) -> None:
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    codes = sorted(
        {goal.code.split()[0] for goal in GOALS}, key=lambda code: (code[0], int(code[1:]))
    )
    parser.add_argument("--database", choices=[*DATABASES, "both"], default="both")
    parser.add_argument("--only", default="", help=f"some of {', '.join(codes)}, with commas")
    parser.add_argument("--quick", action="store_true", help="short phases, for development")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every reading here")
    options = parser.parse_args()
    options.only = frozenset(part.strip().upper() for part in options.only.split(",") if part)
    if options.only - set(codes):
        parser.error(f"there is no measure {', '.join(sorted(options.only - set(codes)))}")
    return options


def _measure(name: str, options: argparse.Namespace) -> Run:
    rounds, seconds = (2, 0.6) if options.quick else (7, 2.0)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        database = stack.enter_context(DATABASES[name](folder))
        run = Run(database, folder, options.only)
        say(f"{database.name}: inserting people, progress and practice")
        seeded = seed(create_app(Config.from_environment(run.environment)))
        say(f"{database.name}: measuring")
        if run.wants("P14"):
            run.figures["P14"] = _starting_seconds(run, starts=1 if options.quick else 5)
        loader = stack.enter_context(load_process())
        hello = stack.enter_context(
            gunicorn("bench.hello:app", settings="python:bench.hello", log=folder / "hello.log")
        )
        bench = Bench(loader, hello, rounds, seconds)
        _take_all(run, bench, seeded)
        run.details["worker_mebibytes_after"] = run.memory
        run.details["hello"] = (
            {"cpu_ms": round(median(p.cpu_milliseconds_each for p in bench.hello_phases), 3)}
            if bench.hello_phases
            else {}
        )
        return run


def _take_all(run: Run, bench: Bench, seeded: Seeded) -> None:
    with run.served() as server:
        subject = Subject(server, run.database.process_ids, seeded, run.details)
        for codes, measure in MEASURES.items():
            run.take(codes, measure, bench, subject)
    if run.wants("P6"):
        with run.served("bench.cheap_hash:create_app()") as server:
            subject = Subject(server, run.database.process_ids, seeded, run.details)
            run.take(("P6",), sign_in_cpu, bench, subject)
    if run.wants(*EXPORT_CODES):
        _take_export(run, bench, seeded)


def _take_export(run: Run, bench: Bench, seeded: Seeded) -> None:
    """Last, because the ratings it needs are in nobody else's way then."""
    say("  inserting ratings")
    seed_ratings(create_app(Config.from_environment(run.environment)))
    settings = "python:bench.floor_report"
    with (
        run.served() as server,
        run.served("bench.floor_report:app", settings=settings) as floor,
    ):
        subject = Subject(server, run.database.process_ids, seeded, run.details)
        run.take(EXPORT_CODES, partial(export, floor=floor), bench, subject)


def _starting_seconds(run: Run, *, starts: int) -> float:
    seconds = []
    for _ in range(starts):
        with run.served() as server:
            seconds.append(server.starting_seconds)
    run.details["P14"] = [round(value, 3) for value in seconds]
    return median(seconds)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

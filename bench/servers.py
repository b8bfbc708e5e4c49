"""Starting gunicorn as it is deployed, stopping it by its process id, and what it uses."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.wire import HOST, WireError, exchange, request_bytes
from training.config import PROJECT_ROOT

LONGEST_START = 60.0
LONGEST_STOP = 15.0
PAUSE = 0.005
MEBIBYTE = 1024 * 1024
AS_DEPLOYED = {"PYTHONOPTIMIZE": "2"}  # README, Deploying


@dataclass(frozen=True, slots=True)
class Server:
    """A served application; `starting_seconds` is the time to its first answer."""

    port: int
    process_id: int
    starting_seconds: float

    def worker_mebibytes(self) -> dict[int, float]:
        """The resident memory of each worker, by its process id."""
        workers = psutil.Process(self.process_id).children()
        return {worker.pid: worker.memory_info().rss / MEBIBYTE for worker in workers}


@contextmanager
def gunicorn(
    application: str,
    *,
    settings: str = "gunicorn.conf.py",
    environment: Mapping[str, str] | None = None,
    log: Path,
) -> Iterator[Server]:
    """Serve an application on a free port of this machine until the block is left."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", settings, "-b", f"{HOST}:{port}"]
    started = time.perf_counter()
    with log.open("ab") as errors:
        process = subprocess.Popen(  # noqa: S603 - the arguments are ours
            [*command, application],
            cwd=PROJECT_ROOT,
            env=plain_environment()
            | dict(environment or {})
            | {"WEB_CONCURRENCY": "2"}
            | AS_DEPLOYED,
            stdout=errors,
            stderr=errors,
            start_new_session=True,  # Ctrl+C comes to us, and we stop it
        )
    try:
        _wait_for_answer(process, port, log)
        yield Server(port, process.pid, time.perf_counter() - started)
    finally:
        _stop(process)


def cpu_seconds(process_ids: Iterable[int]) -> float:
    """The CPU time these processes and all below them have used so far, ended ones included."""
    total = 0.0
    for process_id in process_ids:
        with suppress(psutil.NoSuchProcess):
            root = psutil.Process(process_id)
            for process in (root, *root.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    times = process.cpu_times()
                    total += times.user + times.system
                    total += times.children_user + times.children_system
    return total


def proportional_mebibytes(process_ids: Iterable[int]) -> float:
    """What these processes and all below them take; pages they share are counted once."""
    total = 0
    for process_id in process_ids:
        root = psutil.Process(process_id)
        for process in (root, *root.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                total += process.memory_full_info().pss
    return total / MEBIBYTE


def plain_environment() -> dict[str, str]:
    """What a process of ours is given of its surroundings."""
    # Nothing a developer has set for another service reaches the one that is measured.
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def _wait_for_answer(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.perf_counter() + LONGEST_START
    while time.perf_counter() < deadline and process.poll() is None:
        with suppress(OSError, WireError):
            if exchange(port, request_bytes("GET", "/")).status == 200:
                return
        time.sleep(PAUSE)
    raise RuntimeError(f"the server did not answer; it said:\n{log.read_text()[-2000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(LONGEST_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

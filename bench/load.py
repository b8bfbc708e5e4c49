"""The load generator: a process of its own, many kept-alive connections, one thread."""

from __future__ import annotations

import selectors
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context

from bench.wire import RECEIVED_AT_ONCE, Answer, connect, read_answer

# Where a request has this, the number of requests answered so far stands in its place: the
# revision a save starts from, when each save before it was stored.
REVISION = b"@@@@@@@@@@"
LONGEST_SILENCE = 60.0


@dataclass(slots=True)
class Caller:
    """One connection and what is sent over it, in turn and over again."""

    requests: tuple[bytes, ...]
    answered: int = 0

    def next_request(self) -> bytes:
        request = self.requests[self.answered % len(self.requests)]
        return request.replace(REVISION, b"%10d" % self.answered)


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a phase: how long each answer took, the statuses, and what was answered."""

    seconds: float
    latencies: tuple[float, ...]
    statuses: dict[int, int]
    answered: tuple[int, ...]  # per caller, counted on from what it was before

    @property
    def requests(self) -> int:
        return len(self.latencies)


@dataclass(slots=True)
class _Conversation:
    """A caller's connection while a request is under way."""

    caller: Caller
    port: int
    connection: socket.socket
    received: bytes = b""
    sent_at: float = field(default=0.0)

    def send(self) -> None:
        self.received = b""
        self.sent_at = time.perf_counter()
        self.connection.sendall(self.caller.next_request())

    def receive(self) -> Answer | None:
        part = self.connection.recv(RECEIVED_AT_ONCE)
        self.received += part
        if not part and self.received:
            raise ConnectionError("an answer was cut off")
        return read_answer(self.received) if part else None


def run_load(port: int, callers: list[Caller], seconds: float) -> Load:
    """Let every caller send the next request as soon as its last one is answered."""
    selector = selectors.DefaultSelector()
    conversations = [_Conversation(caller, port, connect(port)) for caller in callers]
    latencies: list[float] = []
    statuses: Counter[int] = Counter()
    started = time.perf_counter()
    for conversation in conversations:
        selector.register(conversation.connection, selectors.EVENT_READ, conversation)
        conversation.send()
    waiting = len(conversations)
    while waiting:
        events = selector.select(LONGEST_SILENCE)
        if not events:
            raise TimeoutError("the server has stopped answering")
        for key, _ in events:
            answer = _receive(selector, key.data)
            if answer is None:
                continue
            answered_at = time.perf_counter()
            latencies.append(answered_at - key.data.sent_at)
            statuses[answer.status] += 1
            key.data.caller.answered += 1
            if answered_at - started < seconds:
                if answer.closes:
                    _reconnect(selector, key.data)
                key.data.send()
            else:
                selector.unregister(key.data.connection)
                key.data.connection.close()
                waiting -= 1
    answered = tuple(caller.answered for caller in callers)
    return Load(time.perf_counter() - started, tuple(latencies), dict(statuses), answered)


def _receive(selector: selectors.BaseSelector, conversation: _Conversation) -> Answer | None:
    try:
        answer = conversation.receive()
    except ConnectionResetError:
        answer = None
        conversation.received = b""
    else:
        if answer is not None or conversation.received:
            return answer
    # A worker that is replaced closes its idle connections; the request is sent again.
    _reconnect(selector, conversation)
    conversation.send()
    return answer


def _reconnect(selector: selectors.BaseSelector, conversation: _Conversation) -> None:
    selector.unregister(conversation.connection)
    conversation.connection.close()
    conversation.connection = connect(conversation.port)
    selector.register(conversation.connection, selectors.EVENT_READ, conversation)


@contextmanager
def load_process() -> Iterator[ProcessPoolExecutor]:
    """A fresh process that only sends requests, so that its work is in nobody's figures."""
    executor = ProcessPoolExecutor(
        1,
        mp_context=get_context("spawn"),
        # Ctrl+C is for the process that started this one, which ends it.
        initializer=signal.signal,
        initargs=(signal.SIGINT, signal.SIG_IGN),
    )
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)

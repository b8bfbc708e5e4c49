"""HTTP/1.1 over a plain socket: requests as bytes, answers with their size on the wire."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass

HOST = "127.0.0.1"
ACCEPTED_ENCODINGS = "gzip, br"  # what a browser asks for, and what the measures are taken with
RECEIVED_AT_ONCE = 1 << 18


class WireError(RuntimeError):
    """The server did not answer as HTTP; the text says how."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; `size` counts its head and its body as they were sent."""

    status: int
    headers: tuple[tuple[str, str], ...]  # names in lower case, in their order
    body: bytes
    size: int

    def header(self, name: str) -> str:
        """The value of a header, or nothing."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies set by this answer, without their attributes."""
        pairs = [value.partition(";")[0] for key, value in self.headers if key == "set-cookie"]
        return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}

    @property
    def closes(self) -> bool:
        """Whether the server closes the connection after this answer."""
        return self.header("connection").lower() == "close"


def request_bytes(
    method: str,
    path: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> bytes:
    """A request that keeps the connection open."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body or method not in ("GET", "HEAD"):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def read_answer(received: bytes) -> Answer | None:
    """The answer these bytes hold, or None while it is not whole.

    Raises WireError for an answer that does not say how long it is.
    """
    head, separator, body = received.partition(b"\r\n\r\n")
    if not separator:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = [line.partition(":") for line in lines]
    headers = tuple((name.strip().lower(), value.strip()) for name, _, value in pairs)
    status = int(first.split()[1])
    length = next((value for name, value in headers if name == "content-length"), None)
    if length is None and status not in (204, 304):
        raise WireError(f"an answer without Content-Length: {first}")
    size = int(length or 0)
    if len(body) < size:
        return None
    return Answer(status, headers, body[:size], len(head) + len(separator) + size)


def connect(port: int) -> socket.socket:
    connection = socket.create_connection((HOST, port), timeout=60)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def exchange(port: int, request: bytes) -> Answer:
    """Send one request over a connection of its own and wait for the answer."""
    received = b""
    with connect(port) as connection:
        connection.sendall(request)
        while (answer := read_answer(received)) is None:
            part = connection.recv(RECEIVED_AT_ONCE)
            if not part:
                raise WireError("the connection was closed before the answer was whole")
            received += part
    return answer

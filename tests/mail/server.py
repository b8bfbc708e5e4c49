"""A small mail server for tests: it takes letters on a free port and keeps them."""

from __future__ import annotations

import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType


class _Conversation(socketserver.StreamRequestHandler):
    """As much of SMTP (RFC 5321) as a client needs to hand over a letter."""

    server: _Server

    def handle(self) -> None:
        self._say("220 test ready")
        while line := self.rfile.readline():
            verb = line.split()[0].upper() if line.split() else b""
            if verb == b"EHLO":
                self._say(f"250-test\r\n{self.server.announces}250 AUTH PLAIN")
            elif verb == b"STARTTLS":
                self._say("454 not now")
            elif verb == b"AUTH":
                self.server.credentials.append(line.decode().strip())
                self._say("235 welcome")
            elif verb == b"RCPT" and self.server.refuses:
                self._say("550 no such mailbox")
            elif verb == b"DATA":
                self._say("354 go on")
                self._take_letter()
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 fine")

    def _take_letter(self) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        self.server.messages.append(message)
        self._say("250 taken")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, *, refuses: bool, announces: str) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.refuses, self.announces = refuses, announces
        self.messages: list[EmailMessage] = []
        self.credentials: list[str] = []


class MailServer:
    """`with MailServer() as server:` listens; `server.messages` are the letters it took.

    `breaks_its_word`: it says that it can encrypt, and when it is asked to it does not.
    """

    def __init__(self, *, refuses: bool = False, breaks_its_word: bool = False) -> None:
        announces = "250-STARTTLS\r\n" if breaks_its_word else ""
        self._server = _Server(refuses=refuses, announces=announces)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> MailServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def messages(self) -> list[EmailMessage]:
        return self._server.messages

    @property
    def credentials(self) -> list[str]:
        return self._server.credentials

"""Logs as lines of JSON, each with the id of the request it belongs to."""

from __future__ import annotations

import json
import logging
import secrets
import sys
import time
from datetime import UTC, datetime

from flask import Flask, g, has_request_context, request
from werkzeug.wrappers import Response

from training.config import Config
from training.security import FILES

logger = logging.getLogger("training")
REQUEST_ID_BYTES = 6
QUIET_ENDPOINTS = FILES | {"home.healthz", "home.readyz"}


class JsonFormatter(logging.Formatter):
    """One line, one event. Extra fields come from `extra={"fields": {...}}`."""

    def format(self, record: logging.LogRecord) -> str:
        event = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request": request_id() if has_request_context() else None,
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        return json.dumps(event, ensure_ascii=False, default=str)


def init_app(app: Flask, config: Config) -> None:
    """Log to standard error; name each request in the log, the header and the error page."""
    if not config.is_testing:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonFormatter())
        logger.handlers[:] = [handler]
        logger.setLevel(config.log_level)
        logger.propagate = False
        app.logger.handlers[:] = [handler]
    app.before_request(_start)
    app.after_request(_finish)


def request_id() -> str:
    """The id of the request under way: what a person quotes when something went wrong."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(REQUEST_ID_BYTES)
    return str(g.request_id)


def _start() -> None:
    g.request_started = time.perf_counter()


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = request_id()
    if request.endpoint not in QUIET_ENDPOINTS:
        milliseconds = (time.perf_counter() - g.get("request_started", time.perf_counter())) * 1000
        # The endpoint and not the address: addresses hold invitation and reset tokens.
        fields = {
            "endpoint": request.endpoint,
            "method": request.method,
            "status": response.status_code,
            "milliseconds": round(milliseconds, 1),
        }
        logger.info("request", extra={"fields": fields})
    return response

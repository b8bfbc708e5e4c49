"""Headers that keep a page's browser from doing what the page was never meant to do."""

from __future__ import annotations

from flask import Flask, abort, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from training.config import Config
from training.extensions import compress, csrf
from training.file_compression import compress_file

# Nothing inline, nothing from elsewhere. Bootstrap's style sheet draws its small icons as
# data: images.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ONE_YEAR = 31_536_000
FILES = frozenset({"static", "bootstrap.static", "style_sheet", "script"})


def init_app(app: Flask, config: Config) -> None:
    """CSRF tokens on every form, compression, headers; trust only the proxies there are."""
    csrf.init_app(app)
    compress.init_app(app)
    app.before_request(_refuse_null_characters)
    app.after_request(_set_headers)
    if config.has_secure_cookies:
        app.after_request(_require_https)
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )


def _refuse_null_characters() -> None:
    """No text a person types holds one, and PostgreSQL cannot store it."""
    parts = (request.path, *request.args.values(), *request.form.values())
    if any("\x00" in part for part in parts):
        abort(400)


def _set_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint not in FILES:
        # Pages hold personal data: neither a shared computer nor a proxy keeps them.
        response.headers.setdefault("Cache-Control", "no-store")
    elif response.status_code == 200:
        # Whole, and not as a stream, so that style sheets and scripts are compressed too.
        response.direct_passthrough = False
        response.make_sequence()
        compress_file(response)
        # Their addresses carry the version, so a browser never asks again.
        response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
    elif response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"  # no file but a page, with a name on it
    return response


def _require_https(response: Response) -> Response:
    response.headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}; includeSubDomains"
    return response

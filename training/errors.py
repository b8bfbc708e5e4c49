"""Error pages in words that say what to do, each with the id of its request."""

from __future__ import annotations

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException, InternalServerError

from training.database import db
from training.languages import lazy_gettext as _l
from training.request_log import logger, request_id
from training.unsent import page_it_came_from, unsent_text

TOO_LARGE = 413  # so large that it is not even read
TITLES_AND_ADVICE = {
    400: (
        _l("This request could not be understood"),
        _l("Go back, load the page again and repeat what you did. Nothing was changed."),
    ),
    401: (
        _l("You are signed out"),
        _l("Nothing of what you sent was saved. Sign in, and do it once more."),
    ),
    403: (
        _l("This page belongs to another role"),
        _l("If you need it for your work, ask an administrator to give you the role."),
    ),
    404: (
        _l("There is no such page"),
        _l("The address may be mistyped, or the page may belong to somebody else."),
    ),
    405: (_l("This address cannot be opened like that"), _l("Go back to the page you came from.")),
    409: (
        _l("Something changed in the meantime"),
        _l("Load the page again to see how it stands now. Nothing of yours was overwritten."),
    ),
    413: (_l("That is too much at once"), _l("Shorten the text and send it again.")),
    429: (
        _l("Too many tries"),
        _l("Wait a quarter of an hour, then try again. If it was not you, tell an administrator."),
    ),
    500: (
        _l("Something went wrong on our side"),
        _l("It has been written down. Nothing you saved before is lost. Try again in a moment."),
    ),
}
FORM_EXPIRED = (
    _l("This form was open for too long or in another sign-in"),
    _l("Go back, load the page again and send it once more. Nothing was changed."),
)


def init_app(app: Flask) -> None:
    """Answer every refusal and failure with a page, or with JSON where a script asked."""
    app.register_error_handler(HTTPException, _refusal)
    app.register_error_handler(CSRFError, _expired_form)
    app.register_error_handler(DataError, _impossible_value)
    app.register_error_handler(InternalServerError, _failure)


def wants_json() -> bool:
    """Whether the request came from one of our scripts rather than from a person's click."""
    return request.accept_mimetypes.best == "application/json"


def _refusal(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error.get_response()  # a redirect raised as an exception
    title, advice = TITLES_AND_ADVICE.get(status, TITLES_AND_ADVICE[400])
    # Some refusals are whole only with a header of theirs: a 405 says what is allowed.
    headers = [(name, value) for name, value in error.get_headers() if name != "Content-Type"]
    return *_page(title, advice, status), headers


def _expired_form(_error: CSRFError) -> ResponseReturnValue:
    return _page(*FORM_EXPIRED, 400)


def _impossible_value(_error: DataError) -> ResponseReturnValue:
    # A number beyond the column, a text no database can hold: the sender's fault, not ours.
    db.session.rollback()
    return _page(*TITLES_AND_ADVICE[400], 400)


def _failure(error: InternalServerError) -> ResponseReturnValue:
    db.session.rollback()
    logger.error("failure", exc_info=error.original_exception or error)
    return _page(*TITLES_AND_ADVICE[500], 500)


def _page(title: object, advice: object, status: int) -> tuple[str | dict[str, str], int]:
    if wants_json():
        return {"title": str(title), "advice": str(advice), "request": request_id()}, status
    page = render_template(
        "error.html",
        title=title,
        advice=advice,
        status=status,
        request_id=request_id(),
        unsent=unsent_text() if status != TOO_LARGE else "",
        came_from=page_it_came_from(),
    )
    return page, status

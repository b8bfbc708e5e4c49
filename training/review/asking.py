"""How a question is shown in a review: its choices in an order that stays on the server."""

from __future__ import annotations

import hmac

from flask import current_app

from training.library.schema import Question
from training.modules.asking import order_to_show
from training.review.models import ReviewCard


def order_shown(card: ReviewCard, question: Question) -> tuple[int, ...]:
    """The order of a question's choices until its next answer, the same with every request.

    It comes from the service's secret: from an address nobody can tell what stands where.
    """
    secret = str(current_app.secret_key).encode()
    asked = f"review {card.id} {card.answers}".encode()
    return order_to_show(question, seed=hmac.new(secret, asked, "sha256").hexdigest())

"""Rows of the trainer's table, kept as they were rendered.

Between two looks at a page most raters have done nothing, and rendering fifty rows takes longer
than reading them. A row is kept by everything that can be seen in it, so it is never out of date.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from markupsafe import Markup

ROWS_KEPT = 2000  # some 2 kB each: forty pages

_rows: dict[tuple[Hashable, Hashable], Markup] = {}


def keeper(*seen_in_every_row: Hashable) -> Callable[[Hashable, Callable[[], Markup]], Markup]:
    """For one page: a function that renders a row, or finds it.

    `seen_in_every_row` is what its rows show beside themselves: language, addresses, titles. In
    a template: {% call kept_row(row.look) %} ... {% endcall %}.
    """

    def kept_row(look: Hashable, caller: Callable[[], Markup]) -> Markup:
        key = (look, seen_in_every_row)
        rendered = _rows.get(key)
        if rendered is None:
            if len(_rows) >= ROWS_KEPT:
                _rows.clear()
            rendered = _rows[key] = caller()
        return rendered

    return kept_row

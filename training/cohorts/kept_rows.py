"""Rows of the trainer's table, kept as they were rendered.

Between two looks at a page most raters have done nothing, and rendering fifty rows takes longer
than reading them. A row never changes: when a rater has done something, there is a new one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from markupsafe import Markup

from training.cohorts.rater_records import ROWS_KEPT, RaterRow

_rendered_rows: dict[tuple[RaterRow, Hashable], Markup] = {}  # some 2 kB each


def keeper(
    *seen_in_every_row: Hashable,
) -> Callable[[RaterRow, Callable[[RaterRow], Markup]], Markup]:
    """For one page: a function that renders a row with a macro, or finds it rendered.

    `seen_in_every_row` is what its rows show beside themselves: language, addresses, titles.
    """

    def kept_row(row: RaterRow, line: Callable[[RaterRow], Markup]) -> Markup:
        key = (row, seen_in_every_row)
        rendered = _rendered_rows.get(key)
        if rendered is None:
            if len(_rendered_rows) >= ROWS_KEPT:
                _rendered_rows.clear()
            rendered = _rendered_rows[key] = line(row)
        return rendered

    return kept_row

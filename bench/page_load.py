"""python -m bench.page_load: what a browser fetches for each main page, and what moves in it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.browser import Visitor, visit_cold
from bench.main_pages import MAIN_PAGES, Demonstration, MainPage, demonstration

WINDOWS = {"wide": (1280, 860), "narrow": (390, 844)}
# Registered before the page is drawn. What follows something the person did is no shift.
WATCH = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });"""
MILLISECONDS_TO_SETTLE = 500


@dataclass(frozen=True, slots=True)
class PageLoad:
    """A page with an empty cache, again with a full one, and its layout shift, the worse of two."""

    name: str
    requests: int
    cold: float  # KB, heads and bodies as they were sent, compressed
    warm: float
    shift: float


# What none of them may exceed.
LIMITS = PageLoad("at most", requests=6, cold=120, warm=20, shift=0.05)


def main() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="page-load-") as folder,
        demonstration(Path(folder)) as shown,
    ):
        loads = [page_load(shown, page) for page in MAIN_PAGES]
    print(table(loads))


def page_load(shown: Demonstration, page: MainPage) -> PageLoad:
    address = shown.address_of(page)
    visitor = Visitor(urlsplit(shown.address).port or 80, cookies=shown.cookies(page.person))
    cold = visit_cold(visitor, address)
    warm = visitor.fetch(address).size / 1000
    shift = max(_shift(shown, page, *window) for window in WINDOWS.values())
    return PageLoad(page.name, cold.requests, cold.kilobytes, warm, shift)


def _shift(shown: Demonstration, page: MainPage, width: int, height: int) -> float:
    with shown.context(page.person, viewport={"width": width, "height": height}) as context:
        context.add_init_script(WATCH)
        tab = context.new_page()
        tab.goto(shown.address_of(page))
        tab.wait_for_load_state("networkidle")
        tab.wait_for_timeout(MILLISECONDS_TO_SETTLE)
        return float(tab.evaluate("window.shifted"))


def table(loads: list[PageLoad]) -> str:
    """A line for each page, then the limits; what exceeds one is marked."""
    lines = [f"{'page':12} {'requests':>10} {'cold KB':>10} {'warm KB':>10} {'shift':>10}"]
    for load in [*loads, LIMITS]:
        cells = (
            _cell(f"{load.requests}", load.requests > LIMITS.requests),
            _cell(f"{load.cold:.1f}", load.cold > LIMITS.cold),
            _cell(f"{load.warm:.1f}", load.warm > LIMITS.warm),
            _cell(f"{load.shift:.3f}", load.shift > LIMITS.shift),
        )
        lines.append(" ".join([f"{load.name:12}", *cells]))
    return "\n".join(lines)


def _cell(text: str, is_exceeded: bool) -> str:
    return f"{text + (' !' if is_exceeded else ''):>10}"


if __name__ == "__main__":
    main()

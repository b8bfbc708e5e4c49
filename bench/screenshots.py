"""python -m bench.screenshots: pictures of the main pages, wide, narrow and dark, for docs/."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

from bench.main_pages import MAIN_PAGES, Demonstration, MainPage, demonstration
from training.config import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "docs" / "pictures"
WINDOWS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1280, "height": 860}},
    "narrow": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
    "dark": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"},
}
# A page has few colours and many shades of them at the edges of letters.
COLOURS = 96
MOST_BYTES = 150_000


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="pictures-") as folder,
        demonstration(Path(folder)) as shown,
    ):
        for page in MAIN_PAGES:
            for name, window in WINDOWS.items():
                file = FOLDER / f"{page.name}-{name}.png"
                file.write_bytes(_small(_picture(shown, page, window)))
                size = file.stat().st_size
                print(f"{file.relative_to(PROJECT_ROOT)}  {size // 1000} KB")
                if size > MOST_BYTES:
                    raise SystemExit(f"{file} is larger than {MOST_BYTES} bytes")


def _picture(shown: Demonstration, main_page: MainPage, window: dict[str, Any]) -> bytes:
    address = shown.address_of(main_page)
    with shown.context(main_page.person, reduced_motion="reduce", **window) as context:
        page = context.new_page()
        page.goto(address)
        page.wait_for_load_state("networkidle")
        if main_page.worth:
            page.locator(main_page.worth).first.evaluate("(part) => part.scrollIntoView(true)")
        return page.screenshot()


def _small(png: bytes) -> bytes:
    """The same picture with a palette, which is a third of the size."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
            out, "PNG", optimize=True
        )
    return out.getvalue()


if __name__ == "__main__":
    main()

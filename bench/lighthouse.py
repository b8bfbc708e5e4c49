"""python -m bench.lighthouse: what Lighthouse says of main pages; it needs Node."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from bench.main_pages import MAIN_PAGES, Demonstration, MainPage, chromium, demonstration

VERSION = "12.8.2"
PAGES = ("landing", "home", "module", "workspace", "feedback", "cohort")
CATEGORIES = ("performance", "accessibility", "best-practices")
WANTED = 95
RUNS = 3  # of which the middle one counts, because a busy machine looks like a slow page
MINUTES_FOR_ONE = 3


def main() -> None:
    npx = shutil.which("npx") or sys.exit("Lighthouse runs on Node: install nodejs and npm.")
    print(f"{'page':12}", *(f"{name:>15}" for name in CATEGORIES))
    with (
        tempfile.TemporaryDirectory(prefix="lighthouse-") as folder,
        demonstration(Path(folder)) as shown,
    ):
        for page in (page for page in MAIN_PAGES if page.name in PAGES):
            reports = [_report(npx, shown, page, Path(folder)) for _ in range(RUNS)]
            scores = [median(_score(report, name) for report in reports) for name in CATEGORIES]
            print(f"{page.name:12}", *(f"{score:>15.0f}" for score in scores), flush=True)
            for fault in sorted({fault for report in reports for fault in _faults(report)}):
                print(f"  in some run, {fault}")


def _score(report: dict[str, Any], category: str) -> float:
    return 100 * float(report["categories"][category]["score"])


def _report(npx: str, shown: Demonstration, page: MainPage, folder: Path) -> dict[str, Any]:
    """Lighthouse's own phone and slow network, with nothing in the cache."""
    address = shown.address + shown.address_of(page)
    file = folder / f"{page.name}.json"
    cookies = "; ".join(f"{name}={value}" for name, value in shown.cookies(page.person).items())
    command = [npx, "--yes", f"lighthouse@{VERSION}", address, "--quiet"]
    command += [
        "--output=json",
        f"--output-path={file}",
        f"--only-categories={','.join(CATEGORIES)}",
    ]
    command += ["--chrome-flags=--headless=new --no-sandbox --disable-gpu"]
    if cookies:
        command.append(f"--extra-headers={json.dumps({'Cookie': cookies})}")
    subprocess.run(  # noqa: S603 - the arguments are ours
        command,
        env=os.environ | {"CHROME_PATH": chromium()},
        cwd=folder,
        check=True,
        timeout=60 * MINUTES_FOR_ONE,
    )
    report: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    if not report["finalDisplayedUrl"].startswith(address):
        raise RuntimeError(f"{address} led to {report['finalDisplayedUrl']}")
    return report


def _faults(report: dict[str, Any]) -> list[str]:
    """The audits that cost a category below the wanted score its points."""
    return [
        f"{name}: {audit['title']} {audit.get('displayValue', '')}".rstrip()
        for name in CATEGORIES
        if _score(report, name) < WANTED
        for reference in report["categories"][name]["auditRefs"]
        if reference["weight"]
        and (audit := report["audits"][reference["id"]])["score"] is not None
        and audit["score"] < 0.9
    ]


if __name__ == "__main__":
    main()

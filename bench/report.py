"""The tables a run prints, and the file it can write."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from bench.goals import GOALS

HEADINGS = ("", "measure", "value", "goal", "moonshot", "reached")


def table(database: str, figures: Mapping[str, float], failures: Mapping[str, str]) -> str:
    """One line for each measure that was taken or failed, in columns."""
    lines = [HEADINGS]
    for goal in GOALS:
        wanted = (goal.show(goal.goal), goal.show(goal.moonshot))
        if goal.code in figures:
            value = figures[goal.code]
            lines.append((goal.code, goal.title, goal.show(value), *wanted, goal.verdict(value)))
        elif goal.code in failures:
            lines.append((goal.code, goal.title, "not measured", *wanted, failures[goal.code]))
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS) - 1)]
    text = [database]
    for code, title, *values, reached in lines:
        shown = [f"{value:>{width}}" for value, width in zip(values, widths[2:], strict=True)]
        left = f"{code:{widths[0]}}  {title:{widths[1]}}"
        text.append("  ".join([left, *shown, reached]).rstrip())
    return "\n".join(text)


def machine() -> dict[str, object]:
    """What the figures depend on."""
    return {
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
    }


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    if file.exists():
        for line in file.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()

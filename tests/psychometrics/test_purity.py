"""The engine stands alone: no web, no database, no heavy package, scipy only to compute."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGINE = sorted((ROOT / "training" / "psychometrics").rglob("*.py"))
RULES = [
    file
    for package in ("judging", "simulation")
    for file in sorted((ROOT / "training" / "certification" / package).glob("*.py"))
]
FORBIDDEN = {"flask", "sqlalchemy", "wtforms", "pandas", "statsmodels", "pingouin", "sklearn"}


def name_of(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


def imported(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


@pytest.mark.parametrize("file", [*ENGINE, *RULES], ids=name_of)
def test_a_pure_module_imports_nothing_impure(file: Path) -> None:
    names = imported(ast.parse(file.read_text(encoding="utf-8")))
    assert not {name.split(".")[0].removeprefix("flask_") for name in names} & FORBIDDEN
    assert "scipy.stats" not in names


@pytest.mark.parametrize("file", ENGINE, ids=name_of)
def test_scipy_is_never_imported_at_the_top(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            assert not any(name.startswith("scipy") for name in imported(node))


@pytest.mark.parametrize("file", ENGINE, ids=name_of)
def test_no_module_of_the_engine_reads_the_clock_or_a_hidden_seed(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert "datetime" not in text
    assert "default_rng()" not in text
    assert "np.random.seed" not in text


def test_importing_the_engine_loads_no_scipy_and_computing_loads_no_scipy_stats() -> None:
    program = """
import sys
from training.psychometrics import Ratings, compare_with_consensus
assert "scipy" not in sys.modules, "scipy was imported with the engine"
cells = [("a", 1, 2, 3), ("a", 2, 1, 1), ("b", 1, 0, 1), ("b", 2, 4, 4)]
compare_with_consensus(Ratings.from_cells(cells), scale=range(5))
assert "scipy.special" in sys.modules
assert not {"scipy.stats", "pandas"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)

"""Rules of the house that are easier to keep when they fail a test."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

from training.access import PUBLIC_ENDPOINTS
from training.config import PROJECT_ROOT
from training.library.checking import check
from training.library.reading import read_pack

PACKAGE = PROJECT_ROOT / "training"


def says_it_is_pure(file: Path) -> bool:
    """In the first line of its own docstring, or of a package that it lies in."""
    packages = (folder / "__init__.py" for folder in file.parents if PACKAGE in folder.parents)
    sources = (file, *(package for package in packages if package.exists()))
    first_lines = ((docstring_of(source) or "").partition("\n")[0] for source in sources)
    return any(re.search(r"\bPure\b", line) for line in first_lines)


@cache
def docstring_of(file: Path) -> str | None:
    return ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))


PURE = sorted(file for file in PACKAGE.rglob("*.py") if says_it_is_pure(file))
FRAMEWORKS = {"flask", "flask_login", "flask_sqlalchemy", "flask_wtf", "sqlalchemy", "wtforms"}
OWN_FRAMED = ("training.database", "training.extensions", "training.clock")
SCIENTIFIC = {"scipy.stats", "pandas", "statsmodels", "pingouin", "sklearn"}
KEBAB_CASE = re.compile(
    r"^(/|(/([a-z0-9]+(-[a-z0-9]+)*(\.(json|csv|zip|ics|css|js))?|<(\w+:)?\w+>(\.(pdf|ics))?))+)$"
)


@cache
def imports_of(file: Path) -> frozenset[str]:
    """The full names of the modules a file imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(names)


@pytest.mark.parametrize("file", PURE, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_rules_know_neither_the_web_nor_the_database(file: Path) -> None:
    imported = imports_of(file)
    assert not {name.partition(".")[0] for name in imported} & FRAMEWORKS
    assert not {name for name in imported if name.startswith(OWN_FRAMED) or ".models" in name}


def test_no_worker_imports_the_heavy_statistics() -> None:
    for file in PACKAGE.rglob("*.py"):
        heavy = {
            name for name in imports_of(file) if any(name.startswith(each) for each in SCIENTIFIC)
        }
        assert not heavy, f"{file.relative_to(PACKAGE)}: {heavy}"


def test_only_one_module_cleans_html() -> None:
    cleaners = {
        str(file.relative_to(PACKAGE))
        for file in PACKAGE.rglob("*.py")
        if imports_of(file) & {"bleach", "nh3"}
    }
    assert cleaners == {"safe_html.py"}


def test_no_file_is_named_after_nothing() -> None:
    nameless = {"utils.py", "helpers.py", "common.py", "misc.py"}
    assert not [file for file in PACKAGE.rglob("*.py") if file.name in nameless]


def test_every_module_says_what_belongs_in_it() -> None:
    for folder in (PACKAGE, PROJECT_ROOT / "tests"):
        for file in folder.rglob("*.py"):
            if "versions" in file.parts or not file.read_text(encoding="utf-8").strip():
                continue
            assert docstring_of(file), f"{file} has no docstring"


def test_addresses_are_kebab_case_nouns_with_typed_parts(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint in ("static", "bootstrap.static"):
            continue
        assert KEBAB_CASE.match(rule.rule), rule.rule


def test_the_list_of_public_pages_names_only_pages_there_are(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints >= PUBLIC_ENDPOINTS


def test_every_other_page_sends_strangers_to_sign_in(app: Flask) -> None:
    client = app.test_client()
    walked = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint in PUBLIC_ENDPOINTS:
            continue
        example = "00000000-0000-4000-8000-000000000000"
        address = re.sub(r"<uuid:\w+>", example, rule.rule)
        address = re.sub(r"<int:\w+>", "1", address)
        address = address.replace("<stage:stage>", "orient")
        address = re.sub(r"<(\w+:)?\w+>", "a", address)
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        with client.open(address, method=method) as response:
            assert response.status_code == 302, f"{method} {address}: {response.status_code}"
            assert response.location.startswith("/sign-in"), f"{method} {address}"
        walked += 1
    assert walked > 20


def test_every_change_is_a_post(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        assert not {"DELETE", "PATCH"} & (rule.methods or set()), rule.rule


def test_every_template_parses_and_holds_nothing_inline(app: Flask) -> None:
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\bsrc=)")
    for file in (PACKAGE / "templates").rglob("*.html"):
        name = str(file.relative_to(PACKAGE / "templates"))
        app.jinja_env.get_template(name)
        found = inline.search(file.read_text(encoding="utf-8"))
        assert not found, f"{name}: {found and found[0]!r}"


def test_the_pages_above_a_page_are_named_by_one_macro() -> None:
    templates = PACKAGE / "templates"
    written = [
        file
        for file in templates.rglob("*.html")
        if "breadcrumb-line" in file.read_text(encoding="utf-8")
    ]
    assert written == [templates / "macros" / "breadcrumbs.html"]


def test_the_shipped_content_has_no_faults() -> None:
    assert [str(fault) for fault in check(read_pack(PROJECT_ROOT / "content"))] == []


def test_a_worker_starts_without_what_it_rarely_needs(tmp_path: Path) -> None:
    """It computes figures now and then and never migrates; it should not pay for it at start."""
    code = """
import sys
from training import create_app
create_app()
rarely = {"alembic", "fsrs", "icalendar", "numpy", "scipy", "xlsxwriter"}
print((rarely | {"sqlalchemy.dialects.postgresql"}) & set(sys.modules))
"""
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT_ROOT,
        env={"SECRET_KEY": "s" * 32, "INSTANCE_PATH": str(tmp_path)},
    )
    assert result.stdout.strip() == "set()"

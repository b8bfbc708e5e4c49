"""Style sheets and scripts travel as small as can be, and are compressed once."""

from __future__ import annotations

import gzip
from pathlib import Path

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.databases import make_app

SCRIPT = "/scripts/workspace.js"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "kept"


@pytest.fixture
def app(tmp_path: Path, kept: Path) -> Flask:
    return make_app(f"sqlite:///{tmp_path / 'none.sqlite3'}", tmp_path, template_cache_path=kept)


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return app.test_client()


def fetched(visitor: FlaskClient, address: str, encodings: str | None = None) -> tuple[str, bytes]:
    """The encoding of a file and its bytes, as they travel."""
    headers = {"Accept-Encoding": encodings} if encodings is not None else {}
    with visitor.get(address, headers=headers) as answer:
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert int(answer.headers["Content-Length"]) == len(answer.data)
        return answer.headers.get("Content-Encoding", ""), answer.data


@pytest.mark.parametrize("address", ["/style.css", SCRIPT, "/static/js/workbench.js"])
def test_who_reads_brotli_gets_the_smallest_and_all_get_the_same(
    visitor: FlaskClient, kept: Path, address: str
) -> None:
    _, plain = fetched(visitor, address)
    encoding, small = fetched(visitor, address, "gzip, deflate, br, zstd")
    assert (encoding, brotli.decompress(small)) == ("br", plain)
    assert len(small) < len(brotli.compress(plain, quality=4))
    (file,) = kept.glob("*.br")
    assert file.read_bytes() == small
    made_at = file.stat().st_mtime_ns
    assert fetched(visitor, address, "br") == ("br", small)
    assert file.stat().st_mtime_ns == made_at


@pytest.mark.parametrize("encodings", ["gzip", "gzip, br;q=0"])
def test_who_does_not_gets_what_they_can_read(
    visitor: FlaskClient, kept: Path, encodings: str
) -> None:
    _, plain = fetched(visitor, SCRIPT)
    encoding, small = fetched(visitor, SCRIPT, encodings)
    assert (encoding, gzip.decompress(small)) == ("gzip", plain)
    assert not list(kept.glob("*.br"))


def test_without_a_folder_files_are_compressed_as_pages_are(
    app: Flask, visitor: FlaskClient
) -> None:
    app.extensions["kept_files"] = None
    _, plain = fetched(visitor, SCRIPT)
    encoding, small = fetched(visitor, SCRIPT, "br")
    assert (encoding, brotli.decompress(small)) == ("br", plain)


def test_a_page_is_no_file(visitor: FlaskClient, kept: Path) -> None:
    with visitor.get("/sign-in", headers={"Accept-Encoding": "br"}) as answer:
        assert answer.headers["Content-Encoding"] == "br"
        assert answer.headers["Cache-Control"] == "no-store"
    assert not list(kept.glob("*.br"))

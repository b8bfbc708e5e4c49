"""What is made once for all processes and kept beside the pages compiled for them.

Everything there can be made again: whoever finds a file gone makes it anew. It is as safe
as the compiled pages, since whoever could change the one could change the other.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from flask import Flask, current_app


def init_app(app: Flask, folder: Path | None) -> None:
    """Keep files in this folder; None where there is none to write to."""
    app.extensions["kept_files"] = folder


def kept_folder() -> Path | None:
    """Where files are kept; None where each process makes everything for itself."""
    folder: Path | None = current_app.extensions["kept_files"]
    return folder


def kept(file: Path, make: Callable[[], bytes]) -> bytes:
    """What this file holds, or what is made now and kept there where that is possible."""
    with suppress(OSError):
        return file.read_bytes()
    made = make()
    with suppress(OSError):
        write_whole(file, made)
    return made


def write_whole(file: Path, content: bytes) -> None:
    """Whole or not at all, whoever writes the same at this moment. Raises OSError."""
    with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".new", delete=False) as new:
        try:
            new.write(content)
            new.flush()
            os.fsync(new.fileno())  # or a crash may leave the name without what it names
            os.replace(new.name, file)
        except OSError:
            os.unlink(new.name)  # half of it, on a full disk
            raise

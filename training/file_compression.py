"""Style sheets and scripts, compressed as well as can be: once for all processes.

Pages are compressed with every answer, and quickly. A file is the same for everybody for as long as
a version is in use, so that it pays to take half a second for it, once.
"""

from __future__ import annotations

from hashlib import sha256

import brotli
from flask import request
from werkzeug.wrappers import Response

from training.kept_files import kept, kept_folder

MIMETYPES = frozenset({"text/css", "text/javascript", "image/svg+xml"})
BEST = 11  # of Brotli's qualities


def compress_file(response: Response) -> None:
    """Compress a whole file for who reads Brotli; all others get what pages are compressed with."""
    folder = kept_folder()
    if folder is None or response.mimetype not in MIMETYPES or not request.accept_encodings["br"]:
        return
    content = response.get_data()
    file = folder / f"{sha256(content).hexdigest()}.br"
    response.set_data(kept(file, lambda: _compressed(content)))
    response.content_encoding = "br"
    etag, is_weak = response.get_etag()
    if etag and not is_weak:  # it names the content as it was
        response.set_etag(f"{etag}:br")


def _compressed(content: bytes) -> bytes:
    compressed: bytes = brotli.compress(content, quality=BEST)
    return compressed

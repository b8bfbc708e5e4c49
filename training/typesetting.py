"""Setting a document as PDF with typst, in a process of its own.

Typst keeps what it has laid out, some 100 MiB a process, and it is native code that reads what
people typed. So this file is also the program that does it: it is started for one document and
gone afterwards, and a worker carries none of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from threading import Lock
from typing import Any

STANDARDS = ["ua-1", "a-2a"]  # PDF/UA-1: everybody can read it; PDF/A-2a: also in thirty years
SECONDS_TO_WAIT = 30

# A machine has few processors: further documents of this worker wait for the one under way.
_one_at_a_time = Lock()


class TypesettingError(RuntimeError):
    """The document could not be set; the text is what typst says."""


def typeset(template: Path, document: dict[str, Any], *, output: str = "pdf") -> bytes:
    """Set a document: the template, and what it says as JSON. `output` is "pdf" or "png".

    Where no font has a letter somebody typed, the PDF keeps to no standard, shows a box for the
    letter, and says what `document["unprintable"]` says.
    """
    # -P: modules beside this file, such as `standard`, are none of the program's business.
    command = [sys.executable, "-P", __file__, str(template), output]
    with _one_at_a_time:
        done = subprocess.run(  # noqa: S603 - our own program; what people typed goes in as data
            command,
            input=json.dumps(document).encode(),
            capture_output=True,
            timeout=SECONDS_TO_WAIT,
            check=False,
        )
    if done.returncode:
        raise TypesettingError(done.stderr.decode(errors="replace"))
    return done.stdout


def main(template: str, output: str) -> None:
    """Read the document from standard input and write the file to standard output."""
    import devanagari_fonts
    import typst

    document = json.load(sys.stdin.buffer)
    options: dict[str, Any] = {
        # Those that come with the package: nothing is looked for on the machine or fetched.
        "font_paths": [str(Path(devanagari_fonts.__file__).parent / "fonts")],
        "ignore_system_fonts": True,
        "format": output,
    }

    def compiled(document: dict[str, Any], standards: list[str]) -> bytes:
        inputs = {"document": json.dumps(document)}
        settings = options | {"sys_inputs": inputs, "pdf_standards": standards}
        file: bytes = typst.compile(Path(template).read_bytes(), **settings)
        return file

    try:
        file = compiled(document, STANDARDS if output == "pdf" else [])
    except typst.TypstError:
        notes = [*document["notes"], document["unprintable"]]
        file = compiled(document | {"notes": notes}, [])
    sys.stdout.buffer.write(file)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The dossier as files: packed, read again, and held against itself and the engine. Pure.

In short::

    packed = zip_of(document)                  # what a certifier downloads
    found = verify(read(packed))               # years later, without a database
    found.differs                              # empty when everything agrees
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from training.certification.dossiers import afterwards
from training.certification.judging.differences import differences
from training.certification.judging.engine_versions import as_written_by
from training.certification.judging.evidence import digest_of, evidence_of
from training.certification.judging.standard import Standard

FORMAT = "open-dialogue-dossier"
FORMAT_VERSION = 1
DOSSIER, RATINGS, GATES, STANDARD = "dossier.json", "ratings.csv", "gates.csv", "standard.json"
README, SUMS = "README.txt", "SHA256SUMS"
FILES = (DOSSIER, RATINGS, GATES, STANDARD, README)
RATER, CONSENSUS, NOT_RATEABLE = "Rater", "Consensus", "NR"
GATE_COLUMNS = (
    "gate",
    "status",
    "value",
    "low",
    "high",
    "threshold",
    "bound",
    "n",
    "required",
    "reason",
)
LARGEST_FILE = 50_000_000  # bytes; a dossier has some 100 kB
MOST_DIFFERENCES_SHOWN = 10


class NotADossierError(ValueError):
    """What was given is no dossier at all; the text says why."""


@dataclass(frozen=True, slots=True)
class ReadDossier:
    """A dossier as it was read; `files` are those of its archive, or none for the JSON alone.

    damaged    the files of the archive that could not be unpacked.
    repeated   the names that stand in the archive more than once; `files` has the last of each,
               and other programs unpack the first.
    """

    document: dict[str, Any]
    files: Mapping[str, bytes] | None = None
    damaged: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """What agrees, what differs, and what should be known beside; each a sentence."""

    agrees: tuple[str, ...]
    differs: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.differs


# Packing


def sealed(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document under its format, with a digest of all that is in it."""
    named = {"format": FORMAT, "format_version": FORMAT_VERSION} | dict(document)
    return named | {"file_digest": _digest(named)}


def _digest(document: Mapping[str, Any]) -> str:
    content = {name: value for name, value in document.items() if name != "file_digest"}
    return hashlib.sha256(_canonical(content).encode()).hexdigest()


def _canonical(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def zip_of(document: Mapping[str, Any]) -> bytes:
    """The archive of a sealed document; the same document gives the same files."""
    files = files_of(document)
    files[SUMS] = sums_of(files)
    moment = datetime.fromisoformat(document["computed_at"])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, date_time=moment.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()


def files_of(document: Mapping[str, Any]) -> dict[str, bytes]:
    """The files of the archive, by name, without their sums."""
    return {
        DOSSIER: _json(document),
        RATINGS: ratings_csv(document["evidence"]),
        GATES: gates_csv(document["figures"]),
        STANDARD: _json(document["standard"]),
        README: _readme(document),
    }


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def ratings_csv(evidence: Mapping[str, Any]) -> bytes:
    """Every rated cell as the measurement commands read it, the consensus as a rater."""
    rows: list[Sequence[object]] = [("subject", "rater", "item", "score")]
    for session in evidence["sessions"]:
        for item, score, reference in session["cells"]:
            rows.append((session["vignette"], RATER, item, _score(score)))
            rows.append((session["vignette"], CONSENSUS, item, _score(reference)))
    return _csv(rows)


def _score(score: int | None) -> object:
    return NOT_RATEABLE if score is None else score


def gates_csv(figures: Mapping[str, Any]) -> bytes:
    """Every gate with its unrounded figures, its status and why."""
    rows: list[Sequence[object]] = [GATE_COLUMNS]
    rows += [
        [gate["reason"]["code"] if name == "reason" else gate[name] for name in GATE_COLUMNS]
        for gate in figures["gates"]
    ]
    return _csv(rows)


def _csv(rows: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def sums_of(files: Mapping[str, bytes]) -> bytes:
    """A line for each file as sha256sum writes and checks it."""
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}" for name, content in files.items()]
    return ("\n".join(lines) + "\n").encode()


def _readme(document: Mapping[str, Any]) -> bytes:
    figures, standard = document["figures"], document["standard"]
    reference = f"--reference {CONSENSUS}"
    happened = "".join(line + "\n" for line in afterwards.lines(document))
    return f"""DOSSIER OF A DECISION

Decision    {document["decision"]}
Outcome     {figures["outcome"]}
Standard    {standard["slug"]}, version {standard["version"]}
Computed    {document["computed_at"]}
Engine      {figures["engine_version"]}
Digest      {document["digest"]}
{happened}
The digest is that of the figures, the evidence and the circumstances. It stands on the
certificate's page and in the trail of acts of the certifying body: compare it with this one.
A file that was changed can be given new sums; it cannot be given the digest written down there.

KEEP THIS TO YOURSELF. The files hold the scores of the certification key, without which nothing
could be computed again. Whoever has them can no longer be certified on these vignettes.

Files

  {DOSSIER}    everything that was frozen: ratings, versions of vignettes, keys (with their
                  status), instrument and standard, every figure, flags, earlier attempts
  {RATINGS}     subject,rater,item,score; the rater is "{RATER}", the consensus "{CONSENSUS}"
  {GATES}       every gate with its figure, interval, line and result
  {STANDARD}   the standard as it was applied
  {SUMS}      sums of the files above

Compute the decision again, without a database or any configuration:

  flask --app wsgi dossier verify FILE

FILE is this archive or its {DOSSIER}. The command says what agrees and ends with 0, or says what
differs and ends with 1. The ratings alone can be looked at with

  flask --app wsgi compare {RATINGS} {reference}
""".encode()


# Reading


def read(content: bytes) -> ReadDossier:
    """A dossier from its archive or its JSON. Raises NotADossierError."""
    if len(content) > LARGEST_FILE:
        raise NotADossierError("the file is too large to be a dossier")
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return ReadDossier(_document(content))
    files, damaged, repeated = _unpacked(content)
    if DOSSIER in damaged:
        return ReadDossier({}, files, damaged, repeated)
    if DOSSIER not in files:
        raise NotADossierError(f"the archive holds no {DOSSIER}")
    return ReadDossier(_document(files[DOSSIER]), files, damaged, repeated)


def _unpacked(content: bytes) -> tuple[dict[str, bytes], tuple[str, ...], tuple[str, ...]]:
    """The files by name, and the names that are damaged and that are repeated."""
    files, damaged = {}, []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = Counter(archive.namelist())
            for entry in archive.infolist():
                if entry.file_size > LARGEST_FILE:
                    raise NotADossierError(f"{entry.filename} is too large for a dossier")
                try:
                    files[entry.filename] = archive.read(entry)
                # What a damaged archive raises depends on which byte of it was hit.
                except (zipfile.BadZipFile, OSError, EOFError, ValueError, zlib.error):
                    damaged.append(entry.filename)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, UnicodeError):
        raise NotADossierError("the archive cannot be opened") from None
    return files, tuple(damaged), tuple(name for name, times in names.items() if times > 1)


def _document(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise NotADossierError("the file is neither an archive nor JSON") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise NotADossierError(f'the file does not say that it is a dossier ("format": "{FORMAT}")')
    if document.get("format_version") != FORMAT_VERSION:
        version = document.get("format_version")
        raise NotADossierError(f"format version {version!r} is not known to this software")
    return document


# Verifying


def verify(found: ReadDossier) -> Verification:
    """Hold a dossier against its own digests and against what the engine computes today."""
    if found.damaged:
        return Verification((), tuple(f"{name} is damaged" for name in found.damaged), ())
    agrees: list[str] = []
    differs = [f"{name} is in the archive more than once" for name in found.repeated]
    notes: list[str] = []
    checks = [*_digests(found.document), *afterwards.checks(found.document)]
    if found.files is not None:
        checks += _archive(found.document, found.files)
    for says, holds in checks:
        (agrees if holds else differs).append(says if holds else f"not so: {says}")
    _recompute(found.document, agrees, differs, notes)
    notes += afterwards.notes(found.document)
    return Verification(tuple(agrees), tuple(differs), tuple(notes))


Check = tuple[str, bool]


def _digests(document: Mapping[str, Any]) -> Iterator[Check]:
    yield (
        "the dossier has the digest it was sealed with",
        (document.get("file_digest") == _digest(document)),
    )
    yield (
        "figures, evidence and circumstances have the digest of the decision",
        (_digest_of_decision(document) == document.get("digest")),
    )
    standard = hashlib.sha256(_canonical(document.get("standard")).encode()).hexdigest()
    yield "the standard is the version that was applied", standard == _named_standard(document)


def _digest_of_decision(document: Mapping[str, Any]) -> str | None:
    if not {"figures", "evidence"} <= document.keys():
        return None
    return digest_of(document["figures"], document["evidence"], document.get("circumstances"))


def _named_standard(document: Mapping[str, Any]) -> object:
    try:
        return document["evidence"]["standard"]["digest"]
    except (KeyError, TypeError):
        return None


def _archive(document: Mapping[str, Any], files: Mapping[str, bytes]) -> Iterator[Check]:
    present = {name: files[name] for name in FILES if name in files}
    yield "the archive holds its files and no others", set(files) == {*FILES, SUMS}
    yield "every file has the sum that was written down", sums_of(present) == files.get(SUMS)
    try:
        derived = files_of(document)
    except (KeyError, TypeError, ValueError):
        derived = {}
    for name in FILES:
        if name != DOSSIER:
            same = name in derived and derived[name] == files.get(name)
            yield f"{name} says the same as {DOSSIER}", same


def _recompute(
    document: Mapping[str, Any], agrees: list[str], differs: list[str], notes: list[str]
) -> None:
    from training.certification.judging.decision import decide  # here, because it needs numpy
    from training.psychometrics import ENGINE_VERSION

    try:
        figures = document["figures"]
        computed = decide(
            Standard.model_validate(document["standard"]),
            evidence_of(document["evidence"]),
            now=datetime.fromisoformat(document["computed_at"]),
        ).as_dict()
        then = figures["engine_version"]
    except ValidationError as error:
        count, first = error.error_count(), error.errors()[0]["msg"]
        problem = first if count == 1 else f"{count} faults, the first: {first}"
        differs.append(f"the standard cannot be read: {problem}")
        return
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        differs.append(f"the decision cannot be computed again: {type(error).__name__}: {error}")
        return
    if then != ENGINE_VERSION:
        notes.append(
            f"the decision was computed by engine version {then}; this is version {ENGINE_VERSION}"
        )
        computed = as_written_by(then, computed)
    found = list(differences(figures, json.loads(json.dumps(computed))))
    if not found:
        agrees.append(
            f"computed again: {figures['outcome']}, with every gate, interval and probability"
        )
    differs += found[:MOST_DIFFERENCES_SHOWN]
    if len(found) > MOST_DIFFERENCES_SHOWN:
        differs.append(f"and {len(found) - MOST_DIFFERENCES_SHOWN} more figures differ")

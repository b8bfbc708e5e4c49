"""Reading a content folder into documents, with every fault found on the way. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from training.certification.judging.standard import Standard
from training.library.schema import Instrument, Key, Manual, Module, Resource, Term, Vignette
from training.library.schema.parts import SLUG_PATTERN

DOCUMENT_ENDINGS = (".yaml", ".yml", ".md")
NOTE_FOR_AUTHORS = "readme.md"
LESSON_NAME = re.compile(r"^lesson\.([a-z]{2})\.md$")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something an author has to mend, and where."""

    file: str
    item: str  # the item, turn or question, or "" when it concerns the whole file
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.words}"

    @property
    def words(self) -> str:
        """Place within the file, and what is wrong there."""
        return ": ".join(part for part in (self.item, self.field, self.message) if part)


@dataclass(slots=True)
class Pack:
    """What one or more content folders hold, by slug."""

    instruments: dict[str, Instrument] = field(default_factory=dict)
    modules: dict[str, Module] = field(default_factory=dict)
    vignettes: dict[str, Vignette] = field(default_factory=dict)
    keys: dict[str, Key] = field(default_factory=dict)
    standards: dict[str, Standard] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)  # the library; never published
    terms: dict[str, Term] = field(default_factory=dict)  # the glossary; never published
    manuals: dict[str, Manual] = field(default_factory=dict)  # by instrument; never published
    files: dict[tuple[str, str], str] = field(default_factory=dict)  # (kind, slug) -> file
    faults: list[Fault] = field(default_factory=list)

    def documents(self) -> Iterator[tuple[str, str, BaseModel]]:
        """Every document as (kind, slug, document), what others refer to first."""
        for kind in ("instrument", "vignette", "key", "module", "standard"):
            collection = cast(dict[str, BaseModel], getattr(self, f"{kind}s"))
            for slug, document in sorted(collection.items()):
                yield kind, slug, document

    def add(self, kind: str, slug: str, document: BaseModel, file: str) -> None:
        """Take a document in; a second one of the same kind and slug is a fault."""
        if (kind, slug) in self.files:
            first = self.files[kind, slug]
            self.faults.append(Fault(file, "", "slug", f"{slug!r} is also in {first}"))
            return
        self.files[kind, slug] = file
        getattr(self, f"{kind}s")[slug] = document


def canonical_text(document: BaseModel) -> str:
    """The one text a document has, whatever the order and layout of its file."""
    return json.dumps(
        document.model_dump(mode="json"),
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )


def digest_of(text: str) -> str:
    """The SHA-256 of a canonical text, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_pack(*folders: Path) -> Pack:
    """Read content folders; what cannot be read stands in `faults`, the rest is there."""
    pack = Pack()
    for folder in folders:
        _FolderReader(folder, pack).read()
    return pack


def read_rules(*folders: Path, with_vignettes: bool = False) -> Pack:
    """Read only what decides: instruments and standards, and vignettes with keys if asked for."""
    pack = Pack()
    for folder in folders:
        reader = _FolderReader(folder, pack)
        reader.read_rules()
        if with_vignettes:
            reader.read_vignettes()
    return pack


def read_resources(*folders: Path) -> Pack:
    """Read only the library of resources."""
    pack = Pack()
    for folder in folders:
        _FolderReader(folder, pack).read_resources()
    return pack


def read_terms(*folders: Path) -> Pack:
    """Read only the glossary."""
    pack = Pack()
    for folder in folders:
        _FolderReader(folder, pack).read_terms()
    return pack


def read_manuals(*folders: Path) -> Pack:
    """Read only the manuals."""
    pack = Pack()
    for folder in folders:
        _FolderReader(folder, pack).read_manuals()
    return pack


class _FolderReader:
    """Reads one folder into a pack. A class only because every step needs both."""

    def __init__(self, folder: Path, pack: Pack) -> None:
        self.folder = folder
        self.pack = pack
        self.files_read: set[Path] = set()

    def read(self) -> None:
        self.read_rules()
        self.read_vignettes()
        for file in sorted(self.folder.glob("modules/*/module.yaml")):
            self._take_module(file.parent)
        self.read_resources()
        self.read_terms()
        self.read_manuals()
        self._name_what_was_not_read()

    def _name_what_was_not_read(self) -> None:
        """A document in a misspelt place would be missing without a word."""
        for file in sorted(self.folder.rglob("*")):
            name = file.relative_to(self.folder)
            is_hidden = any(part.startswith(".") for part in name.parts)
            is_document = name.suffix.lower() in DOCUMENT_ENDINGS and file.is_file()
            is_note = name.name.lower() == NOTE_FOR_AUTHORS
            if is_document and not (is_hidden or is_note or file in self.files_read):
                self._fault(file, "", "", "was not read: no document has this place and name")

    def read_manuals(self) -> None:
        for file in sorted(self.folder.glob("manuals/*.yaml")):
            self._take("manual", Manual, file, self._load(file), slug_field="instrument")

    def read_resources(self) -> None:
        self._read_list("resource", Resource, self.folder / "library" / "resources.yaml", "id")

    def read_terms(self) -> None:
        self._read_list("term", Term, self.folder / "glossary.yaml", "slug")

    def _read_list(self, kind: str, model: type[BaseModel], file: Path, slug_field: str) -> None:
        """A file that lists entries; a folder may go without it."""
        entries = self._load(file) if file.exists() else []
        if not isinstance(entries, list):
            if entries is not None:
                self._fault(file, "", "", f"should be a list of {kind}s")
            return
        for position, entry in enumerate(entries, start=1):
            name = entry.get(slug_field, position) if isinstance(entry, dict) else position
            self._take_entry(kind, model, file, entry, f"{kind} {name}", slug_field)

    def _take_entry(
        self, kind: str, model: type[BaseModel], file: Path, entry: Any, item: str, slug_field: str
    ) -> None:
        try:
            document = model.model_validate(entry)
        except ValidationError as error:
            for detail in _told(error):
                inner, name = _place(detail["loc"], entry)
                place = ", ".join(part for part in (item, inner) if part)
                self._fault(file, place, name, _message(detail))
            return
        slug = getattr(document, slug_field)
        if first := self.pack.files.get((kind, slug)):
            self._fault(file, item, slug_field, f"{slug!r} is also in {first}")
            return
        self.pack.add(kind, slug, document, self._name(file))

    def read_rules(self) -> None:
        for file in sorted(self.folder.glob("instruments/*.yaml")):
            self._take("instrument", Instrument, file, self._load(file))
        for file in sorted(self.folder.glob("standards/*.yaml")):
            self._take("standard", Standard, file, self._load(file))

    def read_vignettes(self) -> None:
        for pattern in ("vignettes/*/vignette.yaml", "exercises/*/vignette.yaml"):
            for file in sorted(self.folder.glob(pattern)):
                self._take_vignette(file)

    def _take_vignette(self, file: Path) -> str | None:
        vignette = self._load(file)
        self._take("vignette", Vignette, file, vignette)
        key_file = file.with_name("key.yaml")
        if key_file.exists():
            self._take("key", Key, key_file, self._load(key_file), slug_field="vignette")
        else:
            self._fault(file, "", "", "its key.yaml is missing")
        return vignette.get("slug") if isinstance(vignette, dict) else None

    def _take_module(self, folder: Path) -> None:
        file = folder / "module.yaml"
        module = self._load(file)
        if not isinstance(module, dict):
            self._take("module", Module, file, module)  # which says what it should be
            self.files_read.update(folder.rglob("*"))  # and they wait until it is
            return
        lesson_files = {
            match[1]: path
            for path in sorted(folder.glob("lesson.*.md"))
            if (match := LESSON_NAME.match(path.name))
        }
        self.files_read.update(lesson_files.values())
        lessons = {language: self._text(path) for language, path in lesson_files.items()}
        excerpts = [self._take_vignette(f) for f in sorted(folder.glob("apply-*/vignette.yaml"))]
        module |= {
            "lesson": lessons,
            "observe": self._load(folder / "observe.yaml"),
            "questions": self._load(folder / "questions.yaml"),
            "excerpts": [slug for slug in excerpts if slug],
        }
        if None not in lessons.values():
            self._take("module", Module, file, module)

    def _text(self, file: Path) -> str | None:
        """The text of a file; None, and a fault, where there is none to be had."""
        self.files_read.add(file)
        try:
            return file.read_text(encoding="utf-8")
        except FileNotFoundError:
            self._fault(file, "", "", "this file is missing")
        except IsADirectoryError:
            self._fault(file, "", "", "is a folder, and should be a file")
        except UnicodeDecodeError:
            self._fault(file, "", "", "is not UTF-8 text")
        return None

    def _load(self, file: Path) -> Any:
        import yaml  # a worker shows what was read and stored, and needs none

        text = self._text(file)
        if text is None:
            return None
        # Both are safe; the one in C, which not every PyYAML has, reads thirteen times as fast.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        try:
            node = loader.get_single_node()
            content = None if node is None else loader.construct_document(node)
        except (yaml.YAMLError, ValueError) as error:  # a date that is none is a ValueError
            mark = getattr(error, "problem_mark", None)
            line = f"line {mark.line + 1}" if mark else ""
            problem = " ".join(str(getattr(error, "problem", error)).split())
            self._fault(file, line, "", f"is not YAML: {problem}")
            return None
        finally:
            loader.dispose()
        if content is None:
            self._fault(file, "", "", "is empty")
        for line_number, name in _fields_written_twice(node):
            # What is read is the last of them; the others would be gone without a word.
            self._fault(file, f"line {line_number}", name, "is written twice")
        return content

    def _take(
        self,
        kind: str,
        model: type[BaseModel],
        file: Path,
        content: Any,
        *,
        slug_field: str = "slug",
    ) -> None:
        if content is None:
            return  # the fault was noted when it was loaded
        if not isinstance(content, dict):
            self._fault(file, "", "", "should be fields with values")
            return
        try:
            document = model.model_validate(content)
        except ValidationError as error:
            for detail in _told(error):
                self._fault(file, *_place(detail["loc"], content), _message(detail))
            return
        self.pack.add(kind, getattr(document, slug_field), document, self._name(file))

    def _fault(self, file: Path, item: str, field_name: str, message: str) -> None:
        self.pack.faults.append(Fault(self._name(file), item, field_name, message))

    def _name(self, file: Path) -> str:
        return str(file.relative_to(self.folder))


def _fields_written_twice(node: Any) -> Iterator[tuple[int, str]]:
    """Line and name of each field that its mapping holds already, in a composed YAML document."""
    waiting, seen = [node], set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) in seen or not isinstance(getattr(node, "value", None), list):
            continue
        seen.add(id(node))  # an alias leads to the same node again, perhaps for ever
        if node.id == "sequence":
            waiting += node.value
            continue
        written: set[tuple[str, str]] = set()
        for field_name, value in node.value:
            name = (field_name.tag, str(field_name.value))  # 1 is no "1"
            if name in written:
                yield field_name.start_mark.line + 1, name[1]
            written.add(name)
            waiting.append(value)


MESSAGES = {
    "missing": "is missing",
    "extra_forbidden": "is not a field here; is it mistyped?",
    "string_too_short": "is empty",
    "string_too_long": "is longer than {max_length} letters",
    "string_type": "should be text; put it in quotes",
    "too_short": "has {actual_length}, needs {min_length} or more",
    "too_long": "has {actual_length}, may have {max_length}",
    "enum": "should be {expected}",
    "literal_error": "should be {expected}",
    "int_type": "should be a whole number",
    "int_parsing": "should be a whole number",
    "greater_than_equal": "should be {ge} or more",
    "bool_type": "should be true or false",
    "bool_parsing": "should be true or false",
}


def _told(error: ValidationError) -> list[Any]:
    """What an author is told of: a list that is short only by its faulty entries is not."""
    details = error.errors()
    places = [detail["loc"] for detail in details]
    return [
        detail
        for detail, place in zip(details, places, strict=True)
        if detail["type"] != "too_short"
        or not any(other != place and other[: len(place)] == place for other in places)
    ]


def _message(detail: Any) -> str:
    """What pydantic found, in words for an author."""
    if detail["type"] in MESSAGES:
        return MESSAGES[detail["type"]].format(**detail.get("ctx", {}))
    if detail.get("ctx", {}).get("pattern") == SLUG_PATTERN:
        return "should be small letters, digits and single hyphens, as in the-kitchen-light"
    return str(detail["msg"]).removeprefix("Value error, ")


def _place(location: tuple[int | str, ...], content: Any) -> tuple[str, str]:
    """The item and the field a pydantic location means, as an author would name them."""
    items: list[str] = []
    fields: list[str] = []
    node = content
    for position, part in enumerate(location):
        if isinstance(part, int):
            items.append(f"{location[position - 1] if position else 'entry'} {_name(part, node)}")
        elif not isinstance(node, dict) or (part not in node and part != location[-1]):
            continue  # pydantic's own name for one of several kinds of value
        else:
            fields.append(part)
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            node = None
    return ", ".join(items), ".".join(fields)


def _name(part: int, node: Any) -> object:
    """What an author calls an entry: by its own name or number, or by its place from 1."""
    if isinstance(node, dict):
        return part
    entry = node[part] if isinstance(node, list) and part < len(node) else None
    if isinstance(entry, dict):
        return next((entry[key] for key in ("id", "slug", "number") if key in entry), part + 1)
    return entry[0] if isinstance(entry, list) and entry else part + 1

"""Reading what typst writes: the letters on a page of a PDF, its metadata, its number of pages."""

from __future__ import annotations

import re
import zlib

OBJECT = re.compile(rb"\n(\d+) 0 obj(.*?)\nendobj", re.DOTALL)
STREAM = re.compile(rb"stream\r?\n(.*)\r?\nendstream", re.DOTALL)
PLAIN = rb"(?:\\.|[^\\()])"
# What stands between parentheses; pairs of them within need no escape, to any depth that occurs.
LITERAL = PLAIN + rb"*"
for _ in range(4):
    LITERAL = rb"(?:" + PLAIN + rb"|\(" + LITERAL + rb"\))*"
# In a content stream: text that stands for what is drawn, its end, a font, pieces of text; and
# the language of a passage, which is no text.
TOKEN = re.compile(
    rb"/ActualText(?:<(?P<actual>[0-9A-F]+)>|\((?P<plain>" + LITERAL + rb")\))>>BDC"
    rb"|(?P<language>/Lang\([^()]*\))"
    rb"|(?P<begin>BDC|BMC)|(?P<end>EMC)|/(?P<font>f\d+) [\d.]+ Tf"
    rb"|\((?P<literal>" + LITERAL + rb")\)|<(?P<hex>[0-9A-F]+)>",
    re.DOTALL,
)
ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def objects_of(pdf: bytes) -> dict[int, bytes]:
    assert pdf.startswith(b"%PDF-1.7")
    assert pdf.rstrip().endswith(b"%%EOF")
    return {int(number): body for number, body in OBJECT.findall(pdf)}


def stream_of(body: bytes) -> bytes:
    found = STREAM.search(body)
    assert found
    return zlib.decompress(found[1]) if b"/FlateDecode" in body[: found.start()] else found[1]


def metadata_of(pdf: bytes) -> str:
    """The XMP metadata: title, author, the standards the file keeps to."""
    (body,) = [body for body in objects_of(pdf).values() if b"/Type/Metadata" in body]
    return stream_of(body).decode()


def catalog_of(pdf: bytes) -> str:
    (body,) = [body for body in objects_of(pdf).values() if b"/Type/Catalog" in body]
    return body.decode()


def pages_of(pdf: bytes) -> list[bytes]:
    return [body for body in objects_of(pdf).values() if b"/Type/Page/" in body]


def letters_of(pdf: bytes) -> str:
    """All that can be copied from the pages, in the order of the file, without any space."""
    objects = objects_of(pdf)
    texts = []
    for page in pages_of(pdf):
        (content,) = re.findall(rb"/Contents (\d+) 0 R", page)
        fonts = _fonts_of(objects, page)
        texts.append(_letters_of_content(stream_of(objects[int(content)]), fonts))
    return "".join("".join(texts).split())


def _fonts_of(objects: dict[int, bytes], page: bytes) -> dict[str, dict[int, str]]:
    """A page's fonts; on the next one the same name may be that of another font."""
    (resources,) = re.findall(rb"/Resources (\d+) 0 R", page)
    named = re.search(rb"/Font<<(.*?)>>", objects[int(resources)])
    return {
        name.decode(): _letters_of_font(objects, int(number))
        for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", named[1] if named else b"")
    }


def _letters_of_font(objects: dict[int, bytes], number: int) -> dict[int, str]:
    (mapping,) = re.findall(rb"/ToUnicode (\d+) 0 R", objects[number])
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>", stream_of(objects[int(mapping)]))
    return {
        int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in pairs
    }


def _letters_of_content(content: bytes, fonts: dict[str, dict[int, str]]) -> str:
    texts, font, depth, silent_from = [], "", 0, None
    for token in TOKEN.finditer(content):
        if token["actual"] or token["plain"]:
            depth += 1
            if silent_from is None:
                silent_from = depth
                texts.append(_actual_text(token))
        elif token["begin"]:
            depth += 1
        elif token["end"]:
            silent_from = None if silent_from == depth else silent_from
            depth -= 1
        elif token["font"]:
            font = token["font"].decode()
        elif silent_from is None and font and not token["language"]:
            is_hex = token["hex"] is not None
            raw = bytes.fromhex(token["hex"].decode()) if is_hex else _literal(token["literal"])
            glyphs = [int.from_bytes(raw[place : place + 2]) for place in range(0, len(raw), 2)]
            texts.append("".join(fonts[font].get(glyph, "\ufffd") for glyph in glyphs))
    return "".join(texts)


def _actual_text(token: re.Match[bytes]) -> str:
    if token["plain"]:
        return _literal(token["plain"]).decode("latin-1")
    return bytes.fromhex(token["actual"].decode()).decode("utf-16")


def _literal(text: bytes) -> bytes:
    def plain(escape: re.Match[bytes]) -> bytes:
        code = escape[1]
        return bytes([int(code, 8)]) if code.isdigit() else ESCAPES.get(code, code)

    return re.sub(rb"\\([0-7]{1,3}|.)", plain, text, flags=re.DOTALL)

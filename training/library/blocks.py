"""The blocks of a short Markdown text, for whoever sets it otherwise than as HTML. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

HEADING = "h3"
"""The only level: the pages that show such a text have the ones above."""


class BlockKind(StrEnum):
    PARAGRAPH = "paragraph"
    HEADING = "heading"
    BULLETS = "bullets"
    NUMBERS = "numbers"


LISTS = {"bullet_list": BlockKind.BULLETS, "ordered_list": BlockKind.NUMBERS}


@dataclass(frozen=True, slots=True)
class Run:
    """Letters that look alike."""

    text: str
    is_strong: bool = False
    is_emphasised: bool = False


Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or heading, which is one line, or a list with a line for each entry."""

    kind: BlockKind
    lines: tuple[Line, ...]


def blocks_of(markdown: str) -> list[Block]:
    """Paragraphs, flat lists and ### headings, with emphasis.

    Raises ValueError naming what else the text holds.
    """
    from markdown_it.tree import SyntaxTreeNode

    return [_block(node) for node in SyntaxTreeNode(_parser().parse(markdown)).children]


def _block(node: SyntaxTreeNode) -> Block:
    if node.type in LISTS:
        return Block(LISTS[node.type], tuple(_entry(item) for item in node.children))
    if node.type == "paragraph":
        return Block(BlockKind.PARAGRAPH, (_line(node),))
    if node.type == "heading" and node.tag == HEADING:
        return Block(BlockKind.HEADING, (_line(node),))
    raise ValueError(_odd(node))


def _entry(item: SyntaxTreeNode) -> Line:
    if [child.type for child in item.children] != ["paragraph"]:
        raise ValueError("may hold lists whose entries are one paragraph each")
    return _line(item.children[0])


def _line(node: SyntaxTreeNode) -> Line:
    return tuple(run for inline in node.children for run in _runs(inline))


def _runs(node: SyntaxTreeNode, *, strong: bool = False, emphasised: bool = False) -> Iterator[Run]:
    for child in node.children:
        match child.type:
            case "text":
                yield Run(child.content, strong, emphasised)
            case "softbreak":
                yield Run(" ", strong, emphasised)
            case "strong":
                yield from _runs(child, strong=True, emphasised=emphasised)
            case "em":
                yield from _runs(child, strong=strong, emphasised=True)
            case _:
                raise ValueError(_odd(child))


def _odd(node: SyntaxTreeNode) -> str:
    name = f"{node.type} {node.markup}".strip()
    return f"may hold paragraphs, lists, emphasis and ### headings, and holds: {name}"


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    # With the first text: markdown-it is a part of the time to start.
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False})

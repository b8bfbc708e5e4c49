"""Markdown to clean HTML, also when somebody is hostile."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from training.safe_html import ALLOWED_ATTRIBUTES, ALLOWED_TAGS, render_markdown


def test_a_lesson_keeps_its_structure() -> None:
    html = render_markdown("## A heading\n\nA *word*, a [link](https://example.org).\n\n1. one\n")
    assert "<h2>A heading</h2>" in html
    assert "<em>word</em>" in html
    assert 'href="https://example.org"' in html
    assert "<li>one</li>" in html


def test_a_table_is_a_table() -> None:
    assert "<td>2</td>" in render_markdown("|a|b|\n|-|-|\n|1|2|\n")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "<a href='javascript:alert(1)'>a</a>",
        "<svg onload=alert(1)>",
        "<iframe src=//evil.example></iframe>",
        "![a](https://evil.example/track.png)",
        "<style>*{display:none}</style>",
        "<p style='position:fixed'>a</p>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    ],
)
def test_what_could_act_does_not_come_through(text: str) -> None:
    assert_clean(render_markdown(text))


@given(st.text(alphabet=st.sampled_from("<>/\"'=ascriptonload:javh(){}&#;[]!`*_ \n"), max_size=120))
def test_no_text_comes_through_as_anything_but_allowed_html(text: str) -> None:
    assert_clean(render_markdown(text))


def assert_clean(html: str) -> None:
    for element in BeautifulSoup(html, "html.parser").find_all():
        assert element.name in ALLOWED_TAGS, html
        allowed = {*ALLOWED_ATTRIBUTES.get(element.name, ()), "rel"}
        assert set(element.attrs) <= allowed, html
        address = str(element.get("href", "https:"))
        assert not address.lower().lstrip().startswith(("javascript", "data", "vbscript")), html

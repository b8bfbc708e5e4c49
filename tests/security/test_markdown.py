"""What is allowed in a text comes through as it was meant, and the rest is read as text."""

from __future__ import annotations

import pytest

from training.safe_html import render_markdown


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("A <b>word</b> & more", "<p>A &lt;b&gt;word&lt;/b&gt; &amp; more</p>"),
        ("<p onclick='x()'>a</p>", "<p>&lt;p onclick='x()'&gt;a&lt;/p&gt;</p>"),
        ("**strong** and `code`", "<p><strong>strong</strong> and <code>code</code></p>"),
        ("> said\n", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("3. three\n4. four\n", '<ol start="3">\n<li>three</li>\n<li>four</li>\n</ol>'),
        ("one\\\ntwo", "<p>one<br>\ntwo</p>"),
        ("above\n\n---\n\nbelow", "<p>above</p>\n<hr>\n<p>below</p>"),
        ("# Too large\n", "Too large"),  # a page has one heading of the first order
        ("###### Too small\n", "Too small"),
        ('(c) ... -- "quoted"', '<p>(c) ... -- "quoted"</p>'),  # nothing is made finer
        ("", ""),
    ],
)
def test_a_text_becomes_this(text: str, html: str) -> None:
    assert str(render_markdown(text)).strip() == html


@pytest.mark.parametrize(
    ("address", "is_kept"),
    [
        ("https://example.org/a?b=1", True),
        ("http://example.org", True),
        ("mailto:ines@example.org", True),
        ("/manuals/one", True),
        ("#top", True),
        ("ftp://example.org", False),
        ("tel:112", False),
    ],
)
def test_a_link_leads_to_pages_and_letters_and_tells_nobody_where_one_came_from(
    address: str, is_kept: bool
) -> None:
    html = str(render_markdown(f'[here]({address} "a title")'))
    assert (f'href="{address}"' in html) is is_kept
    assert 'rel="noopener noreferrer"' in html
    assert 'title="a title"' in html
    assert ">here</a>" in html


def test_a_table_keeps_its_heads_and_loses_how_they_are_aligned() -> None:
    html = str(render_markdown("|a|b|\n|:-|-:|\n|1|2|\n"))
    assert [html.count(tag) for tag in ("<table>", "<th>", "<td>")] == [1, 2, 2]
    assert "style" not in html


def test_a_picture_is_left_out_and_what_it_shows_with_it() -> None:
    assert "img" not in render_markdown("before ![a face](https://example.org/x.png) after")

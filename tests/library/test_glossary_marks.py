"""Words of the glossary in texts: which are marked, which are left alone; nothing is lost."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from tests.library.test_glossary import term
from training.library.glossary import glossary_of_terms
from training.library.glossary_filter import glossed
from training.library.glossary_marks import MOST_IN_BLOCK, MarkedText, mark_terms
from training.safe_html import render_markdown

GLOSSARY = glossary_of_terms(
    [
        term("bias"),
        term("halo", also=["halo effect"]),
        term("rater-drift", term="rater drift"),
        term("drift", tooltip=False),
        term("icc", term="ICC"),
        term("open-dialogue", term="Open Dialogue"),
        term("gold", term="gold standard"),
        *(term(f"t-{number}", term=f"word{number}") for number in range(20)),
    ]
)


def mark(html: str, already: frozenset[str] = frozenset()) -> MarkedText:
    return mark_terms(html, GLOSSARY, already)


def buttons(html: str) -> list[str]:
    return [button.get_text() for button in BeautifulSoup(html, "html.parser").select("button")]


def test_the_first_occurrence_is_a_button_that_asks_for_its_note() -> None:
    marked = mark("<p>A bias, and another bias.</p>")
    button = (
        '<button type="button" class="term" popovertarget="term-bias" '
        'aria-describedby="term-bias-meaning">bias</button>'
    )
    held = f'<span class="term-hold">{button},</span>'
    assert marked.html == f"<p>A {held} and another bias.</p>"
    assert [each.slug for each in marked.terms] == ["bias"]


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>Bias begins a sentence.</p>", ["Bias"]),
        ("<p>BIAS is shouted, ICC is not; an icc is nothing.</p>", ["ICC"]),
        ("<p>open dialogue among friends; Open Dialogue.</p>", ["Open Dialogue"]),
        ("<p>unbiased, bias-free, pre-bias, biases</p>", []),
        ("<p>a halo effect and a halo</p>", ["halo effect"]),
        ("<p>a gold\nstandard (ICC) and the bias's end</p>", ["gold\nstandard", "ICC", "bias"]),
        ("<p>the <em>halo</em> of <strong>bias</strong></p>", ["halo", "bias"]),
        ("<p>rater drift is no drift</p>", ["rater drift"]),  # a longer form shields the shorter
        ("<p>drift</p>", []),  # its common meaning would be explained wrongly
        ("<h2>Bias</h2><p>of the halo</p>", ["halo"]),
        ('<p><a href="/x">a bias</a> <code>ICC</code> <abbr>halo</abbr></p>', []),
        ("<blockquote><p>bias</p><p>halo</p></blockquote><p>ICC</p>", ["ICC"]),
        ('<p>She says, "That is bias." Her halo.</p>', ["halo"]),
        ('<p>"One <em>bias</em> and</p><p>another bias</p>', ["bias"]),  # never closed
        ("<p>“bias” and &quot;halo&quot; and &#34;ICC&#34;</p>", []),
        ("<p>![[bias]]</p>", []),  # the name of a picture
        ('<p title="a > bias">halo</p><!-- bias --><script>bias</script>', ["halo"]),
        ("<p>&halo; &#bias; a < bias</p><p>ICC", ["ICC"]),  # a stray sign, an unclosed tag
        ("</a></h2>bias<h2>halo", ["bias"]),
    ],
)
def test_whole_words_in_running_text_are_marked(html: str, words: list[str]) -> None:
    assert buttons(mark(html).html) == words


def test_a_page_is_not_strewn_with_buttons() -> None:
    crowded = "<p>" + " ".join(f"word{number}" for number in range(20)) + "</p>"
    assert len(mark(crowded).terms) == MOST_IN_BLOCK
    assert len(mark(crowded + crowded).terms) == 2 * MOST_IN_BLOCK  # what was left over comes next
    assert len(mark("".join(f"<p>word{number}</p>" for number in range(20))).terms) == 12
    assert mark("<p>bias</p>", frozenset({"bias"})).terms == ()


WORDS = ("bias", "Halo", "rater drift", "ICC", " ", ", ", "'", "(", ")", "\n", "é", "![[", "]]")
MARKS = ('"', "“", "”", "&amp;", "&quot;", "<", ">", "<!--", "-->", '<a title="x > y">', "</a>")
TAGS = [f"<{end}{name}>" for name in ("p", "em", "h2", "code", "blockquote") for end in ("", "/")]
PIECES = st.sampled_from([*WORDS, *MARKS, *TAGS])


@given(st.lists(PIECES, max_size=30).map("".join))
def test_whatever_the_html_nothing_is_lost_and_nothing_else_is_added(html: str) -> None:
    marked = mark(html)
    plain = marked.html
    for each in marked.terms:
        opening = (
            f'<button type="button" class="term" popovertarget="term-{each.slug}" '
            f'aria-describedby="term-{each.slug}-meaning">'
        )
        assert plain.count(opening) == 1
        before, _, rest = plain.partition(opening)
        word, _, after = rest.partition("</button>")
        plain = before + word + after
    without_holds = plain.replace('<span class="term-hold">', "").replace("</span>", "")
    assert without_holds == html
    assert mark(html) == marked


@given(st.text(alphabet=st.sampled_from('bias halo ICC.,"*#>[](`_!\n'), max_size=80))
def test_a_cleaned_lesson_reads_the_same_with_its_words_marked(text: str) -> None:
    html = str(render_markdown(text))
    read = [BeautifulSoup(each, "html.parser").get_text() for each in (html, mark(html).html)]
    assert read[0] == read[1]


def test_a_page_explains_a_word_once_with_its_meaning_after_the_text(app: Flask) -> None:
    with app.test_request_context():
        first = glossed(Markup("<p>One kappa.</p>"))
        plain = glossed("Kappa again, a jackknife & <b>bold</b>")
        nothing = glossed("nothing of the kind <here>")
    soup = BeautifulSoup(first, "html.parser")
    (button,) = soup.select("button")
    note = soup.select_one(f"[popover]#{button['popovertarget']}")
    assert note is not None
    assert note["role"] == "note"
    assert note.find_all(["p", "div"]) == []  # phrasing content, so that it may stand in a <p>
    assert note.select_one(f"#{button['aria-describedby']}")
    assert note.select_one("a[href='/glossary#kappa']")
    assert buttons(plain) == ["jackknife"]
    assert "&amp; &lt;b&gt;bold&lt;/b&gt;" in plain
    assert nothing == "nothing of the kind &lt;here&gt;"


@pytest.mark.parametrize(
    ("html", "held"),
    [
        ("a bias, then", "{},"),
        ("a bias (halo), then", "({}),"),
        ("the bias’s end", "{}’s"),
        ("the bias's; end", "{}'s;"),
        ("[bias]", "[{}]"),
        ("bias?!", "{}?!"),
        ("a bias then", None),  # nothing clings to it
        ("a bias — then", None),
    ],
)
def test_marks_that_cling_to_a_word_are_held_to_its_button(html: str, held: str | None) -> None:
    soup = BeautifulSoup(mark(f"<p>{html}</p>").html, "html.parser")
    button = soup.select("button")[-1]
    hold = button.find_parent("span")
    expected = held.format(button.get_text()) if held else None
    assert (hold.get_text() if hold else None) == expected
    assert soup.get_text() == html


def test_as_many_are_marked_as_are_asked_for_and_the_limit_is_of_the_whole_text() -> None:
    text = "<p>bias</p><p>halo</p><p>ICC</p>"
    found = [
        [term.slug for term in mark_terms(text, GLOSSARY, frozenset(), most).terms]
        for most in (0, 1, 2, 3, 4)
    ]
    assert found == [[], ["bias"], ["bias", "halo"], *[["bias", "halo", "icc"]] * 2]
    explained = mark_terms(text, GLOSSARY, frozenset({"bias"}), 1)
    assert [term.slug for term in explained.terms] == ["halo"]  # what is explained takes no place


@pytest.mark.parametrize("block", ["li", "td", "p", "div", "dd"])
def test_each_block_has_its_own_share_of_buttons(block: str) -> None:
    four = " ".join(f"word{number}" for number in range(4))
    crowded = f"<{block}>{four}</{block}>"
    assert buttons(mark(crowded).html) == ["word0", "word1", "word2"]
    again = buttons(mark(crowded * 2).html)
    assert again == ["word0", "word1", "word2", "word3"]
    inline = buttons(mark(f"<{block}><em>{four}</em> <b>{four}</b></{block}>").html)
    assert inline == ["word0", "word1", "word2"]


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<a><code>bias</code> halo</a> ICC", ["ICC"]),  # two deep, and out again
        ("<h3>bias</h3><h4>halo</h4>ICC", ["ICC"]),
        ("<p>„bias“ and «halo» and ICC</p>", ["ICC"]),
        ("<p>“bias”, she says; halo</p>", ["halo"]),
        ("<p>“bias</p><ul><li>halo</li></ul>", ["halo"]),
        ("<p>a “bias, “halo” and ICC</p>", ["ICC"]),
        ("<SPAN>bias</SPAN> <H2>halo</H2>", ["bias"]),
        ("<br/>bias<br>halo", ["bias", "halo"]),
    ],
)
def test_what_is_left_alone_ends_where_it_should(html: str, words: list[str]) -> None:
    assert buttons(mark(html).html) == words

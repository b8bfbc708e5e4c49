"""School grades of texts, against published counts and a dictionary of pronunciation."""

from __future__ import annotations

import pytest

from training.library.readability import grade, median_grade, sections, sentences, syllables

# From the CMU Pronouncing Dictionary (Carnegie Mellon University): the vowels of each word.
PRONOUNCED = {
    1: "the be thought name asked rules called through queue",
    2: "being table little wanted places walking create science somewhere safely",
    3: "area violence idea psychosis another tomorrow continue employer medium",
    4: "psychiatric evaluate situation experience uncertainty",
    5: "psychological curiosity university",
    6: "responsibility",
}
SENTENCES = [
    # Examples of the article "Flesch-Kincaid readability tests" in Wikipedia, with the syllables
    # by which its reading ease comes out: 116, 69 and 37.5 (rounded there).
    ("The cat sat on the mat.", 6, 6),
    (
        "This sentence, taken as a reading passage unto itself, is being used to prove a point.",
        16,
        23,
    ),
    ("The Australian platypus is seemingly a hybrid of a mammal and reptilian creature.", 13, 24),
]


@pytest.mark.parametrize(("number", "words"), PRONOUNCED.items())
def test_syllables_are_counted_as_a_dictionary_does(number: int, words: str) -> None:
    assert {word: syllables(word) for word in words.split()} == dict.fromkeys(words.split(), number)


@pytest.mark.parametrize(("sentence", "words", "spoken"), SENTENCES)
def test_published_examples(sentence: str, words: int, spoken: int) -> None:
    assert sum(map(syllables, sentence.rstrip(".").replace(",", "").split())) == spoken
    # Kincaid et al. 1975; one sentence.
    expected = 0.39 * words + 11.8 * spoken / words - 15.59
    assert grade(sentence) == pytest.approx(expected)


def test_the_least_grade_and_none() -> None:
    assert grade("Go. Stop. Wait.") == pytest.approx(0.39 + 11.8 - 15.59)
    assert grade("---") is None
    assert median_grade("## \n\n***") is None


def test_sentences_of_markdown() -> None:
    text = (
        "### A heading\n\nOne *is* [here](https://example.org/a.b). “Is two?” she said, e.g. now.\n"
        "- three\n- four goes on\n  and on\n\n1. five\n\n```\nnot this. at all.\n```\n"
    )
    assert [" ".join(each.split()) for each in sentences(text)] == [
        "A heading",
        "One is here",
        "“Is two?” she said, e.g. now",
        "three",
        "four goes on and on",
        "five",
    ]


def test_one_hard_section_weighs_as_one() -> None:
    hard = "Institutional considerations notwithstanding, practitioners deliberate systematically."
    lesson = f"## One\n\nGo now.\n\n## Two\n\nGo on.\n\n## Three\n\n{hard}\n"
    assert len(sections(lesson)) == 3
    assert median_grade(lesson) == pytest.approx(grade("Go now."))


def test_a_grade_is_of_words_to_a_sentence_and_syllables_to_a_word() -> None:
    """By hand: 0.39 × words / sentences + 11.8 × syllables / words − 15.59."""
    assert grade("So it is. So it is not here.") == pytest.approx(0.39 * 8 / 2 + 11.8 - 15.59)
    assert grade("A harbour kettle.") == pytest.approx(0.39 * 3 + 11.8 * 5 / 3 - 15.59)
    once = "The team waits for the mother to go on. She does."
    assert grade(once) == pytest.approx(grade(f"{once} {once}"))  # a law of shares
    assert grade(f"**{once}**") == grade(f"> {once}") == grade(f"- {once}") == grade(once)


def test_sections_are_what_stands_below_headings_and_their_order_changes_nothing() -> None:
    lesson = "Before any.\n\n## One\n\nFirst.\n\n## Two\n\nSecond.\n\n## Empty\n\n***\n"
    assert [each.strip() for each in sections(lesson)] == [
        "Before any.",
        "First.",
        "Second.",
    ]
    assert sections("") == sections("## Only a heading") == []
    parts = ["## A\n\nGo now.\n", "## B\n\nInstitutional deliberation.\n"]
    assert median_grade("".join(parts)) == pytest.approx(median_grade("".join(parts[::-1])))
    halves = [grade("Go now."), grade("Institutional deliberation.")]
    assert None not in halves
    assert median_grade("".join(parts)) == pytest.approx(sum(each or 0 for each in halves) / 2)

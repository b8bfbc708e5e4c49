"""Answers that give themselves away without the question being understood. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from training.library.reading import Fault, Pack
from training.library.schema import ChoiceQuestion

LONGEST_RATIO = 1.6
"""How much longer a right option may be than the longest wrong one."""
MOST_LONGEST_SHARE = 1 / 2
"""In which share of a module's single choices the right option may be the longest."""


def question_faults(pack: Pack) -> Iterator[Fault]:
    """Right options that stand out by their length, in one question or over a module."""
    for slug, module in pack.modules.items():
        file = pack.files["module", slug]
        choices = [each for each in module.questions if isinstance(each, ChoiceQuestion)]
        for question in choices:
            right, wrong = longest_options(question)
            if right > LONGEST_RATIO * wrong:
                message = (
                    f"the longest right option has {right} letters, the longest wrong one {wrong}: "
                    "its length gives it away"
                )
                yield Fault(file, f"question {question.id}", "options", message)
        yield from _habit_faults(file, choices)


def _habit_faults(file: str, choices: Sequence[ChoiceQuestion]) -> Iterator[Fault]:
    single = [question for question in choices if question.kind == "single-choice"]
    telling = [question.id for question in single if _is_right_one_longest(question)]
    if len(telling) > MOST_LONGEST_SHARE * len(single):
        message = (
            f"the right option is the longest in {len(telling)} of {len(single)} single choices, "
            f"so that it can be guessed: {', '.join(telling)}"
        )
        yield Fault(file, "questions", "options", message)


def _is_right_one_longest(question: ChoiceQuestion) -> bool:
    right, wrong = longest_options(question)
    return right > wrong


def longest_options(question: ChoiceQuestion) -> tuple[int, int]:
    """The letters of the longest right and of the longest wrong option."""
    lengths = {True: [0], False: [0]}
    for option in question.options:
        lengths[option.correct].append(len(option.text))
    return max(lengths[True]), max(lengths[False])

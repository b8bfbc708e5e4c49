"""An instrument: what is rated, on which scale, with which anchors."""

from __future__ import annotations

from functools import cached_property

from pydantic import Field, model_validator

from training.library.schema.parts import (
    DifferentNumbers,
    Number,
    Part,
    SlugText,
    Text,
    VersionText,
)


class Scale(Part):
    """The declared categories. They come from here and never from data."""

    scores: tuple[Number, ...]
    labels: dict[int, Text]
    descriptions: dict[int, Text]
    high_is: Text

    @model_validator(mode="after")
    def _every_score_is_described(self) -> Scale:
        if list(self.scores) != sorted(set(self.scores)) or len(self.scores) < 2:
            raise ValueError("scores must be two or more different numbers, ascending")
        for name in ("labels", "descriptions"):
            if set(getattr(self, name)) != set(self.scores):
                raise ValueError(f"{name} must name every score {list(self.scores)} once")
        return self


class NotRateable(Part):
    rule: Text
    reasons: tuple[Text, ...]
    limit: Number = Field(ge=0)


class Principle(Part):
    slug: SlugText
    number: Number
    name: Text
    summary: Text


class Confusion(Part):
    item: Number
    difference: Text


class Item(Part):
    """One element: meaning, anchors for every score, markers, what it is confused with."""

    number: Number
    slug: SlugText
    name: Text
    short_name: Text
    meaning: Text
    question: Text
    opportunity: Text
    anchors: dict[int, Text]
    markers: tuple[Text, ...]
    drift_signs: tuple[Text, ...]
    confusions: tuple[Confusion, ...] = ()
    principles: tuple[SlugText, ...]
    advice: Text


class Instrument(Part):
    """`version` is the author's own count, which standards refer to; every edit is a new digest."""

    slug: SlugText
    version: VersionText = "1.0"
    name: Text
    short_name: Text
    unit: Text
    about: Text
    scale: Scale
    not_rateable: NotRateable
    critical_items: DifferentNumbers = ()
    rules: tuple[Text, ...]
    principles: tuple[Principle, ...]
    items: tuple[Item, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Instrument:
        faults = []
        numbers = [item.number for item in self.items]
        if numbers != list(range(1, len(numbers) + 1)):
            faults.append("items must be numbered 1, 2, 3 ... in order")
        principles = {principle.slug for principle in self.principles}
        for item in self.items:
            if set(item.anchors) != set(self.scale.scores):
                faults.append(f"item {item.number}: anchors must describe every score")
            if unknown := set(item.principles) - principles:
                faults.append(f"item {item.number}: unknown principles {sorted(unknown)}")
            if unknown_items := {c.item for c in item.confusions} - set(numbers):
                faults.append(f"item {item.number}: confusions with unknown {unknown_items}")
        if unknown_critical := set(self.critical_items) - set(numbers):
            faults.append(f"critical_items names unknown items {sorted(unknown_critical)}")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @cached_property
    def item_numbers(self) -> tuple[int, ...]:
        return tuple(item.number for item in self.items)

    def item(self, number: int) -> Item:
        """The item of this number; KeyError when there is none."""
        if not 1 <= number <= len(self.items):
            raise KeyError(number)
        return self.items[number - 1]

    def principle(self, slug: str) -> Principle:
        """The principle of this slug; KeyError when there is none."""
        return {principle.slug: principle for principle in self.principles}[slug]

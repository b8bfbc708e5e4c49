"""What is to be learnt on a track: its modules in its order, and what is read beside them."""

from __future__ import annotations

from tests.pack import STANDARD, small_pack
from training.certification.judging.standard import Standard
from training.modules.course import course_of
from training.modules.progress import ModuleOutline, State, learning_progress
from training.modules.stages import STAGES

OUTLINES = [
    ModuleOutline(slug, number, slug.title(), f"About {slug}.", 20, None)
    for number, slug in enumerate(("roots", "talk", "records", "sources", "letters"), start=1)
]


def standard(slug: str, *modules: str) -> Standard:
    """A standard that asks for these modules."""
    document = small_pack().standards[STANDARD].model_dump(mode="json")
    document["slug"] = slug
    document["prerequisites"]["modules"] = modules
    return Standard.model_validate(document)


MEETINGS = standard("meetings", "roots", "talk")
SERVICES = standard("services", "sources", "roots", "gone", "records")
BOTH = [MEETINGS, SERVICES]


def test_a_track_has_its_modules_in_its_own_order_numbered_by_their_place() -> None:
    course = course_of(SERVICES, BOTH, OUTLINES)
    places = [(outline.number, outline.slug) for outline in course.modules]
    assert places == [(1, "sources"), (2, "roots"), (3, "records")]  # what is gone leaves no gap
    assert course.slugs == {"sources", "roots", "records", "letters"}


def test_what_no_standard_asks_for_is_read_beside_every_track_and_locks_nothing() -> None:
    for each in BOTH:
        course = course_of(each, BOTH, OUTLINES)
        assert [(outline.slug, outline.number) for outline in course.further] == [("letters", None)]
    progress = learning_progress(
        course.modules, {"letters": set(STAGES[:1])}, further=course.further
    )
    assert [module.state for module in progress.further] == [State.CURRENT]
    assert progress.find_module("letters") is progress.further[0]
    assert progress.next_step is not None
    assert progress.next_step.module.slug == "sources"
    done = {slug: set(STAGES) for slug in ("sources", "roots", "records")}
    assert learning_progress(course.modules, done, further=course.further).is_complete


def test_without_a_standard_everything_is_taken_by_number() -> None:
    course = course_of(None, [], OUTLINES)
    assert list(course.modules) == OUTLINES
    assert course.further == ()

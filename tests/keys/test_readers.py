"""Which keys somebody is shown, and which contests they answer, without a database."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.keys.contests.access import Access, access_to
from training.keys.readers import Barrier, KeyReader

READER, INES, EMEKA, FREYA = (uuid.uuid4() for _ in range(4))
KEY = frozenset({"a"})
NONE: frozenset[str] = frozenset()


def reader(*, rater: bool = False, expert: bool = False, **sets: frozenset[str]) -> KeyReader:
    facts = {"seen": NONE, "kept": NONE} | sets
    return KeyReader(READER, rater, expert, **facts)


@pytest.mark.parametrize(
    ("who", "barrier"),
    [
        (reader(), None),  # a certifier who rates nothing has nothing to lose
        (reader(assessed=KEY), None),
        (reader(expert=True), Barrier.UNSEEN),
        (reader(expert=True, assessed=KEY), Barrier.UNSEEN),
        (reader(rater=True), Barrier.UNSEEN),
        (reader(rater=True, assessed=KEY), Barrier.ASSESSED),
        (reader(rater=True, expert=True, assessed=KEY), Barrier.ASSESSED),
        (reader(rater=True, assessed=KEY, seen=KEY), None),
        (reader(rater=True, expert=True, seen=KEY), None),
        (reader(rater=True, seen=KEY, rating=KEY), Barrier.RATING),
        (reader(rating=KEY), Barrier.RATING),
        (reader(rater=True, assessed=KEY, rating=KEY), Barrier.RATING),
        (reader(kept=KEY), Barrier.PANEL),
        (reader(expert=True, seen=KEY, kept=KEY), Barrier.PANEL),
        (reader(rater=True, kept=KEY, rating=KEY, assessed=KEY), Barrier.PANEL),
    ],
)
def test_why_somebody_is_not_shown_a_key(who: KeyReader, barrier: Barrier | None) -> None:
    assert who.barrier_to("a") is barrier
    # Whatever stands between them and this key says nothing about another one.
    blind = Barrier.UNSEEN if who.is_rater or who.is_expert else None
    assert who.barrier_to("b") is blind
    assert who.is_blind_to("b") is (blind is not None)
    assert who.barriers_to("ab") == {
        slug: each for slug, each in (("a", barrier), ("b", blind)) if each is not None
    }


some_keys = st.frozensets(st.sampled_from("ab"))
readers = st.builds(
    KeyReader,
    st.just(READER),
    st.booleans(),
    st.booleans(),
    some_keys,
    some_keys,
    some_keys,
    some_keys,
)
people = st.sampled_from([READER, INES, EMEKA, FREYA])


@settings(max_examples=50)
@given(readers, people, st.frozensets(people))
def test_nobody_answers_for_themselves_or_reads_what_a_panel_of_theirs_is_at_work_on(
    who: KeyReader, contested_by: uuid.UUID, panel: frozenset[uuid.UUID]
) -> None:
    access = access_to(who, "a", contested_by=contested_by, panel=panel)
    assert (access is Access.OWN) is (contested_by == READER)
    if access is Access.OPEN:
        assert "a" not in who.kept
        assert READER in panel or panel <= {contested_by}
        assert READER in panel or not who.is_blind_to("a")
        assert "a" not in who.rating
    if isinstance(access, Barrier):
        assert access is who.barrier_to("a")
        assert access is not Barrier.UNSEEN or panel <= {contested_by}


@pytest.mark.parametrize(
    ("who", "contested_by", "panel", "expected"),
    [
        # One of the two who made the key contests it, and the other one answers.
        (reader(expert=True), EMEKA, (READER, EMEKA), Access.OPEN),
        (reader(expert=True, seen=KEY), EMEKA, (FREYA, EMEKA), Access.ELSEWHERE),
        (reader(expert=True), EMEKA, (EMEKA,), Barrier.UNSEEN),
        (reader(expert=True, kept=KEY), INES, (EMEKA,), Access.ELSEWHERE),
        (reader(kept=KEY), READER, (EMEKA,), Access.OWN),
        (reader(rater=True), INES, (), Barrier.UNSEEN),  # certifies, and may yet rate it
        (reader(rater=True, seen=KEY), INES, (), Access.OPEN),
        (reader(rater=True, expert=True, rating=KEY), INES, (), Barrier.RATING),
        (reader(rater=True, expert=True, rating=KEY), INES, (READER,), Barrier.RATING),
        (reader(rater=True, assessed=KEY), INES, (), Barrier.ASSESSED),
    ],
)
def test_who_answers_where_a_panel_made_the_key(
    who: KeyReader,
    contested_by: uuid.UUID,
    panel: tuple[uuid.UUID, ...],
    expected: Access | Barrier,
) -> None:
    assert access_to(who, "a", contested_by=contested_by, panel=panel) is expected

"""Which track somebody is on, whatever they have chosen, and what is rated on it in words."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import delete

from tests.pack import (
    FURTHER_READING,
    INSTRUMENT,
    MODULES,
    PROGRAMME_INSTRUMENT,
    PROGRAMME_OWN_MODULES,
)
from tests.pack import PROGRAMME_STANDARD as PROGRAMME
from tests.pack import STANDARD as FIRST
from tests.tracks.conftest import Act
from training.database import write_transaction
from training.library.models import CurrentDocument, DocumentKind
from training.tracks.case_words import CaseWords, case_words
from training.tracks.records import Tracks, tracks_for


def test_who_has_chosen_nothing_or_what_is_gone_is_on_the_first_track(act: Act) -> None:
    for chosen in (None, "", "gone", FIRST):
        tracks: Tracks = act(tracks_for, chosen)
        assert (tracks.slug, tracks.instrument) == (FIRST, INSTRUMENT), chosen
        assert [version.slug for version in tracks.own_first] == [FIRST, PROGRAMME]
        assert tracks.are_several
        assert (tracks.is_own(FIRST), tracks.is_own(PROGRAMME)) == (True, False)
    other: Tracks = act(tracks_for, PROGRAMME)
    assert (other.slug, other.instrument) == (PROGRAMME, PROGRAMME_INSTRUMENT)
    assert [version.slug for version in other.own_first] == [PROGRAMME, FIRST]
    assert [version.slug for version in other.every] == [FIRST, PROGRAMME]
    assert list(other.titles) == [standard.slug for standard in other.standards]
    assert other.digests == tracks.digests
    assert len(set(other.digests)) == 2


def test_a_module_is_met_on_the_own_track_where_it_has_it_and_else_where_somebody_has(
    act: Act,
) -> None:
    shared, of_first = MODULES
    own: Tracks = act(tracks_for, PROGRAMME)
    first: Tracks = act(tracks_for, FIRST)
    assert own.through(shared).slug == PROGRAMME
    assert first.through(shared).slug == FIRST
    assert own.through(of_first).slug == FIRST
    assert first.through(PROGRAMME_OWN_MODULES[0]).slug == PROGRAMME
    for nobodys in (FURTHER_READING, "gone"):
        assert own.through(nobodys) == own
    assert own.through(of_first).every == own.every


def test_with_one_standard_there_is_nothing_to_choose_and_with_none_no_track(
    app: Flask, act: Act
) -> None:
    def withdraw(slug: str) -> None:
        with app.app_context(), write_transaction() as session:
            gone = delete(CurrentDocument).filter_by(kind=DocumentKind.STANDARD, slug=slug)
            session.execute(gone)

    withdraw(FIRST)
    tracks: Tracks = act(tracks_for, FIRST)
    assert (tracks.slug, tracks.are_several) == (PROGRAMME, False)
    withdraw(PROGRAMME)
    tracks = act(tracks_for, FIRST)
    assert tracks == Tracks(None)
    assert (tracks.slug, tracks.standard, tracks.instrument) == (None, None, None)
    assert (tracks.own_first, tracks.titles, tracks.digests) == ([], {}, ())
    assert not tracks.is_own(FIRST)
    assert tracks.through(MODULES[0]) == tracks


def test_what_is_rated_is_a_vignette_on_one_instrument_and_a_dossier_on_the_other(
    app: Flask,
) -> None:
    with app.test_request_context():
        assert case_words(INSTRUMENT) == CaseWords(is_dossier=False)
        assert case_words(PROGRAMME_INSTRUMENT) == CaseWords(is_dossier=True)
        for nothing_of in (None, "no-such-scale"):
            assert case_words(nothing_of) == CaseWords(is_dossier=False)
        of_meetings, of_services = CaseWords(is_dossier=False), CaseWords(is_dossier=True)
        for words, noun in ((of_meetings, "vignette"), (of_services, "dossier")):
            assert words.counted(1) == f"1 {noun}"
            assert words.counted(8) == f"8 {noun}s"
            assert words.practice(1) == f"1 practice {noun}"
            assert words.practice(0) == f"0 practice {noun}s"
            assert words.unseen(1) == f"1 unseen {noun}"
            assert words.unseen(8) == f"8 unseen {noun}s"
            assert words.further(1) == f"1 further {noun}"
            assert words.further(4) == f"4 further {noun}s"
            assert words.numbered(3) == f"{noun} 3"
            assert (words.many, words.in_practice) == (f"{noun}s", f"practice {noun}s")
            assert (words.title, words.practice_title) == (f"The {noun}s", f"Practice {noun}s")
        assert (of_meetings.one, of_services.one) == ("Vignette", "Service dossier")
        assert (of_meetings.one_by_one, of_services.one_by_one) == (
            "By vignette",
            "By service dossier",
        )
        assert of_meetings.invitation_to_practise.startswith("Rate a whole meeting and see")
        assert of_services.invitation_to_practise.startswith("Rate a whole dossier of a service")

"""Questions of an administrator that belong to no other part, and sending letters again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from training.accounts.models import Person, Role, RoleGrant
from training.audit import trail
from training.audit.models import AuditEntry
from training.database import db, write_transaction
from training.library import records as library
from training.library.models import DocumentKind
from training.library.resources import plain
from training.library.schema import Pool
from training.mail.models import Letter, LetterState
from training.mail.post import deliver
from training.paging import Paging, paging_of

PEOPLE_PER_PAGE = 50
TRAIL_LINES_PER_PAGE = 50
POOLED = (DocumentKind.VIGNETTE, DocumentKind.KEY)
"""Kinds of documents that belong to a pool: a key to that of its vignette."""
ESCAPE = "\\"


@dataclass(frozen=True, slots=True)
class Health:
    """How the service stands, in figures."""

    database: str
    people: int
    documents: int
    letters: dict[LetterState, int]
    trail_lines: int
    last_act_at: datetime | None


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """A document in use: never its content, which may be a key."""

    kind: DocumentKind
    slug: str
    title: str
    pool: Pool | None
    digest: str
    versions: int
    published_at: datetime

    @property
    def short_digest(self) -> str:
        """Enough of the digest to tell versions apart on a page."""
        return self.digest[:10]


@dataclass(frozen=True, slots=True)
class TrailLine:
    """A line of the trail with the name of the person, where there still is one."""

    entry: AuditEntry
    person: Person | None


def health() -> Health:
    """How many people, documents, letters and acts there are. A few short queries."""
    letters = db.session.execute(select(Letter.state, func.count()).group_by(Letter.state))
    last = db.session.execute(
        select(AuditEntry.sequence, AuditEntry.happened_at)
        .order_by(AuditEntry.sequence.desc())
        .limit(1)
    ).one_or_none()
    return Health(
        database=db.engine.dialect.name,
        people=db.session.scalar(
            select(func.count()).select_from(Person).where(Person.deactivated_at.is_(None))
        )
        or 0,
        documents=len(library.documents_in_use()),
        letters=dict(letters.all()),
        trail_lines=last.sequence if last else 0,
        last_act_at=last.happened_at if last else None,
    )


def people_page(
    *, search: str, role: Role | None, asked_page: str | None
) -> tuple[list[Person], Paging]:
    """One page of people by name; `search` looks into names and addresses."""
    sought = _conditions(search, role)
    total = db.session.scalar(select(func.count()).select_from(Person).where(*sought)) or 0
    paging = paging_of(asked_page, size=PEOPLE_PER_PAGE, total=total)
    statement = (
        select(Person)
        .where(*sought)
        .order_by(Person.name, Person.email)
        .offset(paging.offset)
        .limit(paging.size)
    )
    return list(db.session.scalars(statement).unique()), paging


def _conditions(search: str, role: Role | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if search:
        pattern = f"%{_literally(search.lower())}%"
        name, email = func.lower(Person.name), Person.email
        conditions.append(or_(*(each.like(pattern, escape=ESCAPE) for each in (name, email))))
    if role is not None:
        holders = select(RoleGrant.person_id).filter_by(role=role)
        conditions.append(Person.id.in_(holders))
    return conditions


def _literally(text: str) -> str:
    """Text whose % and _ stand for themselves in a pattern."""
    for letter in (ESCAPE, "%", "_"):
        text = text.replace(letter, ESCAPE + letter)
    return text


def documents_in_use(*, words: str = "", kind: DocumentKind | None = None) -> list[ListedDocument]:
    """The documents in use by kind and slug, with the number of their versions so far.

    Where words are searched for, those that have every one of them in their title or their slug.
    """
    versions, vignettes = library.number_of_versions(), library.vignettes(*Pool)
    titles, pools = library.titles_in_use(), {v.slug: v.document.pool for v in vignettes}
    wanted = plain(words).split()
    return [
        ListedDocument(
            document.kind,
            document.slug,
            title,
            pools.get(document.slug) if document.kind in POOLED else None,
            document.digest,
            versions[document.kind, document.slug],
            document.published_at,
        )
        for document in library.documents_in_use()
        if kind in (None, document.kind)
        and (title := titles[document.kind, document.slug])
        and all(word in plain(f"{title} {document.slug}") for word in wanted)
    ]


def digests_in_use() -> dict[tuple[str, str], str]:
    """The digest of every document in use, by kind and slug."""
    return {(each.kind.value, each.slug): each.digest for each in library.documents_in_use()}


def trail_page(
    *, act: trail.Act | None, person_id: uuid.UUID | None, asked_page: str | None
) -> tuple[list[TrailLine], Paging]:
    """One page of the trail, latest first; of one act or one person's acts where asked."""
    criteria: dict[str, object] = {}
    if act is not None:
        criteria["act"] = act.value
    if person_id is not None:
        criteria["person_id"] = person_id
    total = db.session.scalar(select(func.count()).select_from(AuditEntry).filter_by(**criteria))
    paging = paging_of(asked_page, size=TRAIL_LINES_PER_PAGE, total=total or 0)
    entries = db.session.scalars(
        select(AuditEntry)
        .filter_by(**criteria)
        .order_by(AuditEntry.sequence.desc())
        .offset(paging.offset)
        .limit(paging.size)
    ).all()
    people = _people_by_id(entries)
    return [TrailLine(e, people.get(e.person_id) if e.person_id else None) for e in entries], paging


def _people_by_id(entries: Sequence[AuditEntry]) -> dict[uuid.UUID, Person]:
    ids = {entry.person_id for entry in entries if entry.person_id}
    return {
        person.id: person
        for person in db.session.scalars(select(Person).where(Person.id.in_(ids))).unique()
    }


def send_again(letter_id: uuid.UUID) -> LetterState | None:
    """Try to send a letter that waits or failed; returns how it stands then, None if unknown."""
    with write_transaction() as session:
        letter = session.scalar(
            select(Letter)
            .filter_by(id=letter_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if letter is None:
            return None
        if letter.state is LetterState.FAILED:
            letter.state = LetterState.WAITING
    deliver(letter)
    return letter.state

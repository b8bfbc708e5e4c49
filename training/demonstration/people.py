"""The demonstration's people: invented, labelled, each at another place on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from training.accounts.models import Person, Role
from training.accounts.passwords import hash_password
from training.accounts.records import add_person, demonstration_people
from training.accounts.second_factor_records import add_known, lacks_second_factor
from training.certification.judging.decision import Outcome
from training.certification.simulation.rater_kinds import RaterKind
from training.cohorts.models import Cohort
from training.cohorts.records import cohorts_of_trainer, join, open_cohort
from training.database import write_transaction
from training.demonstration.checks import learn_with_checks
from training.demonstration.correspondence import (
    appeal_when_declined,
    contest_what_practice_showed,
)
from training.demonstration.doings import (
    practise,
    sign_waiting_decision,
    take_assessment,
)
from training.demonstration.panels import add_panels
from training.tracks.records import tracks_for

PASSWORD = "the-kettle-was-singing"  # noqa: S105 - shown on the sign-in page, on purpose
# Known as well, so that everybody can try with an app of their own what certifiers do.
SECOND_FACTOR_SECRET = "DEMONSTRATIONONLYNOTAREALSECRET2"  # noqa: S105
COHORT_NAME = "Autumn cohort (demonstration)"
PROGRAMME_COHORT_NAME = "Service visits (demonstration)"
PROGRAMME_TRACK = "programme-fidelity-rater"


@dataclass(frozen=True, slots=True)
class Account:
    """An account to add: the part before the @, the name, the roles."""

    address: str
    name: str
    roles: tuple[Role, ...]

    @property
    def email(self) -> str:
        return f"{self.address}@example.org"


TRAINER = Account("trainer", "Tomasz (demo trainer)", (Role.TRAINER,))
CERTIFIER = Account("certifier", "Chandra (demo certifier)", (Role.CERTIFIER,))
# For an appeal is decided by somebody who had no part in what it is about.
SECOND_CERTIFIER = Account("certifier-2", "Caleb (demo second certifier)", (Role.CERTIFIER,))
# The first one chairs the panels.
EXPERTS = (
    Account("expert", "Esi (demo expert)", (Role.EXPERT,)),
    Account("expert-2", "Bram (demo expert, simulated)", (Role.EXPERT,)),
    Account("expert-3", "Dao (demo expert, simulated)", (Role.EXPERT,)),
    Account("expert-4", "Flora (demo expert, simulated)", (Role.EXPERT,)),
    Account("expert-5", "Goran (demo expert, simulated)", (Role.EXPERT,)),
)
STAFF = (
    TRAINER,
    *EXPERTS,
    CERTIFIER,
    SECOND_CERTIFIER,
    Account("administrator", "Aino (demo administrator)", (Role.ADMINISTRATOR,)),
)


@dataclass(frozen=True, slots=True)
class Company:
    """Those a rater of the demonstration has to do with."""

    trainer: Person
    certifier: Person
    cohort: Cohort


def _lenient(rater: Person, company: Company) -> None:
    practise(rater, RaterKind.LENIENT, seed=3)
    contest_what_practice_showed(rater, company.trainer, company.cohort)


# Who is where: what each rater of the demonstration has done when it starts.
Story = tuple[Account, Callable[[Person, Company], object]]
RATERS: tuple[Story, ...] = (
    (Account("new", "Nadia (demo, new)", (Role.RATER,)), lambda rater, company: None),
    (
        Account("learner", "Luca (demo, in the modules)", (Role.RATER,)),
        lambda rater, company: learn_with_checks(rater, 4, missed=2),
    ),
    (
        Account("lenient", "Lena (demo, rates leniently)", (Role.RATER,)),
        _lenient,
    ),
    (
        Account("middle", "Milo (demo, keeps to the middle)", (Role.RATER,)),
        lambda rater, company: practise(rater, RaterKind.CENTRAL, seed=4),
    ),
    (
        Account("ready", "Rosa (demo, ready for assessment)", (Role.RATER,)),
        lambda rater, company: practise(rater, RaterKind.GOOD, seed=5),
    ),
    (
        Account("unclear", "Usha (demo, more evidence needed)", (Role.RATER,)),
        lambda rater, company: take_assessment(
            rater, RaterKind.BORDERLINE, Outcome.MORE_EVIDENCE, seed=6
        ),
    ),
    (
        Account("missed", "Magda (demo, did not meet)", (Role.RATER,)),
        lambda rater, company: take_assessment(
            rater, RaterKind.SEVERE, Outcome.DOES_NOT_MEET, seed=9
        ),
    ),
    (
        Account("appeal", "Ayo (demo, appeals a decision)", (Role.RATER,)),
        lambda rater, company: appeal_when_declined(
            take_assessment(rater, RaterKind.SEVERE, Outcome.DOES_NOT_MEET, seed=11),
            company.certifier,
        ),
    ),
    (
        Account("waiting", "Wim (demo, waits for a signature)", (Role.RATER,)),
        lambda rater, company: take_assessment(rater, RaterKind.EXCELLENT, Outcome.MEETS, seed=7),
    ),
    (
        Account("holder", "Hana (demo, holds a certificate)", (Role.RATER,)),
        lambda rater, company: sign_waiting_decision(
            take_assessment(rater, RaterKind.EXCELLENT, Outcome.MEETS, seed=8), company.certifier
        ),
    ),
)

# Only where the content has this track.
PROGRAMME_RATERS: tuple[Story, ...] = (
    (
        Account("programme", "Pilar (demo, programme track)", (Role.RATER,)),
        lambda rater, company: practise(rater, RaterKind.GOOD, seed=10),
    ),
)


def add_demonstration() -> list[Person]:
    """Add who is missing, and return the demonstration's people; running it again adds nothing."""
    present = {person.email for person in demonstration_people()}
    password_hash = hash_password(PASSWORD)
    for account in STAFF:
        if account.email not in present:
            _add(account, password_hash)
    for person in demonstration_people():
        if lacks_second_factor(person):
            add_known(person, SECOND_FACTOR_SECRET)
    by_email = {person.email: person for person in demonstration_people()}
    trainer, certifier = by_email[TRAINER.email], by_email[CERTIFIER.email]
    # Before the raters, so that those who practise see what a panel gave.
    add_panels([by_email[account.email] for account in EXPERTS], certifier)
    groups: list[tuple[str, str | None, tuple[Story, ...]]] = [(COHORT_NAME, None, RATERS)]
    if PROGRAMME_TRACK in tracks_for(None).titles:
        groups.append((PROGRAMME_COHORT_NAME, PROGRAMME_TRACK, PROGRAMME_RATERS))
    for name, track, raters in groups:
        missing = [(account, do) for account, do in raters if account.email not in present]
        for account, do in missing:
            # A whole story or nothing of it, so that after an interruption the rest is added.
            with write_transaction():
                rater = _add(account, password_hash)
                cohort = _cohort(name, trainer, track)
                join(cohort, rater)
                do(rater, Company(trainer, certifier, cohort))
    return demonstration_people()


def _add(account: Account, password_hash: str) -> Person:
    return add_person(
        email=account.email,
        name=account.name,
        roles=account.roles,
        by=None,
        password_hash=password_hash,
        is_demonstration=True,
    )


def _cohort(name: str, trainer: Person, track: str | None) -> Cohort:
    """The one that the trainer leads on this track, whatever it is called by now."""
    wanted = tracks_for(track).slug
    led = (each for each in cohorts_of_trainer(trainer.id) if tracks_for(each.track).slug == wanted)
    return next(led, None) or open_cohort(name, trainer=trainer, track=track)

"""How roles, documents, letters and databases are named to administrators."""

from __future__ import annotations

from training.accounts.models import Role
from training.languages import lazy_gettext as _l
from training.library.models import DocumentKind
from training.library.schema import Pool
from training.mail.models import LetterState

ROLE_NAMES = {
    Role.RATER: _l("Rater"),
    Role.TRAINER: _l("Trainer"),
    Role.EXPERT: _l("Expert"),
    Role.CERTIFIER: _l("Certifier"),
    Role.ADMINISTRATOR: _l("Administrator"),
}
ROLE_CHOICES = {
    Role.RATER: _l("Rater: learns, practises, is assessed"),
    Role.TRAINER: _l("Trainer: leads cohorts and sees the raters in them"),
    Role.EXPERT: _l("Expert: rates vignettes for the panel"),
    Role.CERTIFIER: _l("Certifier: signs or declines, never about raters they trained"),
    Role.ADMINISTRATOR: _l("Administrator: people, content, health of the service"),
}
KIND_NAMES = {
    DocumentKind.INSTRUMENT: _l("Instrument"),
    DocumentKind.MODULE: _l("Module"),
    DocumentKind.VIGNETTE: _l("Vignette"),
    DocumentKind.KEY: _l("Key"),
    DocumentKind.STANDARD: _l("Standard"),
}
POOL_NAMES = {
    Pool.TEACHING: _l("teaching example"),
    Pool.PRACTICE: _l("practice"),
    Pool.CERTIFICATION: _l("certification"),
    Pool.RECHECK: _l("kept for renewals"),
    Pool.EXCERPT: _l("excerpt in a module"),
    Pool.EXERCISE: _l("micro-exercise"),
}
LETTER_STATES = {
    LetterState.KEPT: _l("Kept"),
    LetterState.WAITING: _l("Waiting"),
    LetterState.SENT: _l("Sent"),
    LetterState.FAILED: _l("Failed"),
}
DATABASE_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}

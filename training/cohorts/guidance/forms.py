"""Forms with which trainers set due dates, comment and remind."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from training.cohorts.guidance.comment_records import Occasion
from training.cohorts.guidance.due_date_wording import task_text
from training.cohorts.guidance.due_dates import DueKind, Task
from training.cohorts.guidance.reminder_records import Audience
from training.forms import LastDayField, OnceMixin, ParagraphField
from training.languages import gettext as _
from training.languages import lazy_gettext as _l
from training.modules.course import Course
from training.modules.stages import STAGES, Stage

PARTED_BY = ":"  # no slug has one
CHOOSE_TASK = _l("Choose what is due.")


class DueDateForm(FlaskForm):
    """What is due, and its last day."""

    task = SelectField(
        _l("What is due"), [DataRequired(CHOOSE_TASK)], invalid_choice_message=CHOOSE_TASK
    )
    day = LastDayField(_l("Last day"))

    def offer(self, course: Course) -> DueDateForm:
        """Let everything on this course be chosen, and what follows it."""
        titles = {module.slug: module.title for module in course.modules}
        whole = [Task(DueKind.MODULE, slug) for slug in titles]
        stages = [Task(DueKind.MODULE, slug, stage) for slug in titles for stage in STAGES]
        groups = (
            (_("After the modules"), [Task(DueKind.PRACTICE), Task(DueKind.CERTIFICATION)]),
            (_("A whole module"), whole),
            (_("One stage of a module"), stages),
        )
        self.task.choices = [
            SelectChoice("", CHOOSE_TASK),
            *(
                SelectChoice(_value(task), task_text(task, titles), optgroup=group)
                for group, tasks in groups
                for task in tasks
            ),
        ]
        return self

    @property
    def chosen(self) -> Task:
        """What was chosen, once the form is valid."""
        kind, module, stage = self.task.data.split(PARTED_BY)
        return Task(DueKind(kind), module, Stage(stage) if stage else None)


def _value(task: Task) -> str:
    return PARTED_BY.join((task.kind, task.module, task.stage or ""))


class CommentForm(OnceMixin, FlaskForm):
    """A comment to one rater, about everything or about one practised vignette."""

    about = SelectField(_l("About"))
    text = ParagraphField(_l("Comment"), [DataRequired(_l("Write the comment."))])

    def offer(self, occasions: Sequence[Occasion]) -> CommentForm:
        """Let one of these ratings be chosen, or none."""
        self.about.choices = [
            SelectChoice("", _("The training as a whole")),
            *(SelectChoice(str(each.session_id), _named(each)) for each in occasions),
        ]
        return self

    @property
    def chosen(self) -> uuid.UUID | None:
        """The rating that it is about, once the form is valid."""
        return uuid.UUID(self.about.data) if self.about.data else None


def _named(occasion: Occasion) -> str:
    if occasion.number == 1:
        return occasion.title
    return _("%(title)s, rated again (%(number)s)", title=occasion.title, number=occasion.number)


class ReminderForm(FlaskForm):
    """Whom to remind, and what to say beside what the letter says by itself."""

    audience = RadioField(
        _l("Whom to remind"),
        choices=[
            SelectChoice(Audience.BEHIND.value, _l("Those who are behind")),
            SelectChoice(Audience.ALL.value, _l("Everybody in the cohort")),
        ],
        default=Audience.BEHIND.value,
    )
    message = ParagraphField(_l("A few words of your own, if you like"))

    @property
    def chosen(self) -> Audience:
        """Who was chosen, once the form is valid."""
        return Audience(self.audience.data)

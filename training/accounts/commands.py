"""`flask people`: adding somebody, and letting the last administrator in again."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from training.accounts import password_records, records, second_factor_records
from training.accounts.models import Role
from training.config import Config


@click.group()
def people() -> None:
    """People and their roles."""


@people.command()
@click.argument("email")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="May be given several times.",
)
@click.option("--name", default=None, help="Shown to others; the address until one is given.")
@with_appcontext
def add(email: str, roles: tuple[str, ...], name: str | None) -> None:
    """Add a person, or give roles to one who is there, and print a link to set a password."""
    from email_validator import EmailNotValidError, validate_email  # its tables are long to load

    try:
        validate_email(email, check_deliverability=False)
    except EmailNotValidError as error:
        raise click.BadParameter(str(error), param_hint="EMAIL") from error
    wanted = tuple(Role(role) for role in roles)
    person = records.find_person_by_email(email)
    if person is None:
        person = records.add_person(email=email, name=name or email, roles=wanted, by=None)
        click.echo(f"Added {person.email}.")
    elif not person.is_active:
        raise click.ClickException(f"The account of {person.email} is closed.")
    else:
        for role in wanted:
            records.grant_role(person, role, by=None)
        click.echo(f"{person.email} was there already.")
    click.echo(f"Roles: {', '.join(sorted(records.find_person_by_email(email).roles))}")  # type: ignore[union-attr]
    if person.password_hash is None:
        config: Config = current_app.extensions["config"]
        letter = password_records.ask_for_reset(
            person.email, address_of=f"{config.public_url}/reset-password/TOKEN"
        )
        assert letter is not None
        click.echo(letter.body)


@people.command("remove-second-factor")
@click.argument("email")
@click.option(
    "--reason",
    prompt="Reason, and how you made sure who asked",
    help="Stands in the trail and in the letter.",
)
@with_appcontext
def remove_second_factor(email: str, reason: str) -> None:
    """Remove a lost second factor: for the last administrator, whom nobody else can help."""
    person = records.find_person_by_email(email)
    if person is None:
        raise click.BadParameter("there is no such person", param_hint="EMAIL")
    if not reason.strip():
        raise click.BadParameter("write the reason", param_hint="--reason")
    letter = second_factor_records.remove_lost(person, by=None, reason=reason.strip())
    if letter is None:
        raise click.ClickException(f"{person.email} has no second factor.")
    click.echo(f"The second factor of {person.email} is removed, and every browser signed out.")

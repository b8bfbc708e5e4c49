"""The commands that need the application: database, people, audit, certificates."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the commands of each part. Those that need no application are plug-ins (pyproject)."""
    from training.accounts.commands import people
    from training.audit.commands import audit
    from training.certification.attempts.closing_commands import attempts
    from training.certification.certificates.commands import certificates
    from training.keys.health.commands import keys
    from training.panels import reminder_commands  # noqa: F401 - adds to the group below
    from training.panels.command_group import panels
    from training.panels.exchange import commands as file_commands  # noqa: F401 - so does this

    app.cli.add_command(people)
    app.cli.add_command(audit)
    app.cli.add_command(attempts)
    app.cli.add_command(certificates)
    app.cli.add_command(keys)
    app.cli.add_command(panels)

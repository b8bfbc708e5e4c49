"""The commands that need the application: database, people, audit, certificates."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the commands of each part. Those that need no application are plug-ins (pyproject)."""
    from training.accounts.commands import people
    from training.audit.commands import audit
    from training.certification.certificate_commands import certificates
    from training.certification.closing_commands import attempts
    from training.keys.commands import keys
    from training.panels import commands as panel_commands  # noqa: F401 - adds to the group below
    from training.panels import reminder_commands  # noqa: F401 - so does this
    from training.panels.command_group import panels

    app.cli.add_command(people)
    app.cli.add_command(audit)
    app.cli.add_command(attempts)
    app.cli.add_command(certificates)
    app.cli.add_command(keys)
    app.cli.add_command(panels)

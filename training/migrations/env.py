"""How migrations run: on the application's own engine, in batch mode where SQLite needs it."""

from alembic import context
from flask import current_app

from training.database import db, options_to_write


def run_migrations() -> None:
    options = current_app.extensions["migrate"].configure_args
    if context.is_offline_mode():
        url = db.engine.url.render_as_string(hide_password=False)
        context.configure(url=url, target_metadata=db.metadata, literal_binds=True, **options)
        with context.begin_transaction():
            context.run_migrations()
        return
    with db.engine.connect() as connection:
        connection.execution_options(**options_to_write(db.engine))  # all of them, or none
        context.configure(connection=connection, target_metadata=db.metadata, **options)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run_migrations()

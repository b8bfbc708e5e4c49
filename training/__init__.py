"""The application that trains and certifies fidelity raters for Open Dialogue."""

from __future__ import annotations

import os

from flask import Flask

from training.config import Config

__version__ = "0.1.0"


def create_app(config: Config | None = None) -> Flask:
    """The table of contents of the application.

    Without a configuration the environment is read; ConfigurationError says what is missing.
    """
    from training import access, blueprints, commands, errors, request_log, security, templating
    from training.languages import init_languages
    from training.persistence import init_database

    config = config or Config.from_environment(os.environ)
    app = Flask(__name__, instance_path=str(config.instance_path))
    app.config.from_mapping(config.as_flask_settings())
    app.extensions["config"] = config

    request_log.init_app(app, config)
    init_database(app, config)
    init_languages(app)
    access.init_app(app)
    security.init_app(app, config)
    templating.init_app(app, config)
    errors.init_app(app)
    blueprints.init_app(app)
    commands.init_app(app)
    return app

"""The application for a WSGI server: gunicorn wsgi:app."""

import os
import secrets
import sys

from training import create_app
from training.config import Config

environ = dict(os.environ)
if "--help" in sys.argv and not environ.get("SECRET_KEY"):
    # What a command does can be read before anything is set; reading it runs nothing.
    environ["SECRET_KEY"] = secrets.token_hex(32)

app = create_app(Config.from_environment(environ))

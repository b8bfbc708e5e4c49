"""The application for a WSGI server: gunicorn wsgi:app."""

from training import create_app

app = create_app()

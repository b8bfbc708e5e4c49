"""The empty Flask view everything is compared with, and how gunicorn serves it: as ours."""

from flask import Flask

workers = 2
threads = 4
preload_app = True

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    return "Hello"

"""How gunicorn serves the application; every value can be overridden on its command line."""

import contextlib
import ctypes
import gc
import os
import typing

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# One at a time computes, the others wait for the disk, the database or a slow reader; more of them
# only take the interpreter from one another, and each keeps a connection to the database.
threads = 4
# Loaded once and shared: workers start quickly and use less memory together.
preload_app = True
# Lets a worker's memory be given back now and then, at different moments for each; seldom, since
# its memory stays level, and a new one meets every template and document for the first time.
max_requests = 100_000
max_requests_jitter = 20_000
timeout = 60
control_socket_disable = True  # nobody steers it from outside, and two services would share one
accesslog = None  # the application writes its own log, with request ids and without tokens

# glibc gives each busy thread an arena of its own, up to eight per core, and what one thread has
# freed the others cannot use. Two arenas hold the same in less. And once a large piece is given
# back, such as the 19 MiB of a password's hash, glibc keeps all pieces up to that size, unless told
# from which size on they go back to the system. Other C libraries have no such settings.
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
with contextlib.suppress(AttributeError, OSError):
    ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)
    ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, 1024 * 1024)


# Loading makes many objects and next to no garbage; looking for it takes a seventh of the start.
gc.disable()
# Or pydantic asks every installed package for plug-ins, and there are none.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")


def when_ready(server: object) -> None:
    """What is loaded before the fork stays: no worker need look through it for garbage."""
    typing.clear_overloads()  # signatures that only checkers of types ask for
    gc.freeze()


def post_fork(server: object, worker: object) -> None:
    """A worker collects its own garbage, and shares no connection opened before the fork."""
    gc.enable()
    from training.database import db
    from wsgi import app

    with app.app_context():
        db.engine.dispose(close=False)

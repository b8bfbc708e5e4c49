"""The configuration: typed, frozen, read once from the environment."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click import ClickException

PROJECT_ROOT = Path(__file__).resolve().parent.parent
SHORTEST_SECRET_KEY = 32
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

# SQLAlchemy 2.1 reads a bare "postgresql://" as psycopg 3, 2.0 as psycopg2: name the driver.
POSTGRESQL_PREFIXES = ("postgresql://", "postgres://")


class ConfigurationError(ClickException, RuntimeError):
    """The environment does not describe a service that could start; the text says what to set.

    Commands end with the text of a ClickException, gunicorn with that of a RuntimeError, both
    without a traceback.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What the service needs to know before it starts; nothing else reads the environment."""

    secret_key: str
    database_url: str
    instance_path: Path
    template_cache_path: Path | None = None
    content_paths: tuple[Path, ...] = (PROJECT_ROOT / "content",)
    is_demonstration: bool = False
    is_testing: bool = False
    body_name: str = "Certifying body (name not set)"
    public_url: str = "http://127.0.0.1:8000"
    smtp_url: str | None = None
    mail_from: str = "no-reply@localhost"
    trusted_proxies: int = 0
    has_secure_cookies: bool = True
    log_level: str = "INFO"
    argon2_time_cost: int = 3
    argon2_memory_kib: int = 65536
    database_options: dict[str, Any] = field(default_factory=dict)

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Config:
        """Read and check the environment.

        Raises ConfigurationError, in words that say what to set, when the service could not
        run safely. Variables and defaults are listed in the README.
        """
        is_demonstration = environ.get("DEMO", "") in ("1", "true", "yes")
        instance_path = Path(environ.get("INSTANCE_PATH") or PROJECT_ROOT / "instance").resolve()
        public_url = environ.get("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
        return cls(
            secret_key=_secret_key(environ, is_demonstration, instance_path),
            database_url=_database_url(environ, instance_path, is_demonstration),
            instance_path=instance_path,
            template_cache_path=Path(
                environ.get("TEMPLATE_CACHE_PATH") or instance_path / "template-cache"
            ).resolve(),
            content_paths=_content_paths(environ),
            is_demonstration=is_demonstration,
            body_name=_body_name(environ, is_demonstration),
            public_url=public_url,
            smtp_url=environ.get("SMTP_URL") or None,
            mail_from=environ.get("MAIL_FROM", "no-reply@localhost"),
            trusted_proxies=_whole_number(environ, "TRUSTED_PROXIES", default=0),
            has_secure_cookies=public_url.startswith("https://"),
            log_level=_log_level(environ),
        )

    def as_flask_settings(self) -> dict[str, Any]:
        """The same, under the names Flask and its extensions look for."""
        return {
            "SECRET_KEY": self.secret_key,
            "TESTING": self.is_testing,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": self.database_options,
            "SESSION_COOKIE_SECURE": self.has_secure_cookies,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_REFRESH_EACH_REQUEST": False,  # but once a day, see access.py
            "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a slow reader loses nothing
            "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
            "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
            "SEND_FILE_MAX_AGE_DEFAULT": 31_536_000,  # addresses of static files carry a version
            "BOOTSTRAP_SERVE_LOCAL": True,
            "BABEL_DEFAULT_LOCALE": "en",
            "COMPRESS_STREAMS": False,
            "COMPRESS_ALGORITHM": ["br", "gzip"],
            "COMPRESS_BR_LEVEL": 4,
            "COMPRESS_LEVEL": 5,
        }


def _secret_key(environ: Mapping[str, str], is_demonstration: bool, instance_path: Path) -> str:
    secret_key = environ.get("SECRET_KEY", "")
    if not secret_key and is_demonstration:
        return _demonstration_secret_key(instance_path)
    if len(secret_key) < SHORTEST_SECRET_KEY:
        raise ConfigurationError(
            f"Set SECRET_KEY to at least {SHORTEST_SECRET_KEY} random characters, for example the "
            'output of: python -c "import secrets; print(secrets.token_hex(32))". '
            "To try the system with demonstration people instead, run: flask --app wsgi demo"
        )
    return secret_key


def _demonstration_secret_key(instance_path: Path) -> str:
    """A key made once per demonstration, so that sign-ins outlive a restart."""
    file = instance_path / "demonstration-secret-key"
    if not file.exists():
        instance_path.mkdir(parents=True, exist_ok=True)
        file.write_text(secrets.token_hex(32))
        file.chmod(0o600)
    return file.read_text().strip()


def _database_url(environ: Mapping[str, str], instance_path: Path, is_demonstration: bool) -> str:
    # A file of its own, so that invented people never stand among real ones.
    name = "demonstration.sqlite3" if is_demonstration else "training.sqlite3"
    return with_named_driver(environ.get("DATABASE_URL") or f"sqlite:///{instance_path / name}")


def with_named_driver(url: str) -> str:
    """A PostgreSQL address that means psycopg 3 whatever the version of SQLAlchemy."""
    for prefix in POSTGRESQL_PREFIXES:
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _content_paths(environ: Mapping[str, str]) -> tuple[Path, ...]:
    further = [Path(part) for part in environ.get("CONTENT_PATH", "").split(":") if part]
    missing = [str(path) for path in further if not path.is_dir()]
    if missing:
        raise ConfigurationError(f"CONTENT_PATH names no folder: {', '.join(missing)}")
    return (PROJECT_ROOT / "content", *further)


def _body_name(environ: Mapping[str, str], is_demonstration: bool) -> str:
    if is_demonstration:
        return "Demonstration certifying body (not a real body)"
    return environ.get("BODY_NAME", "Certifying body (name not set)")


def _log_level(environ: Mapping[str, str]) -> str:
    level = environ.get("LOG_LEVEL", "INFO").strip().upper()
    if level not in LOG_LEVELS:
        raise ConfigurationError(f"Set LOG_LEVEL to one of {', '.join(LOG_LEVELS)}, not {level!r}.")
    return level


def _whole_number(environ: Mapping[str, str], name: str, *, default: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isdecimal():
        raise ConfigurationError(f"{name} must be a whole number, not {text!r}")
    return int(text)

"""What the environment says and what becomes of it: nothing is taken for something else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from training.config import PROJECT_ROOT, Config, ConfigurationError

SECRET = "k" * 32


def config_of(**environ: str) -> Config:
    return Config.from_environment({"SECRET_KEY": SECRET, **environ})


def test_what_is_set_is_what_is_used(tmp_path: Path) -> None:
    found = config_of(
        INSTANCE_PATH=str(tmp_path),
        DATABASE_URL="postgresql://db.example.org/raters",
        CONTENT_PATH=f"{tmp_path}::{tmp_path}",
        BODY_NAME="A body",
        PUBLIC_URL="https://raters.example.org/",
        SMTP_URL="smtps://mail.example.org",
        MAIL_FROM="office@example.org",
        TRUSTED_PROXIES="2",
        LOG_LEVEL=" warning ",
        TEMPLATE_CACHE_PATH=str(tmp_path / "kept"),
    )
    assert found == Config(
        secret_key=SECRET,
        database_url="postgresql+psycopg://db.example.org/raters",
        instance_path=tmp_path.resolve(),
        template_cache_path=(tmp_path / "kept").resolve(),
        content_paths=(PROJECT_ROOT / "content", tmp_path, tmp_path),
        body_name="A body",
        public_url="https://raters.example.org",
        smtp_url="smtps://mail.example.org",
        mail_from="office@example.org",
        trusted_proxies=2,
        has_secure_cookies=True,
        log_level="WARNING",
    )


def test_what_is_not_set_is_safe(tmp_path: Path) -> None:
    found = config_of(INSTANCE_PATH=str(tmp_path), SMTP_URL="", TEMPLATE_CACHE_PATH="")
    place = tmp_path.resolve()
    assert found == Config(
        secret_key=SECRET,
        database_url=f"sqlite:///{place / 'training.sqlite3'}",
        instance_path=place,
        template_cache_path=place / "template-cache",
        has_secure_cookies=False,  # it is reached on this machine alone
    )
    assert (found.smtp_url, found.trusted_proxies, found.is_demonstration) == (None, 0, False)
    assert found.is_sqlite
    assert not replace(found, database_url="postgresql+psycopg://db/raters").is_sqlite


@pytest.mark.parametrize(
    ("value", "is_one"),
    [("1", True), ("true", True), ("yes", True), ("0", False), ("", False), ("no", False)],
)
def test_a_demonstration_is_one_only_where_it_is_said(
    tmp_path: Path, value: str, is_one: bool
) -> None:
    found = config_of(INSTANCE_PATH=str(tmp_path), DEMO=value, BODY_NAME="A body")
    assert found.is_demonstration is is_one
    name = "Demonstration certifying body (not a real body)" if is_one else "A body"
    assert found.body_name == name
    assert found.secret_key == SECRET  # one that is set is used in either
    assert not list(tmp_path.iterdir())


def test_a_key_has_thirty_two_characters_at_least() -> None:
    assert Config.from_environment({"SECRET_KEY": "k" * 32}).secret_key == "k" * 32
    with pytest.raises(ConfigurationError, match="at least 32 random characters"):
        Config.from_environment({"SECRET_KEY": "k" * 31})


def test_the_key_of_a_demonstration_is_read_by_its_owner_alone(tmp_path: Path) -> None:
    place = tmp_path / "not" / "there" / "yet"
    found = Config.from_environment({"DEMO": "1", "INSTANCE_PATH": str(place)})
    file = place / "demonstration-secret-key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(found.secret_key) == 64
    file.write_text(f"{found.secret_key}\n")
    again = Config.from_environment({"DEMO": "1", "INSTANCE_PATH": str(place)})
    assert again.secret_key == found.secret_key


@pytest.mark.parametrize("value", ["two", "-1", "1.5", " 1", "²"])
def test_how_many_proxies_are_trusted_is_a_whole_number(value: str) -> None:
    with pytest.raises(ConfigurationError, match="TRUSTED_PROXIES must be a whole number"):
        config_of(TRUSTED_PROXIES=value)


def test_the_settings_that_keep_sessions_and_forms_safe() -> None:
    found = config_of(PUBLIC_URL="https://raters.example.org")
    settings = found.as_flask_settings()
    assert {name: settings[name] for name in settings if name.startswith("SESSION_")} == {
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,
    }
    assert settings["SECRET_KEY"] == SECRET
    assert settings["TESTING"] is False
    assert settings["WTF_CSRF_TIME_LIMIT"] is None
    assert settings["MAX_CONTENT_LENGTH"] == 2_097_152
    assert settings["MAX_FORM_MEMORY_SIZE"] == 1_048_576
    assert settings["SEND_FILE_MAX_AGE_DEFAULT"] == 365 * 24 * 60 * 60
    assert settings["BOOTSTRAP_SERVE_LOCAL"] is True
    assert not any(name.startswith("WTF_CSRF_ENABLED") for name in settings)
    assert config_of().as_flask_settings()["SESSION_COOKIE_SECURE"] is False


def test_several_folders_that_are_not_there_are_all_named(tmp_path: Path) -> None:
    missing = f"{tmp_path}/one:{tmp_path}:{tmp_path}/two"
    with pytest.raises(ConfigurationError) as caught:
        config_of(CONTENT_PATH=missing)
    assert str(caught.value) == f"CONTENT_PATH names no folder: {tmp_path}/one, {tmp_path}/two"

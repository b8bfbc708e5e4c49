"""The configuration: what may be missing, and what is said when something is."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.config import PROJECT_ROOT, Config, ConfigurationError, with_named_driver

KEY = {"SECRET_KEY": "k" * 32}


def read(**environ: str) -> Config:
    return Config.from_environment(environ)


def test_nothing_starts_without_a_secret_key() -> None:
    with pytest.raises(ConfigurationError, match="Set SECRET_KEY") as refused:
        read()
    assert "flask --app wsgi demo" in str(refused.value)


def test_a_short_secret_key_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="32"):
        read(SECRET_KEY="short")


def test_a_demonstration_makes_its_own_key_once(tmp_path: Path) -> None:
    first = read(DEMO="1", INSTANCE_PATH=str(tmp_path))
    second = read(DEMO="1", INSTANCE_PATH=str(tmp_path))
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert (tmp_path / "demonstration-secret-key").stat().st_mode & 0o077 == 0
    assert first.is_demonstration


def test_demonstration_data_has_a_file_of_its_own(tmp_path: Path) -> None:
    demonstration = read(DEMO="1", INSTANCE_PATH=str(tmp_path))
    real = read(INSTANCE_PATH=str(tmp_path), **KEY)
    assert demonstration.database_url != real.database_url
    assert real.is_sqlite


def test_a_real_service_is_never_called_a_demonstration() -> None:
    config = read(BODY_NAME="Board of Raters", **KEY)
    assert not config.is_demonstration
    assert config.body_name == "Board of Raters"
    assert "Demonstration" in read(DEMO="1", BODY_NAME="Board of Raters", **KEY).body_name


@pytest.mark.parametrize("url", ["postgres://u:p@h/d", "postgresql://u:p@h/d"])
def test_postgresql_always_means_psycopg_3(url: str) -> None:
    assert with_named_driver(url) == "postgresql+psycopg://u:p@h/d"
    assert not read(DATABASE_URL=url, **KEY).is_sqlite


def test_a_named_driver_is_left_alone() -> None:
    assert with_named_driver("postgresql+psycopg://h/d") == "postgresql+psycopg://h/d"
    assert with_named_driver("sqlite:///x") == "sqlite:///x"


def test_further_content_folders_are_added(tmp_path: Path) -> None:
    config = read(CONTENT_PATH=str(tmp_path), **KEY)
    assert config.content_paths == (PROJECT_ROOT / "content", tmp_path)


def test_a_content_folder_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigurationError, match="no-such-folder"):
        read(CONTENT_PATH="no-such-folder", **KEY)


def test_a_number_that_is_none_is_named() -> None:
    with pytest.raises(ConfigurationError, match="TRUSTED_PROXIES"):
        read(TRUSTED_PROXIES="two", **KEY)


def test_a_number_that_is_left_empty_is_the_default() -> None:
    assert read(TRUSTED_PROXIES="", **KEY).trusted_proxies == 0
    assert read(TRUSTED_PROXIES="2", **KEY).trusted_proxies == 2


def test_cookies_are_secure_where_the_service_is_reached_by_https() -> None:
    assert read(PUBLIC_URL="https://raters.example/", **KEY).has_secure_cookies
    assert read(PUBLIC_URL="https://raters.example/", **KEY).public_url == "https://raters.example"
    assert not read(**KEY).has_secure_cookies


def test_the_configuration_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        read(**KEY).secret_key = "another"  # type: ignore[misc]


@pytest.mark.parametrize("level", ["loud", "", "7"])
def test_a_level_of_logging_that_is_none_is_named_with_those_there_are(level: str) -> None:
    with pytest.raises(ConfigurationError, match="LOG_LEVEL to one of DEBUG, INFO") as caught:
        read(**KEY, LOG_LEVEL=level)
    assert repr(level.upper()) in str(caught.value)
    assert read(**KEY, LOG_LEVEL=" warning ").log_level == "WARNING"

"""Secrets are found where operators put them, and never print."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from pathlib import Path

import pytest

from integrations.runtime import (
    ConfigurationError,
    IntegrationError,
    MissingSecretError,
    Secret,
    SecretManager,
)

VALUE = "s3cr3t-value"


def manager(mount: Path, environ: dict[str, str], env_file: Path | str | None = None) -> SecretManager:
    return SecretManager("APP_", environ=environ, mounts=[mount], env_file=env_file)


def test_the_guides_call_reads_the_environment_under_the_prefix(tmp_path: Path) -> None:
    found = manager(tmp_path, {"APP_API_KEY": VALUE}).get("API_KEY", required=True)
    assert found.reveal() == VALUE


def test_a_secret_never_prints(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    secret = Secret(VALUE)
    print(secret, [secret], {"k": secret}, f"{secret} {secret!r} {secret:>20}", f"{[secret]}")
    logging.getLogger("x").warning("%s", secret)
    logging.getLogger("x").warning(secret)
    try:
        raise ValueError(secret)
    except ValueError:
        print(traceback.format_exc())
    assert VALUE not in capsys.readouterr().out + caplog.text
    assert str(secret) == "***"


def test_a_secret_cannot_slip_out_as_a_string() -> None:
    secret = Secret(VALUE)
    for leak in (
        lambda: "Bearer " + secret,  # type: ignore[operator]
        lambda: "".join([secret]),  # type: ignore[list-item]
        lambda: secret[:4],  # type: ignore[index]
        lambda: json.dumps(secret),
        lambda: pickle.dumps(secret),
        lambda: list(secret),  # type: ignore[call-overload]
    ):
        with pytest.raises(TypeError):
            leak()
    assert not hasattr(secret, "__dict__")


def test_a_secret_compares_with_text_and_with_its_like() -> None:
    assert Secret(VALUE) == VALUE
    assert Secret(VALUE) == Secret(VALUE)
    assert Secret(VALUE) != Secret("other")
    assert Secret(VALUE) != 4
    assert len({Secret(VALUE), Secret(VALUE)}) == 1
    assert bool(Secret(VALUE))
    assert not Secret("")
    assert copy.deepcopy({"k": Secret(VALUE)})["k"] == VALUE
    assert copy.copy(Secret("ümlaut")) == "ümlaut"


def test_a_value_stays_masked_while_any_secret_holds_it() -> None:
    first, second = Secret("twice-held"), Secret("twice-held")
    del first
    assert "twice-held" not in str(IntegrationError("twice-held was refused"))
    assert second.reveal() == "twice-held"


def test_a_mounted_file_holds_a_secret_in_upper_or_lower_case(tmp_path: Path) -> None:
    (tmp_path / "APP_API_KEY").write_text(VALUE + "\n")
    (tmp_path / "app_token").write_text("line one\nline two\n")
    secrets = manager(tmp_path, {})
    assert secrets.get("API_KEY") == VALUE
    assert secrets.get("TOKEN") == "line one\nline two"


def test_a_file_named_by_a_variable_holds_a_secret(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text(VALUE + "\r\n")
    assert manager(tmp_path, {"APP_API_KEY_FILE": str(tmp_path / "elsewhere")}).get("API_KEY") == VALUE


def test_the_environment_wins_over_files(tmp_path: Path) -> None:
    (tmp_path / "APP_API_KEY").write_text("from file")
    assert manager(tmp_path, {"APP_API_KEY": VALUE}).get("API_KEY") == VALUE


def test_an_env_file_is_read_only_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text(f"APP_API_KEY={VALUE}\n")
    monkeypatch.chdir(tmp_path)
    assert manager(tmp_path / "none", {}).get("API_KEY") is None
    assert manager(tmp_path / "none", {}, env_file=".env").get("API_KEY") == VALUE


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("APP_K=plain", "plain"),
        ("export APP_K = spaced  # comment", "spaced"),
        ("APP_K='single $x # kept'", "single $x # kept"),
        ('APP_K="double \\"q\\" \\n end"  # c', 'double "q" \n end'),
        ("APP_K=a#b", "a#b"),
        ("APP_K=a=b", "a=b"),
        ("#APP_K=x", None),
        ("APP_K=", None),
        ("nonsense", None),
    ],
)
def test_an_env_file_line_is_understood(tmp_path: Path, line: str, value: str | None) -> None:
    (tmp_path / "e").write_text(f"\n{line}\n")
    found = manager(tmp_path / "none", {}, env_file=tmp_path / "e").get("K")
    assert (found.reveal() if found else None) == value


def test_a_missing_secret_names_every_place_that_was_looked_at(tmp_path: Path) -> None:
    with pytest.raises(MissingSecretError) as caught:
        manager(tmp_path, {"APP_API_KEY": ""}).get("API_KEY", required=True)
    assert str(caught.value) == (
        f"APP_API_KEY is not set (looked at the environment, APP_API_KEY_FILE, {tmp_path}/APP_API_KEY)"
    )


def test_a_missing_secret_that_is_not_required_is_none(tmp_path: Path) -> None:
    assert manager(tmp_path, {}).get("API_KEY") is None


@pytest.mark.parametrize("name", ["../../etc/passwd", "A B", "", "A\nB", "A/B"])
def test_a_name_cannot_be_a_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError):
        SecretManager(environ={}, mounts=[tmp_path]).get(name)


def test_a_secret_file_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "APP_BIG").write_bytes(b"x" * ((1 << 20) + 1))
    (tmp_path / "APP_BINARY").write_bytes(b"\xff\xfe")
    secrets = manager(tmp_path, {"APP_GONE_FILE": str(tmp_path / "gone")})
    for name in ("BIG", "BINARY", "GONE"):
        with pytest.raises(ConfigurationError):
            secrets.get(name)


def test_a_rotated_secret_is_seen_by_the_next_get(tmp_path: Path) -> None:
    environ = {"APP_API_KEY": "old-value"}
    secrets = manager(tmp_path, environ)
    assert secrets.get("API_KEY") == "old-value"
    environ["APP_API_KEY"] = "new-value"
    assert secrets.get("API_KEY") == "new-value"
    assert "value" not in repr(secrets)

"""What is secret is never shown: not by the configuration, not by what a screen may print of it."""

from __future__ import annotations

import json
from importlib import resources

import pytest
from pydantic import SecretStr

from reconcile.config.load import load
from reconcile.config.models import Auth, Mail, Model, ProjectConfig, System
from reconcile.connect.web.auth import signer_for

SECRETS = {
    name: f"hunter2-{name}" for name in ("SANDBOX_CRM_SECRET", "SANDBOX_ERP_PASSWORD", "SMTP_PASSWORD", "LEDGER_URL", "TOKEN")
}
ADDRESSES = {"SANDBOX_CRM_URL": "http://127.0.0.1:1", "SANDBOX_ERP_URL": "http://127.0.0.1:2"}
MORE = """
ledger: ${LEDGER_URL}
mail: {host: localhost, sender: a@example.com, to: [b@example.com], username: u, password: "${SMTP_PASSWORD}"}
"""


@pytest.fixture
def config(tmp_path) -> ProjectConfig:
    text = resources.files("reconcile.sandbox").joinpath("reconcile.yaml").read_text(encoding="utf-8") + MORE
    file = tmp_path / "reconcile.yaml"
    file.write_text(text.replace("{username: RECONCILE", '{token: "${TOKEN}", username: RECONCILE'), encoding="utf-8")
    return load(file, {**SECRETS, **ADDRESSES})


def test_the_configuration_hides_them(config):
    shown = [repr(config), str(config), config.model_dump_json(), json.dumps(config.model_dump(), default=str)]
    assert [text for text in shown if "hunter2" in text] == []
    assert config.mail is not None
    assert config.mail.password is not None
    assert config.mail.password.get_secret_value() == SECRETS["SMTP_PASSWORD"]


def test_a_signer_hides_them(config):
    for system in config.systems.values():
        signer = signer_for(system.auth, lambda _form: "hunter2-issued")
        assert "hunter2" not in repr(signer)
        assert "hunter2" not in repr(vars(signer).get("_issue"))


@pytest.mark.parametrize("model", [Auth, Mail, System, ProjectConfig], ids=lambda model: model.__name__)
def test_every_key_that_sounds_secret_is_secret(model: type[Model]):
    words = ("password", "secret", "token", "ledger")
    plain = [
        name
        for name, info in model.model_fields.items()
        if any(word in name for word in words) and not name.endswith("_url") and SecretStr.__name__ not in str(info.annotation)
    ]
    assert plain == []


def test_no_source_keeps_one():
    """The sandbox's passwords protect invented data and say so."""
    text = resources.files("reconcile.sandbox").joinpath("reconcile.yaml").read_text(encoding="utf-8")
    assert "sandbox-secret" not in text
    assert "sandbox-password" not in text

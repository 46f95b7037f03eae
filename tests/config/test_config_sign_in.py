"""How people sign in, as the configuration gives it: what is missing or unsafe is said, and the secret never is."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconcile.config.load import load
from reconcile.errors import InvalidConfig

ACCESS = """
access:
  sign_in: oidc
  roles: {viewer: {may: [see]}}
  oidc:
    metadata_url: https://login.example.com/.well-known/openid-configuration
    client_id: dashboard
    client_secret: ${CRM_SECRET}
    address: https://reconcile.example.com/
"""


def loaded(tmp_path: Path, good: str, environment: dict[str, str], access: str):
    file = tmp_path / "reconcile.yaml"
    file.write_text(good + access, encoding="utf-8")
    return load(file, environment)


def test_a_provider_is_read_and_its_secret_is_masked(tmp_path, good, environment):
    config = loaded(tmp_path, good, environment, ACCESS)
    assert config.access.oidc.address == "https://reconcile.example.com"
    assert config.access.oidc.client_secret.get_secret_value() == environment["CRM_SECRET"]
    assert environment["CRM_SECRET"] not in repr(config)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("https://login.example.com", "http://login.example.com", "must begin with https://"),
        ("https://login.example.com", "login.example.com", "must be an address such as"),
        ("https://login.example.com", "https://u:topsecret@login.example.com", "must not hold a user or a password"),
        ("https://login.example.com", "https://login.example.com:port", "must be an address such as"),
        ("https://reconcile.example.com/", "https://reconcile.example.com/tool", "must be only scheme, name and port"),
        ("https://reconcile.example.com/", "http://reconcile.example.com", "must begin with https://"),
        ("sign_in: oidc", "sign_in: password", "found `password`, which is not allowed here"),
        ("    client_id: dashboard\n", "", "access.oidc.client_id: this key is missing"),
    ],
)
def test_what_is_unsafe_or_missing_is_said(tmp_path, good, environment, before, after, said):
    with pytest.raises(InvalidConfig) as refused:
        loaded(tmp_path, good, environment, ACCESS.replace(before, after))
    assert len(refused.value.problems) == 1
    assert said in str(refused.value)
    assert "topsecret" not in str(refused.value)


@pytest.mark.parametrize("sign_in", ["oidc", "both"])
def test_a_provider_is_needed_where_people_sign_in_there(tmp_path, good, environment, sign_in):
    access = f"access:\n  sign_in: {sign_in}\n  roles: {{viewer: {{may: [see]}}}}\n"
    with pytest.raises(InvalidConfig, match=f"`sign_in: {sign_in}` needs `oidc`"):
        loaded(tmp_path, good, environment, access)


def test_this_machine_may_be_reached_without_tls(tmp_path, good, environment):
    access = ACCESS.replace("https://reconcile.example.com/", "http://localhost:8501").replace(
        "https://login.example.com", "http://127.0.0.1:9000"
    )
    assert loaded(tmp_path, good, environment, access).access.oidc.address == "http://localhost:8501"

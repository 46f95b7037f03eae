"""Systems on a bad day, through the command: an exit code 3 and a sentence, or simply the result."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from reconcile.cli.demonstration import write_project
from reconcile.sandbox.servers import Sandbox


@pytest.fixture(scope="module")
def systems(tmp_path_factory) -> Iterator[Sandbox]:
    """Read only by these tests: a company of 30 customers."""
    with Sandbox(tmp_path_factory.mktemp("systems"), 3, 30, contacts=10, products=10, orders=20) as running:
        yield running


@pytest.fixture
def sandbox(systems, tmp_path, monkeypatch) -> Iterator[Sandbox]:
    """The systems without trouble, and a project with their customers."""
    write(tmp_path, systems)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RECONCILE_CONFIG", raising=False)
    yield systems
    systems.crm_faults.clear()
    systems.erp_faults.clear()


def write(folder: Path, systems: Sandbox, **changes: object) -> Path:
    path = write_project(folder, systems.environment)
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    document["entities"] = {"customers": document["entities"]["customers"]}
    document["checks"] = {"customers": []}
    for system in document["systems"].values():
        system.update(changes)
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return path


def test_it_runs(sandbox, cli):
    assert cli("run", "--json").last["records"] > 50


def test_a_token_that_expires_in_the_middle_is_renewed(sandbox, cli):
    sandbox.crm_faults.answer(401, body=b'[{"message":"Session expired","errorCode":"INVALID_SESSION_ID"}]', only="/query")
    first = cli("run", "--json")
    assert (first.code, first.last["new"]) == (1, first.last["breaks"])
    sandbox.expire_tokens()
    again = cli("run", "--json")
    assert (again.code, again.last["breaks"]) == (0, first.last["breaks"])  # the same breaks are no news


@pytest.mark.parametrize("side", ["crm", "erp"])
def test_a_short_trouble_is_overcome(sandbox, cli, side):
    faults = getattr(sandbox, f"{side}_faults")
    faults.answer(503, retry_after=0)
    faults.drop()
    assert cli("run", "--json").code == 1
    assert faults.waiting == 0


@pytest.mark.parametrize("side", ["crm", "erp"])
@pytest.mark.parametrize("trouble", ["html", "error", "hang"])
def test_a_lasting_trouble_is_a_sentence_and_the_next_run_works(sandbox, cli, tmp_path, side, trouble):
    write(tmp_path, sandbox, timeout_seconds=1.5 if trouble == "hang" else 60)
    faults = getattr(sandbox, f"{side}_faults")
    only = "/query" if side == "crm" else "/A_BusinessPartner"
    if trouble == "html":
        faults.html(50, only=only)
    elif trouble == "error":
        faults.answer(500, 50, only=only, retry_after=0)
    else:
        faults.hang(4, 50, only=only)
    done = cli("run", "--json")
    assert (done.code, done.out) == (3, "")
    title = "Salesforce" if side == "crm" else "S/4HANA"
    assert title.lower().replace("/", "") in done.err.lower().replace("/", "")
    assert len(done.err) < 2000
    faults.clear()
    write(tmp_path, sandbox)
    listed = cli("runs", "--json").last
    assert [row["state"] for row in listed] == ["failed"]
    assert cli("run", "--json").code == 1


def test_wrong_credentials_are_said_without_showing_them(sandbox, cli, tmp_path):
    text = (tmp_path / "reconcile.yaml").read_text(encoding="utf-8")
    secret = sandbox.environment["SANDBOX_CRM_SECRET"]
    (tmp_path / "reconcile.yaml").write_text(text.replace(secret, "hunter2hunter2"), encoding="utf-8")
    done = cli("run")
    assert done.code == 3
    assert "hunter2" not in done.err + done.out
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "reconcile.yaml"]
    assert not [path for path in kept if b"hunter2" in path.read_bytes() or secret.encode() in path.read_bytes()]


def test_nobody_listens(sandbox, cli, tmp_path):
    text = (tmp_path / "reconcile.yaml").read_text(encoding="utf-8")
    (tmp_path / "reconcile.yaml").write_text(text.replace(sandbox.erp_url, "http://127.0.0.1:9/odata/"), encoding="utf-8")
    done = cli("run")
    assert (done.code, "127.0.0.1:9" in done.err) == (3, True)


def test_fields_and_objects_that_a_system_lacks_are_said_before_any_data_is_read(sandbox, cli, tmp_path):
    path = tmp_path / "reconcile.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("CreditLimit__c", "CreditLimt__c").replace("to_BusinessPartnerAddress/CityName",
        "to_BusinessPartnerAddress/CityNam"), encoding="utf-8")  # fmt: skip
    before = len(sandbox.crm_calls), len(sandbox.erp_calls)
    for command in (["run"], ["config", "check", "--connect"]):
        done = cli(*command)
        assert done.code == 2
        assert "has no field 'CreditLimt__c' (entities.customers). Did you mean 'CreditLimit__c'?" in done.err
        assert (
            "'to_BusinessPartnerAddress/CityNam' (entities.customers). Did you mean 'to_BusinessPartnerAddress/CityName'?"
            in done.err
        )
    asked = [call for call, _ in sandbox.crm_calls[before[0] :] + sandbox.erp_calls[before[1] :]]
    assert not [call for call in asked if "/query" in call or "A_BusinessPartner?" in call]

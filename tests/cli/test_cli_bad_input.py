"""Bad files, through the command: each gives a sentence or a finding, and loses nothing."""

from __future__ import annotations

import os
import sys

import polars as pl
import pytest
from cli_project import CONFIG, CRM, ERP, in_own_process, write_project


def frame_of(project, name: str) -> pl.DataFrame:
    return pl.read_parquet(max(project.glob(".reconcile/runs/*")) / f"{name}.parquet")


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (("Town", "Twon"), "accounts.csv has no field 'Twon' (entities.customers). Did you mean 'Town'?"),
        (("accounts.csv", "acounts.csv"), "shop has no object 'acounts.csv'"),
        (("path: crm", "path: nowhere"), "looked for in the folder 'nowhere'"),
        (("debtors.csv,", 'debtors.csv, delimiter: ",",'), "one column only, 'No;Name1;City;CreditLimit;Since'"),
        (("debtors.csv,", "debtors.csv, encoding: utf-16,"), "is not text in utf-16"),
        (("debtors.csv,", "debtors.csv, encoding: klingon,"), "klingon"),
        (("debtors.csv,", "debtors.csv, where: 'City ==== 1',"), "can't be applied"),
    ],
)
def test_a_file_that_is_not_what_the_configuration_says(project, cli, config, said):
    write_project(project, CONFIG.replace(*config))
    done = cli("run")
    assert done.code == 2
    assert said in done.err
    assert not list(project.glob(".reconcile/runs/*"))


def test_everything_that_a_system_lacks_is_said_at_once(project, cli):
    write_project(project, CONFIG.replace("Town", "Twon").replace("City", "Cty").replace("CreditLimit", "Credit"))
    done = cli("run")
    assert done.code == 2
    assert [field in done.err for field in ("'Twon'", "'Cty'", "'Credit'")] == [True] * 3
    assert not list(project.glob(".reconcile/snapshots/*/*/*.parquet"))  # before any record was read


@pytest.mark.parametrize(
    ("erp", "said"),
    [
        (b"", "there is no header"),
        (ERP.replace("Bath", "B\xe4th").encode("utf-8") + b"1006;\xff\xfe;Ulm;1,00;01.01.2024\n", None),
        (ERP.encode() + b'1006;"never closed;Ulm;1,00;01.01.2024\n', "debtors.csv"),
        (ERP.encode() + b"1006;too;many;1,00;01.01.2024;cells;here\n", "line 6 has 7 cells where the header has 5"),
        (ERP.replace("City", "No").encode(), "'No' twice"),
        (os.urandom(2000).replace(b"\n", b""), "debtors.csv"),
    ],
)
def test_a_file_that_cannot_be_read_names_file_and_place(project, cli, erp, said):
    write_project(project, erp=erp)
    done = cli("run")
    if said is None:  # another encoding was found that holds every byte
        assert done.code == 1
    else:
        assert done.code == 2
        assert said in done.err


def test_keys_numbers_dates_and_mixed_columns_become_findings(project, cli):
    crm = CRM + "A4,1004,Again,Ulm,abc,2024-01-09\n,1006,No key,Ulm,5,2024-01-09\nA7,1007,Mixed,Ulm,true,31.02.2026\n"
    write_project(project, crm=crm)
    done = cli("run", "--json")
    assert done.code == 1
    found = frame_of(project, "findings").select("key", "field", "rule").rows()
    assert (None, "_key", "key_empty") in found
    assert ("A4", "_key", "key_repeated") in found
    assert ("A7", "credit_limit", "not_readable") in found
    assert ("A7", "since", "not_readable") in found
    breaks = frame_of(project, "breaks")
    limit = breaks.filter(pl.col("kind") == "difference", pl.col("field") == "credit_limit", pl.col("crm_key") == "A1")
    assert limit.select("crm_value", "erp_value", "value_at_risk").rows() == [("1000", "1.234,56", pytest.approx(234.56))]
    shown = cli("run").out
    assert "customers: of shop, records without a key were left out: 1." in shown
    assert "customers: of shop, records with the key of another one were left out: 1." in shown


def test_json_lines_may_mix_text_and_numbers_but_no_lists(project, cli):
    write_project(project, CONFIG.replace("accounts.csv", "accounts.jsonl"))
    lines = ['{"Id": 1, "Number": "1001", "Name": "Acme", "Town": 5, "Limit": "1.234,56", "Since": "2024-01-05"}']
    lines.append('{"Id": "A2", "Number": 1002, "Name": null, "Town": "x\\u0000y", "Limit": 12, "Since": true}')
    (project / "crm" / "accounts.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert cli("run", "--json").code == 1
    assert ("A2", "since", "not_readable") in frame_of(project, "findings").select("key", "field", "rule").rows()
    lines = ['{"Id": 3, "Town": ["a", "b"]}', '{"Id": 4, "Town": {"x": 1}}', *lines]
    (project / "crm" / "accounts.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = cli("run")
    assert (done.code, "a field holds a list or an object on some lines only" in done.err) == (2, True), done.err


def test_ten_megabytes_in_one_cell(project, cli):
    write_project(project, crm=CRM.replace("York", "y" * 10_000_000))
    done = cli("run")
    assert done.code == 1
    assert len(done.out) < 10_000
    assert len(cli("actions").out) < 20_000
    assert cli("export", "b.xlsx").code == cli("export", "b.csv").code == 0
    assert max(path.stat().st_size for path in project.glob(".reconcile/runs/*/report.en.html")) < 500_000
    whole = frame_of(project, "breaks").filter(pl.col("field") == "city")["crm_value"].item()
    assert len(whole) == 10_000_000


def test_names_that_are_formulas_or_markup_are_text_everywhere(project, cli):
    assert cli("run").code == 1
    page = next(project.glob(".reconcile/runs/*/report.en.html")).read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert cli("cleanse", "customers", "crm", "--out", "clean").code == 0
    cleaned = pl.read_csv(project / "clean" / "customers_crm_cleaned.csv", infer_schema=False)
    assert not any(value and value.startswith("=") for column in cleaned for value in column)


def test_a_folder_that_cannot_be_written(project, cli):
    (project / "taken").write_text("a file", encoding="utf-8")
    write_project(project, CONFIG.replace("project: Small\n", "project: Small\nstore: taken\n"))
    done = cli("run")
    assert done.code == 3
    assert "taken can't be written" in done.err
    write_project(project)
    assert cli("run", "--json").code == 1
    for command in (
        ["report", "--out", "taken/r.html"],
        ["export", "taken/b.csv"],
        ["cleanse", "customers", "crm", "--out", "taken/x"],
    ):
        done = cli(*command)
        assert (done.code, "taken" in done.err) == (3, True), done.err


def test_a_store_without_permission(project, cli):
    """Nobody may make a folder in /sys, not even root."""
    write_project(project, CONFIG.replace("project: Small\n", "project: Small\nstore: /sys/reconcile\n"))
    done = cli("run")
    assert (done.code, "/sys/reconcile can't be written" in done.err) == (3, True)


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on files there")
@pytest.mark.parametrize("limit", [4_000, 60_000, 200_000])
def test_a_full_disk_is_a_sentence_and_the_next_run_works(project, cli, limit):
    """A limit on the size of files stands for the disk: writing past it fails in the same place."""
    rows = "".join(f"B{n},{2000 + n},Name {n * 7919 % 100_003},Town {n},{n},2024-01-05\n" for n in range(20_000))
    write_project(project, crm=CRM + rows)
    code = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    code += f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, resource.RLIM_INFINITY)); "
    done = in_own_process("run", cwd=project, before=code)
    assert done.code == 3
    assert "Nothing was lost" in done.err
    write_project(project)
    after = cli("run", "--json")
    assert (after.code, after.last["breaks"]) == (1, 5)

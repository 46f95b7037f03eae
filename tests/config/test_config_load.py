"""What a good file gives, how text and environment are read, and that no secret is ever shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reconcile.config.load import load
from reconcile.config.models import ProjectConfig
from reconcile.errors import FileMissing, FileUnreadable, InvalidConfig
from reconcile.records import Role

DEMO = Path("reconcile/sandbox/reconcile.yaml")


def written(folder: Path, content: str | bytes) -> Path:
    file = folder / "reconcile.yaml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def said(folder: Path, content: str | bytes, environment: dict[str, str] | None = None) -> str:
    with pytest.raises(InvalidConfig) as caught:
        load(written(folder, content), environment or {})
    return str(caught.value)


def test_a_good_file_is_read(tmp_path, good, environment):
    config = load(written(tmp_path, good), environment)
    assert config.project == "Two shops"
    assert config.title(Role.ERP) == "s4hana"
    assert config.entities["customers"].crm.key == ("Id",)
    assert config.systems["salesforce"].auth.client_secret.get_secret_value() == "hunter2-secret"


def test_the_demo_is_valid():
    names = ("SANDBOX_CRM_URL", "SANDBOX_CRM_SECRET", "SANDBOX_ERP_URL", "SANDBOX_ERP_PASSWORD")
    root = Path(__file__).parents[2]
    config = load(root / DEMO, dict.fromkeys(names, "http://127.0.0.1:1"))
    assert list(config.entities) == [
        "customers", "contacts", "products", "orders", "order_lines", "invoices", "payments", "shipments",
    ]  # fmt: skip


def test_codes_keep_what_is_written(tmp_path, good, environment):
    values = load(written(tmp_path, good), environment).entities["customers"].fields["status"].values
    assert values == {"Active": "0100", "Blocked": "0200", "NO": "0300"}


def test_two_words_for_one_code_are_fine_where_the_crm_is_not_written(tmp_path, good, environment):
    text = good.replace("0200", "0100").replace("owner: erp", "owner: crm").replace("    create_in: [crm]\n", "")
    values = load(written(tmp_path, text), environment).entities["customers"].fields["status"].values
    assert values == {"Active": "0100", "Blocked": "0100", "NO": "0300"}


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("${SHOP}", "North"),
        ("the ${SHOP} shop", "the North shop"),
        ("${NONE:-South}", "South"),
        ("${EMPTY:-South}", "South"),
        ("'$${SHOP} costs $5'", "${SHOP} costs $5"),
        ("${TRICK}", "a: [b"),
    ],
)
def test_variables(tmp_path, good, environment, value, read):
    text = good.replace("Two shops", value)
    environment |= {"SHOP": "North", "EMPTY": "", "TRICK": "a: [b"}
    assert load(written(tmp_path, text), environment).project == read


def test_an_empty_variable_counts_as_missing(tmp_path, good):
    assert "the environment variable CRM_SECRET is empty" in said(tmp_path, good, {"CRM_SECRET": ""})


def test_a_secret_keeps_its_spaces(tmp_path, good):
    config = load(written(tmp_path, good), {"CRM_SECRET": " x "})
    assert config.systems["salesforce"].auth.client_secret.get_secret_value() == " x "


def test_a_tab_may_be_a_delimiter(tmp_path, good, environment):
    text = good.replace("object: customers.csv,", r'object: customers.csv, delimiter: "\t",')
    assert load(written(tmp_path, text), environment).entities["customers"].erp.delimiter == "\t"


def test_secrets_never_appear(tmp_path, good, environment):
    text = good.replace("project:", 'ledger: "postgresql://me:hunter2-secret@db/x"\nproject:')
    config = load(written(tmp_path, text), environment)
    dumped = json.dumps(config.model_dump(mode="json")) + config.model_dump_json()
    assert "hunter2" not in repr(config) + str(config) + dumped


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"${CRM_SECRET}"', "[hunter2-secret]"),
        ('"${CRM_SECRET}"', "{hunter2-secret: 1}"),
        ('"${CRM_SECRET}"', "*hunter2-secret"),
        ('"${CRM_SECRET}"', "!hunter2-secret x"),
        ('"${CRM_SECRET}"', '"hunter2-secret'),
        ('"${CRM_SECRET}"', '"hunter2-secret\\q"'),
        ("auth: {client_id: reconcile, client_secret: ", "auth: hunter2-secret #"),
        ("https://crm", "https://me:hunter2-secret@crm"),
        ("connector: salesforce", 'connector: "${CRM_SECRET}"'),
        ("client_secret:", "passwrod:"),
    ],
)
def test_no_message_shows_a_secret(tmp_path, good, environment, before, after):
    assert before in good
    message = said(tmp_path, good.replace(before, after), environment)
    assert "hunter2-secret" not in message.replace("auth.client_secret.hunter2-secret", "")


def test_all_problems_are_reported_together(tmp_path, good):
    text = good.replace("project:", "projekt:").replace("keys: [number]\n", "keys: [numbr]\n").replace("erp: City", "erp: []")
    message = said(tmp_path, text)
    places = [line.split(": ")[0].rsplit(":", 1)[1] for line in message.splitlines()[1:]]
    assert places == ["1", "7", "18", "23"]


def test_one_mistake_does_not_cause_others(tmp_path, good, environment):
    text = good.replace("name: {crm: Name, erp: Name1, owner: crm}", "name: {crm: Name, epr: Name1, owner: crm}")
    assert said(tmp_path, text, environment).count("\n") == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encodings_and_line_ends(tmp_path, good, environment, encoding, newline):
    content = good.replace("Two shops", "两家商店").replace("\n", newline).encode(encoding)
    assert load(written(tmp_path, content), environment).project == "两家商店"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"# only a comment\n", "the file is empty"),
        (b"- a\n- b\n", "found a list"),
        (b"just words", "found text"),
        (b"project: ok\ntitle: caf\xe9\n", ":2: this is not UTF-8 text"),
        (b"project: x\n" * 1_000_000, "the file has 2.0 MB; a configuration has at most 2 MB"),
        (b'store: "a\\0b"', "store: the value holds a control character"),
        (b'store: "${BELL}"', "store: the environment variable holds a control character"),
        (b"[" * 100_000, "nested deeper"),
        (b"a: &a [*a]", "aliases (*name) repeat each other"),
        (b"a: &a [x, x, x, x, x, x, x, x, x, x]\n", "there is no such key"),
        (
            b"a: &a [x, x, x, x, x, x, x, x, x]\n"
            + b"".join(b"%c: &%c [%s]\n" % (n, n, b", ".join([b"*%c" % (n - 1)] * 9)) for n in range(98, 112)),
            "stand for too many values",
        ),
    ],
    ids=[
        "empty",
        "comment",
        "list",
        "words",
        "latin-1",
        "large",
        "escape",
        "variable",
        "deep",
        "cycle",
        "small",
        "billion laughs",
    ],
)
def test_hostile_files(tmp_path, content, message):
    assert message in said(tmp_path, content, {"BELL": "\x07"})


def test_groups_may_be_shared(tmp_path, good, environment):
    text = good.replace(
        "    erp: {object: orders.csv, key: Number}", "    erp:\n      <<: *there\n      object: orders.csv"
    ).replace("    erp: {object: customers.csv", "    erp: &there {object: customers.csv")
    sources = {name: entity.erp for name, entity in load(written(tmp_path, text), environment).entities.items()}
    assert (sources["orders"].object, sources["orders"].key) == ("orders.csv", ("Number",))


def test_a_file_that_is_not_there_or_is_a_folder(tmp_path):
    with pytest.raises(FileMissing):
        load(tmp_path / "none.yaml", {})
    with pytest.raises(FileUnreadable, match="this is a folder"):
        load(tmp_path, {})


_WORDS = st.sampled_from(
    [
        "project",
        "systems",
        "entities",
        "customers",
        "fields",
        "match",
        "keys",
        "crm",
        "erp",
        "mail",
        "checks",
        "${A}",
        "${",
        "*a",
        "&a ",
        "<<",
        "~",
        "1",
        "-1",
        ".inf",
        "true",
        "[",
        "]",
        "{",
        "}",
        "'",
        '"',
        "!x",
        "%",
        "#",
        "- ",
        ": ",
        "\n",
        "\n  ",
        "\t",
        " ",
        "\x00",
        "é",
    ]
)
_TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | _WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS | st.text(max_size=5), inner, max_size=5),
    max_leaves=25,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    content=st.one_of(
        st.binary(max_size=60),
        st.lists(_WORDS, max_size=30).map(lambda w: "".join(w).encode()),
        _TREES.map(lambda t: json.dumps(t).encode()),
    )
)
@example(content=b"systems: {a: {role: crm}}\nentities: {customers: {fields: {a: {crm: }}}}")
@example(content=b"mail: []\nchecks: 3\nsystems: 4\nentities: [a]")
@example(content=b"? [a]\n: b")
@example(content=b'"\\ud800": 1')
def test_any_text_gives_a_configuration_or_problems(tmp_path, content):
    try:
        assert isinstance(load(written(tmp_path, content), {"A": "x"}), ProjectConfig)
    except InvalidConfig as error:
        if not error.problems:
            raise


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_any_damage_to_a_good_file_gives_a_configuration_or_problems(tmp_path, good, environment, data):
    at = data.draw(st.integers(0, len(good)))
    cut = data.draw(st.integers(0, 30))
    word = data.draw(_WORDS | st.text(max_size=4))
    try:
        damaged = (good[:at] + word + good[at + cut :]).encode("utf-8", "surrogatepass")
        load(written(tmp_path, damaged), environment)
    except InvalidConfig as error:
        if not all(problem.line for problem in error.problems):
            raise

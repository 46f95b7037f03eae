"""What only django-crm does: updates that empty what they don't repeat, no ids for what is new, names that are there once."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import polars as pl
import pytest
from systems.django_crm_server import EMAIL, PASSWORD, django_crm_server

from reconcile.config.models import Auth, Source, System
from reconcile.connect.django_crm.connector import SEARCHES, DjangoCrmConnector
from reconcile.connect.port import OutcomeStatus, Write
from reconcile.errors import SystemAnswerUnreadable, SystemRefused

ACCOUNTS = Source(object="accounts", key="id", external_id="tags")
CONTACTS = Source(object="contacts", key="email")
LEADS = Source(object="leads", key="id", external_id="title")
DEALS = Source(object="opportunities", key="id", external_id="name")
BILLING = {"address_line": "1", "street": "Gasse", "city": "Wien", "state": "W", "postcode": "1010", "country": "AT"}
ACCOUNT = {"email": "office@example.com", **{f"billing_{name}": value for name, value in BILLING.items()}}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with django_crm_server(tmp_path_factory.mktemp("crm")) as server:
        yield server


@pytest.fixture(scope="module")
def open_at(server):
    opened = []

    def open_at(url=None, page_size=1000, **auth: str):
        auth = Auth(**(auth or {"username": EMAIL, "password": PASSWORD}))
        more = {"auth": auth, "page_size": page_size, "requests_per_second": 10_000}
        system = System(role="crm", connector="django_crm", url=url or server.url, **more)
        opened.append(DjangoCrmConnector("bottle", system, server.folder))
        return opened[-1]

    yield open_at
    for connector in opened:
        connector.close()


@pytest.fixture(scope="module")
def crm(open_at):
    return open_at()


@pytest.fixture
def account(crm, request):
    """A new account; its key."""
    name = request.node.name.replace("test_", "")[:60]
    return written(crm, Write("new", ACCOUNTS, {"name": name, **ACCOUNT}))


def written(connector, write):
    (outcome,) = connector.write([write])
    assert outcome.status is OutcomeStatus.OK, outcome.message
    return outcome.key


def update(connector, key, values, source=ACCOUNTS):
    return Write("a", source, values, key=key, version=connector.fetch(source, [key], list(values))[key].version)


def now(connector, key, *fields: str, source=ACCOUNTS):
    values = connector.fetch(source, [key], fields)[key].values
    return [values[f] for f in fields]


def read(connector, source, *fields: str):
    return pl.concat(connector.read(source, fields))


def refusal(connector, write):
    (outcome,) = connector.write([write])
    assert outcome.status is OutcomeStatus.REJECTED, outcome
    return outcome.message


def test_an_update_changes_what_it_names_and_keeps_what_others_added(crm, server, account):
    server.call("POST", "contacts/", first_name="Kept", last_name="K", email="kept@example.com")
    ((contact,),) = server.sql("SELECT id FROM contacts_contact WHERE email = 'kept@example.com'")
    ((user,),) = server.sql("SELECT id FROM common_user")
    server.sql("INSERT INTO teams_teams (name, created_on, description) VALUES ('Sales', '2026-01-01 12:00:00', '')")
    ((team,),) = server.sql("SELECT id FROM teams_teams")
    lists = {"contacts": [contact], "tags": ["北京", "Gold"], "teams": [team], "assigned_to": [user]}
    rest = {"description": "notes", "website": "https://example.com", "phone": "+431234567", "industry": "AUTOMOTIVE"}
    ((name,),) = server.sql("SELECT name FROM accounts_account WHERE id = ?", account)
    said = server.call(
        "PUT", f"accounts/{account}/", name=name, **ACCOUNT, **rest, **{k: json.dumps(v) for k, v in lists.items()}
    )
    assert said.status_code == 200, said.text
    before = server.call("GET", f"accounts/{account}/").json()["account_obj"]
    assert [len(before[name]) for name in lists] == [1, 2, 1, 1]
    written(crm, update(crm, account, {"billing_city": "Graz"}))
    after = server.call("GET", f"accounts/{account}/").json()["account_obj"]
    for each in (*before["contacts"], *after["contacts"]):
        each.pop("created_on_arrow")
    assert after == before | {"billing_city": "Graz"}


def test_the_day_a_deal_closes_is_kept_and_can_be_changed(crm, server):
    values = {"name": "Deal", "stage": "QUALIFICATION", "probability": 5, "amount": Decimal("1234.50")}
    deal = written(crm, Write("d", DEALS, {**values, "closed_on": dt.date(2026, 2, 28)}))
    written(crm, update(crm, deal, {"amount": Decimal(7)}, DEALS))
    assert now(crm, deal, "amount", "closed_on", "probability", source=DEALS) == [7.0, "2026-02-28", 5]
    written(crm, update(crm, deal, {"closed_on": dt.date(2027, 1, 1), "description": None}, DEALS))
    assert now(crm, deal, "closed_on", "description", source=DEALS) == ["2027-01-01", None]
    assert server.sql("SELECT closed_on FROM opportunity_opportunity WHERE name = 'Deal'") == [("2027-01-01",)]


def test_a_deal_refers_to_its_account(crm, account):
    values = {"name": "Of an account", "stage": "QUALIFICATION", "probability": 5, "account": account}
    deal = written(crm, Write("d", DEALS, values))
    ((name,),) = [now(crm, account, "name")]
    assert now(crm, deal, "account", "account.name", source=DEALS) == [account, name]


def test_a_contact_is_known_by_its_mail_address_and_has_its_own_address(crm, server):
    values = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com", "address.city": "London"}
    assert written(crm, Write("c", CONTACTS, values)) == "ada@example.com"
    assert now(crm, "ada@example.com", "last_name", "address.city", source=CONTACTS) == ["Lovelace", "London"]
    changed = update(crm, "ada@example.com", {"address.city": "Paris", "email": "ada@example.org"}, CONTACTS)
    assert written(crm, changed) == "ada@example.org"
    assert crm.find(CONTACTS, "email", ["ada@example.com", "ada@example.org"]) == {"ada@example.org": ["ada@example.org"]}
    assert server.sql("SELECT count(*) FROM common_address WHERE city IN ('London', 'Paris')") == [(1,)]


def test_the_key_of_the_other_system_is_a_tag_that_is_searched_for(crm, server):
    create = Write("t", ACCOUNTS, {"name": "Tagged", **ACCOUNT, "tags": "Gold"}, external_id=("tags", "C-4711"))
    key = written(crm, create)
    asked = len(server.sent("GET"))
    assert crm.find(ACCOUNTS, "tags", ["C-4711", "c-4711", "C-4712", "a b"]) == {"C-4711": [key], "c-4711": [key]}
    assert len(server.sent("GET")) - asked == 2  # the tags, and the records of the one that is there
    assert now(crm, key, "tags") == ["C-4711, Gold"]
    for bad in ("C/4711", "北京", "x" * 21):
        words = refusal(crm, Write("t", ACCOUNTS, {"name": "Not tagged", **ACCOUNT}, external_id=("tags", bad)))
        assert words.startswith(f"tags: '{bad}' can't be written: a tag has letters")
    assert crm.find(ACCOUNTS, "name", ["Not tagged"]) == {}


def test_what_is_there_is_not_created_again_and_django_crm_says_so(crm, account):
    ((name,),) = [now(crm, account, "name")]
    words = refusal(crm, Write("again", ACCOUNTS, {"name": name.upper(), **ACCOUNT, "email": "none"}))
    assert words == "name: Account already exists with this name; email: Enter a valid email address."
    assert crm.find(ACCOUNTS, "name", [name]) == {name: [account]}


def test_what_can_not_be_written_is_said_before_anything_is_sent(crm, server, account):
    lead = written(crm, Write("l", LEADS, {"title": "A lead"}))
    sent = len(server.sent("POST", "PUT"))
    cases = [
        (ACCOUNTS, account, {"created_on": "2026-01-01"}, "created_on can only be read"),
        (ACCOUNTS, account, {"contacts": "1, x"}, "contacts: '1, x' can't be written: it is no number"),
        (DEALS, "1", {"amount": "much"}, "amount: 'much' can't be written: it is no number"),
        (DEALS, "1", {"closed_on": "soon"}, "closed_on: 'soon' can't be written: it is no date"),
        (LEADS, lead, {"status": "converted"}, "a lead is converted in django-crm itself, where an account is made of it"),
        (ACCOUNTS, "999999", {"name": "x"}, "there is no such record"),
        (DEALS, "999999", {"name": "x"}, "there is no such record"),
    ]
    for source, key, values, words in cases:
        assert refusal(crm, Write("a", source, values, key=key)) == words
    assert len(server.sent("POST", "PUT")) == sent


def test_any_change_by_somebody_else_is_a_conflict(crm, server, account):
    stale = update(crm, account, {"billing_city": "Graz"})
    server.sql("UPDATE accounts_account SET description = 'moved' WHERE id = ?", account)
    (outcome,) = crm.write([stale])
    assert (outcome.status, outcome.key) == (OutcomeStatus.CONFLICT, account)
    assert now(crm, account, "billing_city", "description") == ["Wien", "moved"]


def test_an_update_that_is_refused_half_way_is_unknown(crm, server, account, monkeypatch):
    contact = {"first_name": "Gone", "last_name": "G", "email": "gone@example.com"}
    written(crm, Write("c", CONTACTS, contact))
    ((id_,),) = server.sql("SELECT id FROM contacts_contact WHERE email = 'gone@example.com'")
    write = Write("a", ACCOUNTS, {"billing_city": "Graz", "contacts": f"{id_}, 999999"}, key=account)
    (outcome,) = crm.write([write])
    assert (outcome.status, outcome.message) == (OutcomeStatus.UNKNOWN, "contacts: Please enter valid Contact")
    assert now(crm, account, "billing_city") == ["Graz"]


def test_records_that_come_and_go_while_pages_are_read_leave_no_gap(open_at, server):
    connector = open_at(page_size=5)
    people = [f"p{n}@example.com" for n in range(30)]
    for n, email in enumerate(people):
        at = f"2020-01-{n + 1:02} 12:00:00"
        server.insert("contacts_contact", first_name=email, last_name="x", email=email, is_active=0, created_on=at)
    pages = connector.read(CONTACTS, ["email"])
    seen = [*next(pages)["email"], *next(pages)["email"]]  # the newest come first
    gone = [email for email in seen if email in people][:3]
    for email in gone:
        server.sql("DELETE FROM contacts_contact WHERE email = ?", email)
    server.insert(
        "contacts_contact",
        first_name="late",
        last_name="x",
        email="late@example.com",
        is_active=0,
        created_on="2030-01-01 12:00:00",
    )
    seen += [email for page in pages for email in page["email"]]
    assert len(seen) == len(set(seen))
    assert set(people) <= set(seen)


def test_open_and_closed_accounts_are_one_list(open_at, crm, server):
    for n in range(12):
        written(crm, Write("a", ACCOUNTS, {"name": f"Many {n}", **ACCOUNT, "status": "close" if n % 3 else "open"}))
    for size in (1, 4, 1000):
        names = read(open_at(page_size=size), ACCOUNTS, "name")["name"].to_list()
        assert len(names) == len(set(names)) == crm.count(ACCOUNTS)
        assert {f"Many {n}" for n in range(12)} <= set(names)
    some = ACCOUNTS.model_copy(update={"where": "name=Many&city=Wien"})
    assert read(crm, some, "name").height == crm.count(some) == 12
    many = [f"Many {n}" for n in range(12)] * 2 + [f"none {n}" for n in range(SEARCHES)]
    assert len(crm.find(ACCOUNTS, "name", many)) == 12


def test_a_converted_lead_is_gone_wherever_one_looks(crm, server):
    lead = written(crm, Write("l", LEADS, {"title": "Soon an account"}))
    assert crm.find(LEADS, "title", ["Soon an account"]) == {"Soon an account": [lead]}
    server.sql("UPDATE leads_lead SET status = 'converted' WHERE id = ?", lead)
    assert crm.fetch(LEADS, [lead], ["title"]) == {}
    assert lead not in read(crm, LEADS, "id")["id"]


def test_what_it_demands_is_described_so_that_a_refusal_is_rare(crm):
    rules = {source.object: crm.describe(source).rules for source in (ACCOUNTS, CONTACTS, LEADS, DEALS)}
    assert "AUTOMOTIVE" in rules["accounts"]["industry"].allowed
    assert "AT" in rules["contacts"]["address.country"].allowed
    assert rules["leads"]["status"].allowed == ("assigned", "in process", "recycled", "closed")
    assert not rules["accounts"]["created_on"].updatable
    tried = {
        "name": (ACCOUNTS, {"name": "x" * 65, **ACCOUNT}),
        "email": (ACCOUNTS, {"name": "No mail"}),
        "last_name": (CONTACTS, {"first_name": "Only", "email": "only@example.com"}),
        "stage": (DEALS, {"name": "Deal?", "stage": "soon", "probability": 1}),
        "amount": (DEALS, {"name": "Deal?", "stage": "QUALIFICATION", "probability": 1, "amount": Decimal("1.234")}),
    }
    for field, (source, values) in tried.items():
        rule, value = rules[source.object][field], values.get(field)
        said = rule.required if value is None else rule.max_length == 64 or rule.decimals == 2 or value not in rule.allowed
        assert said, field
        assert refusal(crm, Write("a", source, values)).startswith(f"{field}: "), field


def test_an_account_needs_no_whole_address(crm):
    account = written(crm, Write("a", ACCOUNTS, {"name": "Somewhere", "email": "s@example.com", "billing_city": "Graz"}))
    assert now(crm, account, "billing_city", "billing_street") == ["Graz", None]


@pytest.mark.parametrize("where", ["nope=1", "billing_city=Wien", "active"])
def test_a_filter_that_would_be_ignored_is_refused(crm, where):
    with pytest.raises(SystemRefused, match="`where` can't be asked"):
        crm.count(ACCOUNTS.model_copy(update={"where": where}))


def test_a_token_of_an_older_key_is_renewed_for_reads_and_for_writes(crm, server, account):
    write = update(crm, account, {"billing_city": "Linz"})
    server.restart()
    written(crm, write)
    server.restart()
    assert now(crm, account, "billing_city") == ["Linz"]


def test_a_wrong_password_is_a_refusal_that_does_not_show_it(open_at):
    connector = open_at(username=EMAIL, password="wrong-secret")
    with pytest.raises(SystemRefused, match="Email and password doesnot match") as caught:
        connector.describe(ACCOUNTS)
    assert "wrong-secret" not in str(caught.value)
    assert refusal(connector, Write("a", ACCOUNTS, {"name": "x"}, key="1")).startswith("not sent: bottle: ")


def test_a_token_can_be_given_and_is_not_shown(open_at, server):
    token = server.token()
    assert open_at(token=token).count(LEADS) >= 0
    with pytest.raises(SystemRefused, match="answered 401") as caught:
        open_at(token=f"{token}x").count(LEADS)
    assert token not in str(caught.value)


def test_what_is_no_django_crm_is_told_apart(open_at, server):
    with pytest.raises((SystemAnswerUnreadable, SystemRefused)):
        open_at(url=f"{server.url}/elsewhere").describe(ACCOUNTS)
    assert open_at().describe(Source(object="invoices", key="id")) is None

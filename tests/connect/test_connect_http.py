"""What a system does on a bad day, and that nothing is lost, written twice or said aloud because of it."""

from __future__ import annotations

import datetime as dt
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from email.utils import format_datetime

import polars as pl
import pytest
import stamina

from reconcile.config.models import Auth, Source
from reconcile.connect.port import OutcomeStatus, Write
from reconcile.connect.web.traffic import Pace
from reconcile.errors import SystemAnswerUnreadable, SystemRefused, SystemUnreachable
from reconcile.sandbox import store

ACCOUNT = Source(object="Account", key="Id", external_id="ERP_Number__c")
PARTNER = Source(object="A_BusinessPartner", key="BusinessPartner")
SECRET = "s3cr3t-of-this-test"


def new_account(connector, number: str = "1", **values: object):
    values = {"Name": f"Customer {number}", **values}
    (outcome,) = connector.write([Write(number, ACCOUNT, values, external_id=("ERP_Number__c", number))])
    return outcome


def names(connector) -> list[str]:
    return pl.concat(connector.read(ACCOUNT, ["Name"]))["Name"].to_list()


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_read_is_asked_again(sandbox, open_crm, status):
    crm = open_crm()
    assert new_account(crm).status is OutcomeStatus.OK
    sandbox.crm_faults.answer(status, 3)
    assert names(crm) == ["Customer 1"]
    assert sandbox.crm_faults.waiting == 0


def test_a_read_that_keeps_failing_says_what_the_system_said(sandbox, open_crm):
    sandbox.crm_faults.answer(500, 9, body=b'[{"message": "It hurts", "errorCode": "UNKNOWN_EXCEPTION"}]', only="/query")
    with pytest.raises(SystemRefused, match=r"CRM: .*/query answered 500: UNKNOWN_EXCEPTION: It hurts") as error:
        names(open_crm())
    assert error.value.status == 500
    assert error.value.exit_code == 3
    assert sandbox.crm_faults.waiting == 5


def test_a_lost_connection_is_tried_again_for_a_read(sandbox, open_crm):
    crm = open_crm()
    new_account(crm)
    sandbox.crm_faults.drop("before", 2)
    assert names(crm) == ["Customer 1"]


def test_a_pause_that_the_system_asks_for_is_kept_if_it_is_bearable(sandbox, open_crm):
    crm = open_crm()
    new_account(crm)
    sandbox.crm_faults.answer(503, retry_after=1, only="/query")
    sandbox.crm_faults.answer(503, retry_after=3600, only="/query")
    began = time.monotonic()
    with stamina.set_testing(testing=False), pytest.raises(SystemRefused, match="answered 503"):
        names(crm)
    assert 1.0 <= time.monotonic() - began < 120


def test_a_web_page_is_not_an_answer(sandbox, open_crm, open_erp):
    sandbox.crm_faults.html(only="/query")
    with pytest.raises(SystemAnswerUnreadable, match=r"text/html instead of JSON.*log-in page"):
        names(open_crm())
    sandbox.erp_faults.html(only="$metadata")
    with pytest.raises(SystemAnswerUnreadable, match="can't be read"):
        open_erp().describe(PARTNER)
    erp = open_erp()
    erp.describe(PARTNER)
    sandbox.erp_faults.html()
    with pytest.raises(SystemAnswerUnreadable):
        list(erp.read(PARTNER, ["BusinessPartner"]))


def test_a_redirection_is_not_followed_with_our_credentials(scripted, open_erp):
    scripted.answer = lambda *_: (302, {"location": "https://login.example/sso?x=1"}, b"")
    with pytest.raises(SystemAnswerUnreadable, match=r"sends us to login\.example\."):
        open_erp(url=scripted.url).describe(PARTNER)
    assert len(scripted.asked) == 1


def test_a_hang_ends_with_the_time_out(sandbox, open_crm):
    crm = open_crm(timeout_seconds=2.5)
    crm.describe(ACCOUNT)
    sandbox.crm_faults.hang(30, only="/query")
    began = time.monotonic()
    with pytest.raises(SystemUnreachable, match=r"no answer within 2\.5 seconds"):
        names(crm)
    assert time.monotonic() - began < 25


def test_an_answer_that_never_ends_ends_with_the_time_out(open_erp):
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            client, _ = listening.accept()
            with client:
                client.recv(4096)
                client.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
                while not over.wait(0.02):
                    client.sendall(b" ")

        with ThreadPoolExecutor() as pool:
            dripping = pool.submit(drip)
            erp = open_erp(url=f"http://127.0.0.1:{listening.getsockname()[1]}", timeout_seconds=1.5)
            with pytest.raises(SystemUnreachable, match=r"no answer within 1\.5 seconds"):
                erp.describe(PARTNER)
            over.set()
            assert dripping.exception(60) is None or isinstance(dripping.exception(), OSError)


def test_nobody_there_is_unreachable_and_a_write_to_nobody_was_not_sent(open_crm, open_erp):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    crm = open_crm(url=f"http://127.0.0.1:{port}", auth=Auth(token=SECRET))
    with pytest.raises(SystemUnreachable, match=rf"CRM: http://127\.0\.0\.1:{port}/services.*can't be reached"):
        names(crm)
    outcome = new_account(crm)
    assert outcome.status is OutcomeStatus.REJECTED
    assert outcome.message.startswith("not sent: ")
    with pytest.raises(SystemUnreachable):
        open_erp(url="http:///nowhere").describe(PARTNER)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_write_whose_answer_is_lost_is_unknown_and_never_repeated(sandbox, open_crm, when):
    crm = open_crm()
    crm.describe(ACCOUNT)
    sandbox.crm_faults.drop(when, only="PATCH")
    outcome = new_account(crm)
    assert outcome.status is OutcomeStatus.UNKNOWN
    assert sum(line.startswith("PATCH") for line, _ in sandbox.crm_calls) == 1
    assert names(crm) == (["Customer 1"] if when == "after" else [])


def test_a_write_that_hangs_is_unknown(sandbox, open_erp):
    erp = open_erp(timeout_seconds=2.5)
    erp.write([Write("first", PARTNER, {"BusinessPartnerFullName": "First"})])
    sandbox.erp_faults.hang(30, only="$batch")
    (outcome,) = erp.write([Write("second", PARTNER, {"BusinessPartnerFullName": "Second"})])
    assert (outcome.status, "no answer within" in outcome.message) == (OutcomeStatus.UNKNOWN, True)


def test_an_error_after_the_write_was_sent_is_unknown(sandbox, open_crm):
    crm = open_crm()
    for fault in ("answer", "html"):
        getattr(sandbox.crm_faults, fault)(**({"status": 500} if fault == "answer" else {}), only="PATCH")
        assert new_account(crm).status is OutcomeStatus.UNKNOWN
    sandbox.crm_faults.answer(503, only="PATCH")
    assert new_account(crm).status is OutcomeStatus.UNKNOWN
    assert sum(line.startswith("PATCH") for line, _ in sandbox.crm_calls) == 3


def test_a_write_refused_before_it_was_processed_is_sent_again(sandbox, open_crm):
    crm = open_crm()
    sandbox.crm_faults.answer(503, retry_after=0, only="PATCH")
    sandbox.crm_faults.answer(429, only="PATCH")
    assert new_account(crm).status is OutcomeStatus.OK
    sandbox.crm_faults.answer(429, 9, retry_after=0, only="PATCH")
    outcome = new_account(crm, "2")
    assert (outcome.status, outcome.message[:18]) == (OutcomeStatus.REJECTED, "not processed, 429")
    assert names(crm) == ["Customer 1"]


def test_an_expired_token_is_renewed_once_and_silently(sandbox, open_crm):
    crm = open_crm(page_size=200)
    for number in range(5):
        new_account(crm, str(number), CreditLimit__c=Decimal("1.50"))
    pages = crm.read(ACCOUNT, ["Name"])
    first = next(pages)
    sandbox.expire_tokens()
    assert first.height + sum(page.height for page in pages) == 5
    sandbox.expire_tokens()
    assert new_account(crm, "after").status is OutcomeStatus.OK
    assert sum("/oauth2/token" in line for line, _ in sandbox.crm_calls) == 3


def test_threads_share_one_token(sandbox, open_crm):
    crm = open_crm()
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: crm.count(ACCOUNT), range(16))) == {0}
        sandbox.expire_tokens()
        assert set(pool.map(lambda _: crm.count(ACCOUNT), range(16))) == {0}
    assert sum("/oauth2/token" in line for line, _ in sandbox.crm_calls) == 2


def test_the_password_grant_signs_in(sandbox, open_crm):
    secret = sandbox.environment["SANDBOX_CRM_SECRET"]
    auth = Auth(client_id="reconcile", client_secret=secret, username="nobody@example", password=SECRET)
    with pytest.raises(SystemRefused, match="invalid_grant"):
        open_crm(auth=auth).describe(ACCOUNT)


def test_wrong_credentials_are_said_without_saying_them(open_crm, open_erp, scripted):
    for connector, source in [
        (open_crm(auth=Auth(client_id="reconcile", client_secret=SECRET)), ACCOUNT),
        (open_crm(auth=Auth(token=SECRET)), ACCOUNT),
        (open_erp(auth=Auth(username="RECONCILE", password=SECRET)), PARTNER),
        (open_erp(auth=Auth()), PARTNER),
    ]:
        with pytest.raises(SystemRefused, match=r"answered 40[01]: .*Check `auth:`") as error:
            connector.describe(source)
        assert SECRET not in f"{error.value}{error.value!r}{connector!r}"
    scripted.answer = lambda _m, _p, headers, _b: (400, {}, {"message": f"odd {headers['authorization']} {SECRET}"})
    address = scripted.url.replace("http://", f"http://me:{SECRET}@")
    erp = open_erp(url=address, auth=Auth(username="u", password=SECRET))
    with pytest.raises(SystemRefused, match=r"odd Basic \*\*\* \*\*\*") as error:
        erp.describe(PARTNER)
    assert SECRET not in str(error.value)


def test_a_write_that_could_not_sign_in_was_not_sent(sandbox, open_crm, open_erp):
    partner = Write("a", PARTNER, {"BusinessPartnerFullName": "N"})
    erp = open_erp(auth=Auth(username="RECONCILE", password=SECRET))
    crm = open_crm(auth=Auth(client_id="reconcile", client_secret=SECRET))
    account = Write("b", ACCOUNT, {"Name": "N"}, external_id=("ERP_Number__c", "1"))
    for connector, write in [(erp, partner), (crm, account), (crm, Write("c", ACCOUNT, {"Name": "N"}, key="1"))]:
        (outcome,) = connector.write([write])
        assert outcome.status is OutcomeStatus.REJECTED
        assert outcome.message.startswith("not sent: ")
        assert SECRET not in outcome.message
    good = open_erp()
    good.describe(PARTNER)
    sandbox.erp_faults.answer(403, only="0001/")
    assert good.write([partner])[0].message.startswith("not sent: ")
    sandbox.crm_faults.answer(400, only="COUNT")
    assert open_crm().count(ACCOUNT) is None


def test_a_pause_may_be_given_as_a_date(scripted, open_crm):
    tomorrow = format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(days=1), usegmt=True)
    for said, calls in [(tomorrow, 1), ("Thu, 01 Jan 1970 00:00:00 GMT", 4), ("soon", 4)]:
        scripted.asked.clear()
        scripted.answer = lambda *_, said=said: (503, {"retry-after": said}, b"")
        with pytest.raises(SystemRefused, match="answered 503: an empty answer"):
            open_crm(url=scripted.url, auth=Auth(token=SECRET)).describe(ACCOUNT)
        assert len(scripted.asked) == calls


def test_the_pace_holds_over_all_threads():
    pace = Pace(100)
    began = time.monotonic()
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda _: pace.wait(), range(20)))
    assert time.monotonic() - began >= 0.19


def test_a_thousand_long_values_fit_into_addresses(sandbox, open_erp, open_crm):
    values = [f"{'长' * 15}{n}" for n in range(500)]
    partner = {"BusinessPartner": ["1"], "BusinessPartnerFullName": [values[499]], "LastChangeDateTime": ["2026-01-01T00:00:00Z"]}
    store.insert(sandbox.erp_path, "A_BusinessPartner", pl.DataFrame(partner))
    assert open_erp().find(PARTNER, "BusinessPartnerFullName", values) == {values[499]: ["1"]}
    assert open_crm().find(ACCOUNT, "Name", values) == {}

"""What V2 services other than SAP's CAP server may answer: batches without ids or cut short, lists without a wrapper."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from urllib.parse import parse_qsl, urlencode, urlsplit
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.config.models import Source
from reconcile.connect.odata.dialect import any_of, is_written, key_predicate
from reconcile.connect.odata.metadata import parse
from reconcile.connect.odata.multipart import answered, multipart
from reconcile.connect.odata.parts import Part
from reconcile.connect.odata.v2 import V2
from reconcile.connect.port import OutcomeStatus, Write
from reconcile.errors import SystemAnswerUnreadable

METADATA = b"""<edmx:Edmx xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx" Version="1.0"
 xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata" xmlns:sap="http://www.sap.com/Protocols/SAPData">
<edmx:DataServices m:DataServiceVersion="2.0">
<Schema xmlns="http://schemas.microsoft.com/ado/2008/09/edm" Namespace="S" Alias="A">
<EntityType Name="Thing"><Key><PropertyRef Name="ID"/></Key><Property Name="ID" Type="Edm.Guid" Nullable="false"/>
<Property Name="N" Type="Edm.Int32"/><Property Name="D" Type="Edm.DateTime" sap:display-format="Date"/>
<Property Name="T" Type="Edm.DateTime"/><Property Name="M" Type="Edm.Decimal"/>
<NavigationProperty Name="parts" Relationship="A.Thing_Part" FromRole="whole" ToRole="part"/>
<NavigationProperty Name="whole" Relationship="S.Thing_Part" FromRole="part" ToRole="whole"/>
<NavigationProperty Name="lost" Relationship="S.Nowhere" FromRole="a" ToRole="b"/></EntityType>
<Association Name="Thing_Part"><End Role="whole" Type="A.Thing" Multiplicity="0..1"/>
<End Role="part" Type="S.Thing" Multiplicity="*"/></Association>
<EntityContainer Name="C"><EntitySet Name="Things" EntityType="S.Thing"/></EntityContainer></Schema>
</edmx:DataServices></edmx:Edmx>"""
THINGS = Source(object="Things", key="ID")
GUID = "11111111-2222-3333-4444-555555555555"
OK, REJECTED, CONFLICT, UNKNOWN = OutcomeStatus.OK, OutcomeStatus.REJECTED, OutcomeStatus.CONFLICT, OutcomeStatus.UNKNOWN


def test_a_description_is_told_apart_from_v4_and_names_relations_by_their_associations():
    service = parse(METADATA)
    thing = service.of("Things")
    assert service.version == "v2"
    assert dict(thing.properties) == {
        "ID": "Edm.Guid", "N": "Edm.Int32", "D": "Edm.Date", "T": "Edm.DateTime", "M": "Edm.Decimal"
    }  # fmt: skip
    assert [(n, v.type, v.many) for n, v in thing.navigations.items()] == [
        ("parts", "S.Thing", True), ("whole", "S.Thing", False), ("lost", "", False)
    ]  # fmt: skip
    column = service.column(thing, "parts/whole/M")
    assert (column.path, column.lists, column.dtype) == (("parts", "results", "whole", "M"), {1}, pl.Float64())
    assert (service.kind(thing, "whole/D"), service.kind(thing, "lost/D")) == ("Edm.Date", "Edm.String")


def test_literals_name_their_type():
    literals = {
        ("Edm.Guid", GUID): f"guid'{GUID}'",
        ("Edm.Date", "2026-01-31"): "datetime'2026-01-31T00:00:00'",
        ("Edm.DateTime", "2026-01-31T10:00:00"): "datetime'2026-01-31T10:00:00'",
        ("Edm.DateTimeOffset", "2026-01-31T10:00:00Z"): "datetimeoffset'2026-01-31T10:00:00Z'",
        ("Edm.Time", "10:11:12"): "time'PT10H11M12S'",
        ("Edm.Decimal", "12.5"): "12.5M",
        ("Edm.Int64", "7"): "7L",
        ("Edm.Double", "1.5"): "1.5d",
        ("Edm.Int32", "7"): "7",
        ("Edm.Boolean", "true"): "true",
        ("Edm.String", "it's"): "'it''s'",
    }
    assert {V2().literal(text, edm) for edm, text in literals} == set(literals.values())
    assert all(is_written(text, edm) for edm, text in literals)


def test_what_can_be_no_key_stands_in_no_filter():
    thing = parse(METADATA).of("Things")
    assert any_of(V2(), thing, ["N"], ["7", "7 or 1 eq 1", "", "x"]) == "(N eq 7)"
    assert any_of(V2(), thing, ["ID"], ["nothing"]) == ""
    with pytest.raises(ValueError, match="'1' is no ID"):
        key_predicate(V2(), thing, ["1"])


def test_values_as_v2_takes_them():
    shanghai = V2(ZoneInfo("Asia/Shanghai"))
    moment = dt.datetime(2026, 1, 31, 20, tzinfo=dt.UTC)
    for value, edm, expected in [
        (moment, "Edm.DateTimeOffset", "/Date(1769889600000+0000)/"),
        (moment, "Edm.DateTime", "/Date(1769918400000)/"),  # what a clock in Shanghai shows
        (moment.replace(tzinfo=None), "Edm.DateTime", "/Date(1769889600000)/"),
        (moment, "Edm.Date", "/Date(1769817600000)/"),
        ("2026-01-31", "Edm.Date", "/Date(1769817600000)/"),
        (dt.date(2026, 1, 31), "Edm.DateTime", "/Date(1769817600000)/"),
        ("soon", "Edm.Date", "soon"),
        (5, "Edm.Date", "5"),
        (Decimal("12.50"), "Edm.Decimal", "12.50"),
        (Decimal("1E+3"), "Edm.Decimal", "1000"),
        (7, "Edm.Int64", "7"),
        ("7.0", "Edm.Int32", 7),
        ("7.5", "Edm.Int32", "7.5"),
        ("1,5", "Edm.Decimal", "1,5"),
        ("10:11", "Edm.Time", "PT10H11M"),
        ("noon", "Edm.Time", "noon"),
        (dt.date(2026, 1, 31), "Edm.String", "2026-01-31"),
        (None, "Edm.Decimal", None),
        (False, "Edm.Boolean", False),
    ]:
        assert shanghai.json(value, edm) == expected, (value, edm)


@given(st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1)).map(lambda at: at.replace(microsecond=0)))  # noqa: DTZ001
def test_a_date_that_was_written_is_read_again(at):
    for edm, expected in {"Edm.DateTime": at.isoformat(), "Edm.Date": at.date().isoformat()}.items():
        frame = pl.DataFrame({"x": [V2().json(at, edm), None, "2026-01-31"]})
        assert V2().typed(frame, {"x": edm})["x"].to_list() == [expected, None, "2026-01-31"]


def answering(scripted, answers):
    """A service that gives each of these (status, headers, body) to what does not ask for its description."""
    left = iter(answers)
    scripted.answer = lambda _m, path, _h, _b: (200, {}, METADATA) if "metadata" in path else next(left)


@pytest.mark.parametrize("wrapped", [True, False])
def test_lists_and_numbers_in_either_writing(scripted, open_erp, wrapped):
    rows = [
        {"ID": GUID, "N": 1, "M": "12.50", "D": "/Date(1769817600000)/", "parts": {"results": [{"M": "1"}]}, "whole": None},
        {"ID": GUID, "N": "2", "M": 3, "D": "2026-01-31T00:00:00", "parts": {"__deferred": {"uri": "x"}}, "whole": {"N": 5}},
    ]
    answering(scripted, [(200, {}, {"d": {"results": rows} if wrapped else rows})] * 2)
    (page,) = open_erp(url=scripted.url).read(THINGS, ["N", "M", "D", "parts/M", "whole/N"])
    assert page.rows() == [(1, 12.5, "2026-01-31", 1.0, None), (2, 3.0, "2026-01-31T00:00:00", None, 5)]
    assert "$select=N,M,D,parts/M,whole/N,ID&$expand=parts,whole" in scripted.asked[-1][1]


class Listing:
    """A service of things numbered from 1, with its own idea of order, paging and limits."""

    def __init__(self, *, order=sorted, most=1000, heeds=("$top", "$filter"), page=1000) -> None:
        self.all = order([f"{n:08d}-0000-0000-0000-000000000000" for n in range(1, 8)])
        self.most, self.heeds, self.page = most, heeds, page
        self.asked = []

    def answer(self, _method, path, _headers, _body):
        if "metadata" in path:
            return 200, {}, METADATA
        options = dict(parse_qsl(urlsplit(path).query))
        self.asked.append(options)
        after = options.get("$filter", "guid''").split("guid'")[1].rstrip("')")
        keys = [k for k in self.all if k > after] if after and "$filter" in self.heeds else self.all
        start = int(options.get("$skiptoken", 0))
        top = int(options.get("$top", self.most)) if "$top" in self.heeds else self.most
        whole = keys[: min(top, self.most)]
        rows = [{"ID": key, "N": int(key[:8])} for key in whole[start : start + self.page]]
        link = (
            {"__next": f"Things?{urlencode(options | {'$skiptoken': start + self.page})}"}
            if start + self.page < len(whole)
            else {}
        )
        return 200, {}, {"d": {"results": rows, **link}}


@pytest.mark.parametrize(
    "listing",
    [
        Listing(),
        Listing(most=2),  # gives two at a time, and does not say so
        Listing(page=1),
        Listing(heeds=["$filter"]),
        Listing(heeds=["$filter"], page=2),
        Listing(order=lambda keys: sorted(keys, reverse=True)),
        Listing(order=lambda keys: sorted(keys, reverse=True), heeds=[], page=2),
    ],
)
def test_no_record_is_lost_whatever_a_service_makes_of_its_pages(scripted, open_erp, listing):
    scripted.answer = listing.answer
    pages = [page["N"].to_list() for page in open_erp(url=scripted.url, page_size=3).read(THINGS, ["N"])]
    assert sorted(n for page in pages for n in page) == [1, 2, 3, 4, 5, 6, 7]
    assert listing.asked[0] == {"$select": "N,ID", "$orderby": "ID", "$top": "3"}


def test_a_service_that_heeds_nothing_and_gives_a_part_is_not_believed(scripted, open_erp):
    scripted.answer = Listing(heeds=[], most=3).answer
    with pytest.raises(SystemAnswerUnreadable, match="its pages are not in the order of the key"):
        list(open_erp(url=scripted.url, page_size=3).read(THINGS, ["N"]))


def test_where_the_count_is_refused_a_list_without_records_says_it(scripted, open_erp):
    answering(scripted, [(404, {}, {}), (200, {}, {"d": {"results": [], "__count": "12"}}), (404, {}, {}), (404, {}, {})])
    erp = open_erp(url=scripted.url)
    assert (erp.count(THINGS), erp.count(THINGS)) == (12, None)
    assert scripted.asked[2][1] == "/Things?$inlinecount=allpages&$top=0"


def test_the_configuration_may_name_the_version(scripted, open_erp):
    answering(scripted, [(200, {}, {"value": [{"N": 1, "parts": [{"M": 2}]}]})])
    (page,) = open_erp(url=scripted.url, odata_version="v4").read(THINGS, ["N", "parts/M"])
    assert page.rows() == [(1, 2.0)]
    assert scripted.asked[-1][1] == "/Things?$select=N&$expand=parts($select=M)"


DONE = "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"
MOVED = 'HTTP/1.1 412 Precondition Failed\r\n\r\n{"error": {"code": "E/412", "message": {"value": "moved"}}}'


def a_set(*answers: str) -> str:
    parts = [f"--c\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n{each}\r\n" for each in answers]
    return "Content-Type: multipart/mixed; boundary=c\r\n\r\n" + "".join(parts) + "--c--"


def alone(answer: str, *headers: str) -> str:
    more = "".join(f"{header}\r\n" for header in headers)
    return f"Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n{more}\r\n{answer}"


def a_batch(*parts: str) -> tuple[int, dict[str, str], bytes]:
    body = "".join(f"--b\r\n{part}\r\n" for part in parts) + "--b--\r\n"
    return 202, {"content-type": "multipart/mixed; boundary=b"}, body.encode()


def outcomes_of(scripted, open_erp, answer):
    version = json.dumps({"etag": "e", "behind": {"whole": {"url": f"Things(guid'{GUID}')", "etag": "f"}}})
    writes = [
        Write("a", THINGS, {"N": 1}, key=GUID, version=version),
        Write("b", THINGS, {"N": 2, "whole/N": 3}, key=GUID, version=version),
        Write("c", THINGS, {"N": 4}),
    ]
    answering(scripted, [(200, {"x-csrf-token": "t"}, {}), answer])
    return [(o.status, o.message) for o in open_erp(url=scripted.url).write(writes)]


def test_answers_without_ids_are_told_apart_by_their_order(scripted, open_erp):
    created = f'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n\r\n{{"d": {{"ID": "{GUID}"}}}}'
    assert outcomes_of(scripted, open_erp, a_batch(a_set(DONE), a_set(DONE, DONE), a_set(created))) == [(OK, "")] * 3
    sent = scripted.asked[-1]
    assert sent[2]["x-csrf-token"] == "t"
    assert sent[3].count(b"MERGE Things(guid'") == 3
    assert [line for line in sent[3].splitlines() if line.startswith(b"if-match")] == [
        b"if-match: e",
        b"if-match: e",
        b"if-match: f",
    ]


def test_a_change_set_that_failed_has_one_answer_for_all_its_requests(scripted, open_erp):
    got = outcomes_of(scripted, open_erp, a_batch(a_set(DONE), alone(MOVED), a_set(DONE)))
    assert got == [(OK, ""), (CONFLICT, "E/412: moved"), (OK, "")]


def test_an_id_says_whose_answer_it_is_and_those_without_one_are_unknown(scripted, open_erp):
    got = outcomes_of(scripted, open_erp, a_batch(alone(MOVED, "Content-ID: 2")))
    assert [status for status, _ in got] == [UNKNOWN, CONFLICT, UNKNOWN]


@pytest.mark.parametrize(
    "answer",
    [
        a_batch(a_set(DONE), alone(MOVED)),  # one is missing, and nothing says which
        a_batch(a_set(DONE), a_set(DONE, DONE, DONE), a_set(DONE)),
        a_batch(a_set(DONE), alone("not HTTP"), a_set(DONE)),
        (200, {"content-type": "text/html"}, b"<html>"),
        (200, {"content-type": "multipart/mixed"}, b""),
        (500, {}, b""),
    ],
)
def test_answers_that_can_not_be_told_apart_are_unknown(scripted, open_erp, answer):
    assert {status for status, _ in outcomes_of(scripted, open_erp, answer)} == {UNKNOWN}


def test_the_words_of_a_gateway_stand_in_its_details(scripted, open_erp):
    details = [{"code": "R1/220", "message": "City is missing"}, {"code": "E/1", "message": "No"}]
    error = {"error": {"code": "E/1", "message": {"lang": "en", "value": "No"}, "innererror": {"errordetails": details}}}
    got = outcomes_of(scripted, open_erp, a_batch(*[alone(f"HTTP/1.1 400 Bad Request\r\n\r\n{json.dumps(error)}")] * 3))
    assert got == [(REJECTED, "E/1: No; R1/220: City is missing")] * 3


@given(st.lists(st.lists(st.text(), min_size=1, max_size=3), min_size=1, max_size=5))
def test_every_request_of_a_batch_arrives_and_its_answer_finds_back(groups):
    parts = [[Part("POST", "Things", {"x": text}) for text in group] for group in groups]
    content_type, body = multipart(parts)
    assert body.isascii()
    arrived = body.decode().replace("POST Things HTTP/1.1", "HTTP/1.1 200 OK")  # a service that answers what it was asked
    answers = answered(content_type, arrived.encode(), parts)
    assert [answers[at].body["x"] for at in range(len(answers))] == [text for group in groups for text in group]

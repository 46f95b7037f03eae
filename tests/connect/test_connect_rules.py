"""What each system's own metadata demands of values, read into the rules that corrections are checked against."""

from __future__ import annotations

import polars as pl
import pytest

from reconcile.config.models import Source, System
from reconcile.connect.files.connector import FilesConnector
from reconcile.connect.memory import MemoryConnector
from reconcile.connect.odata.metadata import parse
from reconcile.connect.salesforce.rules import rule_of as salesforce_rule
from reconcile.connect.tryton.rules import rule_of as tryton_rule
from reconcile.results import FieldRule, Holds

PLAIN = {"type": "string", "nillable": True, "createable": True, "updateable": True, "length": 80, "unique": False}


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({}, FieldRule(Holds.TEXT, max_length=80)),
        ({"nillable": False}, FieldRule(Holds.TEXT, required=True, max_length=80)),
        ({"nillable": False, "defaultedOnCreate": True}, FieldRule(Holds.TEXT, required=True, defaulted=True, max_length=80)),
        ({"createable": False, "updateable": False}, FieldRule(Holds.TEXT, creatable=False, updatable=False, max_length=80)),
        ({"unique": True, "caseSensitive": True}, FieldRule(Holds.TEXT, max_length=80, unique=True, case_matters=True)),
        ({"type": "currency", "precision": 18, "scale": 2, "length": 0}, FieldRule(Holds.NUMBER, whole_digits=16, decimals=2)),
        ({"type": "double", "precision": 3, "scale": 0, "length": 0}, FieldRule(Holds.NUMBER, whole_digits=3, decimals=0)),
        ({"type": "int", "digits": 9, "precision": 0, "length": 0}, FieldRule(Holds.INTEGER, whole_digits=9)),
        ({"type": "reference", "length": 18}, FieldRule(Holds.REFERENCE)),
        ({"type": "boolean", "length": 0}, FieldRule(Holds.BOOLEAN)),
        ({"type": "date", "length": 0}, FieldRule(Holds.DATE)),
    ],
)
def test_a_field_of_a_salesforce_describe(said, rule):
    assert salesforce_rule({**PLAIN, **said}) == rule


def test_only_the_active_values_of_a_restricted_picklist_are_a_closed_list():
    values = [{"value": "Hot", "active": True}, {"value": "Old", "active": False}]
    picklist = {**PLAIN, "type": "picklist", "picklistValues": values}
    assert salesforce_rule({**picklist, "restrictedPicklist": True}).allowed == ("Hot",)
    assert salesforce_rule({**picklist, "restrictedPicklist": False}).allowed == ()
    several = {**picklist, "type": "multipicklist", "restrictedPicklist": True}
    assert salesforce_rule(several).allowed == ()  # its value holds several words at once


V4 = """<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">
<edmx:Reference Uri="c"><edmx:Include Namespace="Org.OData.Core.V1" Alias="Core"/></edmx:Reference>
<edmx:Reference Uri="v"><edmx:Include Namespace="Org.OData.Validation.V1" Alias="Validation"/></edmx:Reference>
<edmx:Reference Uri="p"><edmx:Include Namespace="Org.OData.Capabilities.V1" Alias="Capabilities"/></edmx:Reference>
<edmx:Reference Uri="s"><edmx:Include Namespace="com.sap.vocabularies.Common.v1" Alias="Common"/></edmx:Reference>
<edmx:DataServices><Schema Namespace="my.erp" Alias="SELF" xmlns="http://docs.oasis-open.org/odata/ns/edm">
<EntityType Name="Base"><Key><PropertyRef Name="ID"/></Key>
 <Property Name="ID" Type="Edm.String" Nullable="false" MaxLength="10"/>
 <Property Name="Note" Type="Edm.String" MaxLength="max"/></EntityType>
<EntityType Name="Partner" BaseType="SELF.Base">
 <Property Name="Name" Type="Edm.String" Nullable="false" MaxLength="40"/>
 <Property Name="Status" Type="Edm.String" Nullable="false" DefaultValue="A"/>
 <Property Name="Amount" Type="Edm.Decimal" Precision="15" Scale="2"/>
 <Property Name="Weight" Type="Edm.Decimal" Precision="9" Scale="variable"/>
 <Property Name="Level" Type="Edm.Int16"/>
 <Property Name="Since" Type="Edm.Date"/>
 <Property Name="Flag" Type="Edm.Boolean"/>
 <Property Name="Changed" Type="Edm.DateTimeOffset"><Annotation Term="Core.Computed"/></Property>
 <Property Name="Born" Type="Edm.Date"/><Property Name="Score" Type="Edm.Double"/><Property Name="Kept" Type="Edm.String"/>
 <Property Name="Must" Type="Edm.String"/><Property Name="Never" Type="Edm.String"/><Property Name="Once" Type="Edm.String"/>
</EntityType>
<EntityContainer Name="C"><EntitySet Name="Partners" EntityType="SELF.Partner"/></EntityContainer>
<Annotations Target="SELF.Partner/Status"><Annotation Term="Validation.AllowedValues"><Collection>
 <Record><PropertyValue Property="Value" String="A"/></Record><Record><PropertyValue Property="Value" String="B"/></Record>
</Collection></Annotation></Annotations>
<Annotations Target="my.erp.Partner/Born"><Annotation Term="Core.Immutable" Bool="true"/></Annotations>
<Annotations Target="my.erp.Partner/Score"><Annotation Term="Core.Computed" Bool="false"/></Annotations>
<Annotations Target="my.erp.Partner/Kept">
 <Annotation Term="Core.Permissions"><EnumMember>Core.Permission/Read</EnumMember></Annotation></Annotations>
<Annotations Target="my.erp.Partner/Must">
 <Annotation Term="Common.FieldControl" EnumMember="Common.FieldControlType/Mandatory"/></Annotations>
<Annotations Target="SELF.C/Partners">
 <Annotation Term="Capabilities.InsertRestrictions"><Record><PropertyValue Property="NonInsertableProperties"><Collection>
  <PropertyPath>Never</PropertyPath></Collection></PropertyValue></Record></Annotation>
 <Annotation Term="Capabilities.UpdateRestrictions"><Record><PropertyValue Property="NonUpdatableProperties"><Collection>
  <PropertyPath>Never</PropertyPath><PropertyPath>Once</PropertyPath></Collection></PropertyValue></Record></Annotation>
</Annotations>
</Schema></edmx:DataServices></edmx:Edmx>"""


@pytest.mark.parametrize(
    ("field", "rule"),
    [
        ("ID", FieldRule(Holds.TEXT, updatable=False, max_length=10)),  # a key may be the service's to give
        ("Note", FieldRule(Holds.TEXT)),
        ("Name", FieldRule(Holds.TEXT, required=True, max_length=40)),
        ("Status", FieldRule(Holds.TEXT, required=True, defaulted=True, allowed=("A", "B"))),
        ("Amount", FieldRule(Holds.NUMBER, whole_digits=13, decimals=2)),
        ("Weight", FieldRule(Holds.NUMBER, digits=9)),
        ("Level", FieldRule(Holds.INTEGER, whole_digits=5)),
        ("Since", FieldRule(Holds.DATE)),
        ("Flag", FieldRule(Holds.BOOLEAN)),
        ("Changed", FieldRule(Holds.DATETIME, creatable=False, updatable=False)),
        ("Born", FieldRule(Holds.DATE, updatable=False)),
        ("Score", FieldRule(Holds.NUMBER)),
        ("Kept", FieldRule(Holds.TEXT, creatable=False, updatable=False)),
        ("Must", FieldRule(Holds.TEXT, required=True)),
        ("Never", FieldRule(Holds.TEXT, creatable=False, updatable=False)),
        ("Once", FieldRule(Holds.TEXT, updatable=False)),
    ],
)
def test_a_property_of_odata_v4_by_its_facets_and_annotations(field, rule):
    assert parse(V4.encode()).of("Partners").rules[field] == rule


V2 = """<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx"
 xmlns:sap="http://www.sap.com/Protocols/SAPData">
<edmx:DataServices><Schema Namespace="API" xmlns="http://schemas.microsoft.com/ado/2008/09/edm">
<EntityType Name="Partner"><Key><PropertyRef Name="ID"/></Key>
 <Property Name="ID" Type="Edm.String" Nullable="false" MaxLength="10"/>
 <Property Name="Name" Type="Edm.String" MaxLength="81"/>
 <Property Name="Created" Type="Edm.DateTime" sap:creatable="false" sap:updatable="false"/>
 <Property Name="Group" Type="Edm.String" MaxLength="4" sap:updatable="false"/>
 <Property Name="Amount" Type="Edm.Decimal" Precision="14" Scale="3"/></EntityType>
<EntityContainer Name="C"><EntitySet Name="Partners" EntityType="API.Partner"/></EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>"""


def test_a_property_of_odata_v2_by_its_facets_and_saps_attributes():
    rules = parse(V2.encode()).of("Partners").rules
    assert rules["Name"] == FieldRule(Holds.TEXT, max_length=81)
    assert rules["Created"] == FieldRule(Holds.DATETIME, creatable=False, updatable=False)
    assert rules["Group"] == FieldRule(Holds.TEXT, updatable=False, max_length=4)
    assert rules["Amount"] == FieldRule(Holds.NUMBER, whole_digits=11, decimals=3)


def test_a_service_that_knows_no_null_requires_only_what_it_marks_as_mandatory():
    everywhere = V4.replace(' Nullable="false"', "").replace(' Type="Edm.', ' Nullable="false" Type="Edm.')
    rules = parse(everywhere.encode()).of("Partners").rules
    assert [name for name, rule in rules.items() if rule.required] == ["Must"]


def test_a_path_behind_a_relation_is_judged_by_the_fields_there_and_its_key_comes_with_the_relation(sandbox, open_erp):
    rules = open_erp().describe(Source(object="A_BusinessPartner", key="BusinessPartner")).rules
    assert rules["to_BusinessPartnerAddress/CityName"].max_length == 40
    assert not any(rule.required for name, rule in rules.items() if "/" in name)
    assert rules["BusinessPartner"] == FieldRule(Holds.TEXT, creatable=False, updatable=False, max_length=10)


def test_a_path_behind_a_lookup_is_never_written_to_salesforce(sandbox, open_crm):
    rules = open_crm().describe(Source(object="Contact", key="Id")).rules
    assert rules["Account.Name"] == FieldRule(creatable=False, updatable=False)
    assert rules["LastName"] == FieldRule(Holds.TEXT, required=True, max_length=80)
    assert rules["ERP_Number__c"].unique
    assert rules["Id"].creatable is False


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"type": "char", "size": 12, "required": True}, FieldRule(Holds.TEXT, required=True, max_length=12)),
        ({"type": "char", "size": {"__class__": "Eval"}}, FieldRule(Holds.TEXT)),
        ({"type": "text", "readonly": True}, FieldRule(Holds.TEXT, creatable=False, updatable=False)),
        ({"type": "numeric", "digits": "[16, 2]"}, FieldRule(Holds.NUMBER, whole_digits=16, decimals=2)),
        ({"type": "numeric", "digits": "[null, 4]"}, FieldRule(Holds.NUMBER, decimals=4)),
        ({"type": "numeric", "digits": '[16, {"__class__": "Eval"}]'}, FieldRule(Holds.NUMBER, whole_digits=16)),
        ({"type": "numeric", "digits": '"currency"'}, FieldRule(Holds.NUMBER)),
        ({"type": "numeric", "digits": "null"}, FieldRule(Holds.NUMBER)),
        ({"type": "selection", "selection": [[None, ""], ["a", "A"], ["b", "B"]]}, FieldRule(Holds.TEXT, allowed=("a", "b"))),
        ({"type": "selection", "selection": "get_words"}, FieldRule(Holds.TEXT)),
        ({"type": "many2one", "relation": "party.party"}, FieldRule(Holds.REFERENCE)),
        ({"type": "timestamp"}, FieldRule(Holds.DATETIME)),
        ({"type": "one2many"}, FieldRule()),
    ],
)
def test_a_field_of_trytons_fields_get(said, rule):
    assert tryton_rule(said) == rule


def test_of_files_nothing_is_known_and_of_memory_what_it_was_given(tmp_path):
    (tmp_path / "x.csv").write_text("Id,Name\n1,a\n")
    source = Source(object="x.csv", key="Id")
    assert FilesConnector("f", System(role="crm", connector="files", path="."), tmp_path).describe(source).rules == {}
    rules = {"x": {"Name": FieldRule(max_length=3)}}
    memory = MemoryConnector("m", {"x": pl.DataFrame({"Id": ["1"], "Name": ["a"]})}, rules=rules)
    assert memory.describe(Source(object="x", key="Id")).rules == rules["x"]

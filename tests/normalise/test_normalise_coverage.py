"""Holes in code maps are told by field: how many codes, in how many records."""

import polars as pl

from reconcile.config.models import Entity, System
from reconcile.normalise import normalise, unmapped_codes
from reconcile.records import Role

SOURCE = {"object": "x", "key": "Id"}


def test_a_hole_in_a_code_map_says_how_much_it_covers():
    fields = {"status": {"crm": "S", "erp": "S", "type": "code", "values": {"Active": "01"}}}
    entity = Entity.model_validate({"crm": SOURCE, "erp": SOURCE, "fields": fields})
    system = System.model_validate({"role": "crm", "connector": "files", "path": "x"})
    written = ["Active", "Frozen", "Frozen", "Closed", None, ""]
    raw = pl.DataFrame({"Id": [str(n) for n in range(6)], "S": written})
    told = unmapped_codes(normalise(raw, "x", entity, Role.CRM, system))
    assert told == [{"field": "status", "codes": "2", "count": "3", "records": "4", "names": "Frozen, Closed"}]


def test_a_map_without_holes_says_nothing():
    fields = {"status": {"crm": "S", "erp": "S", "type": "code", "values": {"Active": "01"}}}
    entity = Entity.model_validate({"crm": SOURCE, "erp": SOURCE, "fields": fields})
    system = System.model_validate({"role": "crm", "connector": "files", "path": "x"})
    raw = pl.DataFrame({"Id": ["1"], "S": ["active"]})
    assert unmapped_codes(normalise(raw, "x", entity, Role.CRM, system)) == []

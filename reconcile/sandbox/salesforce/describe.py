"""What the CRM says of its objects: the describe calls, as clients and mapping tools read them."""

from __future__ import annotations

from typing import Any

from reconcile.sandbox.objects import CRM, CRM_DECIMALS, CRM_WHOLE_DIGITS, FieldSpec, ObjectSpec
from reconcile.sandbox.salesforce.ids import KEY_PREFIXES

READ_ONLY = frozenset({"CreatedDate", "LastModifiedDate", "SystemModstamp"})
"""Fields the system keeps by itself."""

_TYPES = {"decimal": "double", "date": "date", "datetime": "datetime", "string": "string"}
_ROOT = "/services/data/v62.0/sobjects"


def everything() -> dict[str, Any]:
    """The global describe."""
    return {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": [summary(spec) for spec in CRM.values()]}


def summary(spec: ObjectSpec) -> dict[str, Any]:
    """What one object is and may, without its fields."""
    return {
        "name": spec.name,
        "label": label(spec.name),
        "labelPlural": f"{label(spec.name)}s",
        "keyPrefix": KEY_PREFIXES[spec.name],
        "custom": spec.name.endswith("__c"),
        "createable": True,
        "updateable": True,
        "deletable": True,
        "queryable": True,
        "retrieveable": True,
        "urls": {
            "sobject": f"{_ROOT}/{spec.name}",
            "describe": f"{_ROOT}/{spec.name}/describe",
            "rowTemplate": f"{_ROOT}/{spec.name}/{{ID}}",
        },
    }


def described(spec: ObjectSpec) -> dict[str, Any]:
    """One object with its fields and the objects that refer to it."""
    children = [
        {
            "childSObject": other.name,
            "field": ours,
            "relationshipName": f"{other.name.removesuffix('__c')}s",
            "cascadeDelete": False,
        }
        for other in CRM.values()
        for parent, columns in other.relations.values()
        if parent == spec.name
        for ours in columns.values()
    ]
    fields = [_field(spec, field) for field in spec.fields]
    return {**summary(spec), "fields": fields, "childRelationships": children, "recordTypeInfos": []}


def object_of(identifier: str) -> ObjectSpec | None:
    """The object whose records have ids like this, None if there is none."""
    return next((CRM[name] for name, prefix in KEY_PREFIXES.items() if identifier.startswith(prefix)), None)


def label(name: str) -> str:
    """What people read instead of the technical name."""
    return name.removesuffix("__c").replace("_", " ")


def writable(spec: ObjectSpec, field: FieldSpec) -> bool:
    """Whether a caller may set the field."""
    return field.name not in READ_ONLY and field.name not in ("Id", spec.number_field)


def _field(spec: ObjectSpec, field: FieldSpec) -> dict[str, Any]:
    relation = next((name for name, (_, columns) in spec.relations.items() if field.name in columns.values()), None)
    kind = (
        "id" if field.name == "Id" else "reference" if field.refers_to else "picklist" if field.picklist else _TYPES[field.type]
    )
    system = field.name == "Id" or field.name in READ_ONLY
    return {
        "name": field.name,
        "label": label(field.name),
        "type": kind,
        "soapType": {"id": "tns:ID", "reference": "tns:ID", "picklist": "xsd:string", "datetime": "xsd:dateTime"}.get(
            kind, f"xsd:{kind}"
        ),
        "length": field.length if field.type == "string" else 0,
        "precision": CRM_WHOLE_DIGITS + CRM_DECIMALS if field.type == "decimal" else 0,
        "scale": CRM_DECIMALS if field.type == "decimal" else 0,
        "nillable": not (field.required or system),
        "createable": writable(spec, field),
        "updateable": writable(spec, field),
        "defaultedOnCreate": system,
        "autoNumber": field.name == spec.number_field,
        "calculated": False,
        "custom": field.name.endswith("__c"),
        "externalId": field.name == spec.external_id,
        "unique": field.name == spec.external_id,
        "idLookup": field.name in ("Id", spec.external_id),
        "filterable": True,
        "sortable": True,
        "restrictedPicklist": bool(field.picklist),
        "picklistValues": [{"value": v, "label": v, "active": True, "defaultValue": False} for v in field.picklist],
        "referenceTo": [field.refers_to] if field.refers_to else [],
        "relationshipName": relation,
    }

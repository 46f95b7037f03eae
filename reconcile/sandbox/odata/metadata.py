"""The ERP's service document and its $metadata in CSDL XML."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import quoteattr

from reconcile.sandbox.objects import ERP, ERP_DIGITS, FieldSpec, ObjectSpec

NAMESPACE = "com.sap.gateway.srvd.api_sandbox.v0001"
_COMMON = "com.sap.vocabularies.Common.v1"
_TYPES = {
    "string": "Edm.String",
    "decimal": f'Edm.Decimal" Precision="{ERP_DIGITS}" Scale="variable',
    "date": "Edm.Date",
    "datetime": 'Edm.DateTimeOffset" Precision="7',
}


def service_document() -> dict[str, Any]:
    """The entity sets."""
    return {"@odata.context": "$metadata", "value": [{"name": name, "kind": "EntitySet", "url": name} for name in ERP]}


def metadata() -> bytes:
    """The whole schema."""
    types = "".join(_entity_type(spec) for spec in ERP.values())
    sets = "".join(_entity_set(spec) for spec in ERP.values())
    notes = "".join(_annotations(spec, field) for spec in ERP.values() for field in spec.fields)
    document = (
        f'<?xml version="1.0" encoding="utf-8"?>'
        f'<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" xmlns="http://docs.oasis-open.org/odata/ns/edm">'
        f'<edmx:DataServices><Schema Namespace={quoteattr(NAMESPACE)} Alias="SAP__self">{types}'
        f'<EntityContainer Name="Container">{sets}</EntityContainer>{notes}</Schema></edmx:DataServices></edmx:Edmx>'
    )
    return document.encode()


def _annotations(spec: ObjectSpec, field: FieldSpec) -> str:
    """What the facets of a property can't say: what the system keeps to itself, what must be given, and closed lists."""
    said = ""
    if field.name == spec.modified or (spec.first_number is not None and field.name == spec.key[-1]):
        said += '<Annotation Term="Org.OData.Core.V1.Computed" Bool="true"/>'
    elif field.name in spec.key and (field.name != spec.key[-1] or len(spec.key) == 1):  # the last part of several is counted
        said += f'<Annotation Term="{_COMMON}.FieldControl" EnumMember="{_COMMON}.FieldControlType/Mandatory"/>'
    if field.picklist:
        values = "".join(f'<Record><PropertyValue Property="Value" String={quoteattr(v)}/></Record>' for v in field.picklist)
        said += f'<Annotation Term="Org.OData.Validation.V1.AllowedValues"><Collection>{values}</Collection></Annotation>'
    target = quoteattr(f"{NAMESPACE}.{spec.name}Type/{field.name}")
    return f"<Annotations Target={target}>{said}</Annotations>" if said else ""


def _entity_type(spec: ObjectSpec) -> str:
    key = "".join(f"<PropertyRef Name={quoteattr(name)}/>" for name in spec.key)
    properties = "".join(_property(spec, field) for field in spec.fields)
    navigation = "".join(
        f'<NavigationProperty Name={quoteattr(name)} Type="Collection({NAMESPACE}.{other}Type)"/>'
        for name, (other, _) in spec.relations.items()
    )
    return f'<EntityType Name="{spec.name}Type"><Key>{key}</Key>{properties}{navigation}</EntityType>'


def _property(spec: ObjectSpec, field: FieldSpec) -> str:
    nullable = "false" if field.required or field.name in spec.key else "true"
    length = f' MaxLength="{field.length}"' if field.type == "string" else ""
    return f'<Property Name={quoteattr(field.name)} Type="{_TYPES[field.type]}" Nullable="{nullable}"{length}/>'


def _entity_set(spec: ObjectSpec) -> str:
    bindings = "".join(
        f"<NavigationPropertyBinding Path={quoteattr(name)} Target={quoteattr(other)}/>"
        for name, (other, _) in spec.relations.items()
    )
    return f'<EntitySet Name="{spec.name}" EntityType="{NAMESPACE}.{spec.name}Type">{bindings}</EntitySet>'

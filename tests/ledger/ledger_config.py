"""The least configuration that the gates take."""

from reconcile.config.models import ProjectConfig

_SIDE = {"object": "customers", "key": "Key"}
CONFIG = ProjectConfig.model_validate(
    {
        "project": "ledger",
        "systems": {role: {"role": role, "connector": "files", "path": "."} for role in ("crm", "erp")},
        "entities": {"customers": {"crm": _SIDE, "erp": _SIDE, "fields": {}}},
    }
)

"""One `reconcile.yaml` per project: what it may say (models), how it is read (load), and what it means (checks)."""

"""One file for each version of the ledger's tables: `upgrade` leads there from the version before."""

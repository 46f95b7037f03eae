"""OData V2 and V4, as SAP speaks them: what a service says of itself, reading in pages, writing in batches."""

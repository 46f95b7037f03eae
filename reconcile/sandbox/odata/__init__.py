"""The ERP: OData V4 as SAP speaks it, with sessions, batches, filters and its errors."""

"""A CRM and an ERP of our own, over real HTTP, for the demo, for training and for tests. It imports nothing of the engine."""

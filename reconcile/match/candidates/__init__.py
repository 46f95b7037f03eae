"""Which pairs are compared at all: those that share something telling, within a budget of pairs and memory."""

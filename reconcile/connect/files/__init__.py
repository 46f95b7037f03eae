"""Files as a system: which there are, what they are written in, and their records as tables."""

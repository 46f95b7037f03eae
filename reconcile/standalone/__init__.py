"""Plain files without a project: match, dedupe, compare; read, find what to go by, write.

Nothing is imported here: each command loads what it needs and no more.
"""

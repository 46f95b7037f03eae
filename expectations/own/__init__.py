"""Our own expectations: what a value of business must be, and rules across tables, runs and systems.

Apart from `engine`, which knows no business. Importing this package imports no Great Expectations.
"""

"""Field by field: which values of linked pairs are not equal under their field's rule, and which records have no counterpart.

Nothing is imported here: comparing plain files loads none of what only a project needs.
"""

"""Finds which CRM record is which ERP record: remembered links, shared keys, then Fellegi-Sunter, one to one.

Nothing is imported here: matching plain files loads none of what only a project needs.
"""

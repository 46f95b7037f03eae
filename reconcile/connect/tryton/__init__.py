"""Tryton over JSON-RPC: its models, its values both ways, reading and writing."""

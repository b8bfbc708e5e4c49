"""Generalizability theory: variance components, and what other designs would be worth. Pure."""

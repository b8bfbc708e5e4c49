"""Whom a standard would certify, tried on raters of known kinds. Pure."""

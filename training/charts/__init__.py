"""Accessible inline SVG charts, each with a table twin."""

"""Micro-exercises: one minute of a meeting, one element, and a twin one scale point apart."""

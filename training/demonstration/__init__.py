"""Labelled demonstration people and data, and the command that serves them."""

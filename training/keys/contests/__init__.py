"""Contesting an item of a practice key, and answering what was contested."""

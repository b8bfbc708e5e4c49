"""Panels: experts rate independently, agree on a consensus with reasons, and ratify keys."""

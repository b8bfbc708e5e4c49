"""Tracks: the ways to the standards in use, and the one that somebody is on."""

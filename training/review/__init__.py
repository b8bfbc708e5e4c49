"""Spaced review: questions that were missed come back until they are known; their history."""

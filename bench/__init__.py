"""Measures of speed and memory, as ratios to an empty Flask view: python -m bench."""

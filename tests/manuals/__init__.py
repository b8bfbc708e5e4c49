"""The rater's manuals."""

"""A rater's attempt: whether it may be opened, its form and sessions, its end, its result."""

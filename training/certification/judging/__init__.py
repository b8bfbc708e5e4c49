"""From evidence to a decision: the standard, its gates, and what follows. Pure."""

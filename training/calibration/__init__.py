"""Rating sessions, comparison with the consensus, feedback."""

"""Learning: the stages of a module, mastery, the journal."""

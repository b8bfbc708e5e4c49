"""Days that matter to a person, on a page and as a file for their calendar."""

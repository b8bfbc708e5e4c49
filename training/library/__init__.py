"""The documents: their schema, reading, checking and publishing."""

"""How the keys in use stand the test of first ratings."""

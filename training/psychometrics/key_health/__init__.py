"""Whether ratings speak against a key, with drift of the raters told apart. Pure."""

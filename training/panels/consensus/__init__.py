"""Round two: what a panel agrees on after discussion, and the key its signatures make."""

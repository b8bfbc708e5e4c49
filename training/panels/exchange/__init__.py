"""Panel ratings as a file: taken out, and brought in from a panel that met elsewhere."""

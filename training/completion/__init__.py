"""Confirmations of completed learning: of a module, or of all modules of a track."""

"""The rater's manual of each instrument: on pages of its own, on paper, and as a PDF."""

"""What trainers take away of a cohort: ratings and agreement, with a codebook."""

"""What trainers see: cohorts, invitations, who is where."""

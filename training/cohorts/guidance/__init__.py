"""How trainers guide raters: due dates, comments, reminders."""

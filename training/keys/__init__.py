"""Keys in use: who has seen one, who contests one, how sound it is, and what a new one changes."""

"""What may be said in public about how keys were made."""

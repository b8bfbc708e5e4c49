"""What practice lets expect of an attempt at certification: a forecast, never a verdict."""

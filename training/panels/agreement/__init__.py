"""How far the experts of a panel agree before they talk."""

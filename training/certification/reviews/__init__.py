"""What certifiers do about a decision, who may, and with how many signatures."""

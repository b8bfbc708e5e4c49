"""The landing page, the way home, health of the service."""

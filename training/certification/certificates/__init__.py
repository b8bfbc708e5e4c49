"""Certificates: on a page, on paper and in public, how long they hold, and their end."""

"""Putting a new version of a key in use, and what that means for what rested on the old one."""

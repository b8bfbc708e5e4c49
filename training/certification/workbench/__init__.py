"""Trying a standard before it decides about anybody."""

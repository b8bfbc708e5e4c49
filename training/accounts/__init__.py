"""People, roles, sign-in, invitations to the service."""

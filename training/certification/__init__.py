"""Standards, attempts, decisions and certificates: what turns ratings into a signed statement."""

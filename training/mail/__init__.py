"""Letters: sent by SMTP where configured, otherwise kept in the outbox."""

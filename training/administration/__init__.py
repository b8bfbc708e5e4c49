"""What an administrator needs: people, content, trail, outbox."""

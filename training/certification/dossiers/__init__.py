"""Everything a certifier reads before signing, on a page and as files that can be checked."""

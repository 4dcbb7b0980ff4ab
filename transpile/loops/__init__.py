"""Loop nests of C: what runs how often, what is read and written where, and what depends on what."""

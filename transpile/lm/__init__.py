"""Language models as proposers: what they say is untrusted text, and only the checker decides what it is worth."""

"""GnuCOBOL as the oracle: programs that run bounded, and modules that are called in a process of their own."""

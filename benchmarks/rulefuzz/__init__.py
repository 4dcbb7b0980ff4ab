"""Random cases for each rule of ``cobol_rules``, and what GnuCOBOL makes of them."""

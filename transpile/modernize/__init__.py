"""COBOL files to checked Python: what is proposed, what is checked of it, what becomes of the checks."""

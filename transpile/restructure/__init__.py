"""COBOL programs, parsed and with their names found, as programs of ``transpile.legacy``.

``program.restructure(unit)`` is the way in. What is not translated raises ``UnsupportedError`` with its place and name.
"""

"""What may be written of a translation."""

from __future__ import annotations

from transpile.options import Options
from transpile.translation import Translation


def may_write(translation: Translation, options: Options) -> bool:
    """Code that does not meet the requirement is never written; a trap in its place may be."""
    if not translation.text:
        return False
    if translation.meets(options.require):
        return True
    return options.allow_untranslated and all(block.trapped for _, block in translation.failing(options.require))

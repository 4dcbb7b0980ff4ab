"""The public C programs that training data is compiled from: Debian source packages, one project each.

Projects are listed with their licences for the data card. None of their text is kept: what is learnt from are
canonical blocks of the assembly that compilers give for it. Whole projects are held out, by ``pairs.split_of``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A source package; ``licence`` is that of most of its C files, as in its ``debian/copyright``."""

    package: str
    licence: str


_BY_LICENCE = {
    "Apache-2.0": "mbedtls",
    "BSD-2-clause": "libsamplerate lz4 openjpeg2 tre xxhash",
    "BSD-3-clause": "discount figlet libevent libwebp lighttpd opus pcre2 snowball speex",
    "CC0 or public domain": "libb2 libtomcrypt libtommath sqlite3 xz-utils",
    "FTL": "freetype",
    "GPL-2+": "bc cliquer dash ed fftw3 jbigkit lzo2 potrace",
    "GPL-3+": "glpk gsl gzip rsync sed",
    "IJG": "libjpeg-turbo",
    "ISC": "mujs signify-openbsd yajl",
    "LGPL-2.1+": "flac libconfig libgcrypt20 libmicrohttpd libmspack libsndfile tcc",
    "LGPL-3+": "gmp nettle",
    "MIT": (
        "bearssl brotli cjson cmark duktape expat giflib htslib http-parser jansson jq json-c lcms2 "
        "libdeflate libsodium libuv1 libxml2 libyaml lua5.4 minimap2 picosat"
    ),
    "other permissive": "byacc bzip2 fairymax less libpng1.6 mafft netpbm-free qhull tiff tinyscheme unzip",
    "Zlib": "minizip zlib",
    "BSD-3-clause or GPL-2": "libzstd",
}

SOURCES = tuple(
    sorted(
        (Source(package, licence) for licence, packages in _BY_LICENCE.items() for package in packages.split()),
        key=lambda source: source.package,
    )
)

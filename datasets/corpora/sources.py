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
    "Apache-2.0": "mbedtls nauty",
    "BSD-2-clause": "lz4 openjpeg2 xxhash",
    "BSD-3-clause": "discount libevent libogg libtheora libvorbis lighttpd opus pcre2 snowball speex",
    "CC0 or public domain": "libb2 less libmodplug libtomcrypt libtommath sqlite3 xz-utils",
    "FTL": "freetype",
    "GPL-2+": "bc cliquer dash fairymax fasttree fftw3 jbigkit lzo2 mawk potrace rsync",
    "GPL-3+": "ed glpk gnuchess gsl gzip sed",
    "IJG": "libjpeg-turbo",
    "ISC": "mujs signify-openbsd yajl",
    "LGPL-2.1+": "flac libconfig libgcrypt20 libmicrohttpd libmspack libsndfile tcc",
    "LGPL-3+": "gmp nettle",
    "MIT": (
        "bearssl brotli c-ares cjson cmark dropbear duktape expat giflib htslib http-parser jansson jq json-c lcms2 "
        "libdeflate libsodium libuv1 libxml2 libyaml lua5.4 minimap2 musl netpbm-free picosat samtools"
    ),
    "other permissive": "byacc bzip2 figlet libpng1.6 libsamplerate libwebp mafft qhull tiff tinyscheme tre unzip",
    "Zlib": "minizip zlib",
    "BSD-3-clause or GPL-2": "libzstd",
}

SOURCES = tuple(
    sorted(
        (Source(package, licence) for licence, packages in _BY_LICENCE.items() for package in packages.split()),
        key=lambda source: source.package,
    )
)

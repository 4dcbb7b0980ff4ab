"""Records that precompilers bring along: the SQLCA, and the EXEC interface block of CICS.

Their layouts are IBM's. Binary items are COMP-5, as databases and CICS fill all of their bytes.
"""

from __future__ import annotations

from transpile.cobol.code import Builder, Code, SourceFile

_SQLCA = """
01  SQLCA.
    05  SQLCAID     PIC X(8) VALUE "SQLCA   ".
    05  SQLCABC     PIC S9(9) COMP-5 VALUE 136.
    05  SQLCODE     PIC S9(9) COMP-5 VALUE 0.
    05  SQLERRM.
        49  SQLERRML    PIC S9(4) COMP-5 VALUE 0.
        49  SQLERRMC    PIC X(70) VALUE SPACES.
    05  SQLERRP     PIC X(8) VALUE SPACES.
    05  SQLERRD     PIC S9(9) COMP-5 OCCURS 6 TIMES VALUE 0.
    05  SQLWARN.
        10  SQLWARN0    PIC X VALUE SPACE.
        10  SQLWARN1    PIC X VALUE SPACE.
        10  SQLWARN2    PIC X VALUE SPACE.
        10  SQLWARN3    PIC X VALUE SPACE.
        10  SQLWARN4    PIC X VALUE SPACE.
        10  SQLWARN5    PIC X VALUE SPACE.
        10  SQLWARN6    PIC X VALUE SPACE.
        10  SQLWARN7    PIC X VALUE SPACE.
    05  SQLEXT.
        10  SQLWARN8    PIC X VALUE SPACE.
        10  SQLWARN9    PIC X VALUE SPACE.
        10  SQLWARNA    PIC X VALUE SPACE.
        10  SQLSTATE    PIC X(5) VALUE SPACES.
"""
_BLOCK = """
01  DFHEIBLK.
    02  EIBTIME     PIC S9(7) COMP-3.
    02  EIBDATE     PIC S9(7) COMP-3.
    02  EIBTRNID    PIC X(4).
    02  EIBTASKN    PIC S9(7) COMP-3.
    02  EIBTRMID    PIC X(4).
    02  DFHEIGDI    PIC S9(4) COMP-5.
    02  EIBCPOSN    PIC S9(4) COMP-5.
    02  EIBCALEN    PIC S9(4) COMP-5.
    02  EIBAID      PIC X.
    02  EIBFN       PIC X(2).
    02  EIBRCODE    PIC X(6).
    02  EIBDS       PIC X(8).
    02  EIBREQID    PIC X(8).
    02  EIBRSRCE    PIC X(8).
    02  EIBSYNC     PIC X.
    02  EIBFREE     PIC X.
    02  EIBRECV     PIC X.
    02  EIBFIL01    PIC X.
    02  EIBATT      PIC X.
    02  EIBEOC      PIC X.
    02  EIBFMH      PIC X.
    02  EIBCOMPL    PIC X.
    02  EIBSIG      PIC X.
    02  EIBCONF     PIC X.
    02  EIBERR      PIC X.
    02  EIBERRCD    PIC X(4).
    02  EIBSYNRB    PIC X.
    02  EIBNODAT    PIC X.
    02  EIBRESP     PIC S9(8) COMP-5.
    02  EIBRESP2    PIC S9(8) COMP-5.
    02  EIBRLDBK    PIC X.
"""
_FIELDS = {line.split()[1]: line for line in _BLOCK.strip().splitlines()[1:]}
BLOCK = "DFHEIBLK"
BLOCK_NAMES = frozenset({BLOCK, *_FIELDS})
_CODES = """
NORMAL 0 ERROR 1 RDATT 2 WRBRK 3 EOF 4 EODS 5 EOC 6 INBFMH 7 ENDINPT 8 NONVAL 9 NOSTART 10 TERMIDERR 11 DSIDERR 12
FILENOTFOUND 12 NOTFND 13 DUPREC 14 DUPKEY 15 INVREQ 16 IOERR 17 NOSPACE 18 NOTOPEN 19 ENDFILE 20 ILLOGIC 21 LENGERR 22
QZERO 23 SIGNAL 24 QBUSY 25 ITEMERR 26 PGMIDERR 27 TRANSIDERR 28 ENDDATA 29 INVTSREQ 30 EXPIRED 31 RETPAGE 32
RTEFAIL 33 RTESOME 34 TSIOERR 35 MAPFAIL 36 INVERRTERM 37 INVMPSZ 38 IGREQID 39 OVERFLOW 40 INVLDC 41 NOSTG 42
JIDERR 43 QIDERR 44 NOJBUFSP 45 DSSTAT 46 SELNERR 47 FUNCERR 48 UNEXPIN 49 NOPASSBKRD 50 NOPASSBKWR 51 SEGIDERR 52
SYSIDERR 53 ISCINVREQ 54 ENQBUSY 55 ENVDEFERR 56 IGREQCD 57 SESSIONERR 58 SYSBUSY 59 SESSBUSY 60 NOTALLOC 61
CBIDERR 62 INVEXITREQ 63 INVPARTNSET 64 INVPARTN 65 PARTNFAIL 66 USERIDERR 69 NOTAUTH 70 SUPPRESSED 72 TERMERR 81
ROLLEDBACK 82 END 83 DISABLED 84 LOCKED 100 RECORDBUSY 101
"""
_NAMES, _NUMBERS = _CODES.split()[::2], _CODES.split()[1::2]
RESPONSES = {name: int(code) for name, code in zip(_NAMES, _NUMBERS, strict=True)}
"""What ``DFHRESP(NOTFND)`` stands for."""


def sqlca() -> Code:
    """The SQLCA, for programs that have no copybook with it."""
    return _code("SQLCA", _SQLCA.strip().splitlines())


def interface_block(named: frozenset[str]) -> Code:
    """The block with the fields that are ``named``; all of them if it is named itself."""
    fields = [line for name, line in _FIELDS.items() if BLOCK in named or name in named]
    return _code(BLOCK, [f"01  {BLOCK}.", *fields])


def _code(name: str, lines: list[str]) -> Code:
    file, made = SourceFile(f"<{name}>", tuple(lines)), Builder()
    for number, line in enumerate(lines, 1):
        made.add(f"{line}\n", file, number, 1)
    return made.code()

/* SPDX-License-Identifier: 0BSD */
/* printf, scanf and their relatives with an x86-64 va_list. The variadic forms in variadic.S end up here. */
#define _GNU_SOURCE
#include "arguments.h"
#include "entry.h"

#include <err.h>
#include <errno.h>
#include <error.h>
#include <obstack.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <wchar.h>

typedef struct x86_va_list *List;

extern int __vprintf_chk(int, const char *, va_list);
extern int __vfprintf_chk(FILE *, int, const char *, va_list);
extern int __vsprintf_chk(char *, int, size_t, const char *, va_list);
extern int __vsnprintf_chk(char *, size_t, int, size_t, const char *, va_list);
extern int __vdprintf_chk(int, int, const char *, va_list);
extern int __vasprintf_chk(char **, int, const char *, va_list);
extern int __obstack_vprintf_chk(struct obstack *, int, const char *, va_list);
extern void __vsyslog_chk(int, int, const char *, va_list);
extern int __vwprintf_chk(int, const wchar_t *, va_list);
extern int __vfwprintf_chk(FILE *, int, const wchar_t *, va_list);
extern int __vswprintf_chk(wchar_t *, size_t, int, size_t, const wchar_t *, va_list);

#define PRINT(result, name, parameters, how, ...)        \
    ENTRY result __transpile_##name parameters                 \
    {                                                    \
        NATIVE_LIST(format, how);                        \
        return name(__VA_ARGS__, format, native);        \
    }

/* These take the format first. */
#define PRINT_BARE(name, type, how)                          \
    ENTRY int __transpile_##name(const type *format, List list)    \
    {                                                        \
        NATIVE_LIST(format, how);                            \
        return name(format, native);                         \
    }

PRINT_BARE(vprintf, char, PRINTF)
PRINT(int, vfprintf, (FILE *file, const char *format, List list), PRINTF, file)
PRINT(int, vsprintf, (char *text, const char *format, List list), PRINTF, text)
PRINT(int, vsnprintf, (char *text, size_t size, const char *format, List list), PRINTF, text, size)
PRINT(int, vdprintf, (long fd, const char *format, List list), PRINTF, (int)fd)
PRINT(int, vasprintf, (char **text, const char *format, List list), PRINTF, text)
PRINT(int, obstack_vprintf, (struct obstack *stack, const char *format, List list), PRINTF, stack)
PRINT(int, __vprintf_chk, (long flag, const char *format, List list), PRINTF, (int)flag)
PRINT(int, __vfprintf_chk, (FILE *file, long flag, const char *format, List list), PRINTF, file, (int)flag)
PRINT(int, __vsprintf_chk, (char *text, long flag, size_t room, const char *format, List list), PRINTF, text,
      (int)flag, room)
PRINT(int, __vsnprintf_chk, (char *text, size_t size, long flag, size_t room, const char *format, List list), PRINTF,
      text, size, (int)flag, room)
PRINT(int, __vdprintf_chk, (long fd, long flag, const char *format, List list), PRINTF, (int)fd, (int)flag)
PRINT(int, __vasprintf_chk, (char **text, long flag, const char *format, List list), PRINTF, text, (int)flag)
PRINT(int, __obstack_vprintf_chk, (struct obstack *stack, long flag, const char *format, List list), PRINTF, stack,
      (int)flag)

PRINT_BARE(vwprintf, wchar_t, PRINTF | WIDE)
PRINT(int, vfwprintf, (FILE *file, const wchar_t *format, List list), PRINTF | WIDE, file)
PRINT(int, vswprintf, (wchar_t *text, size_t size, const wchar_t *format, List list), PRINTF | WIDE, text, size)
PRINT(int, __vwprintf_chk, (long flag, const wchar_t *format, List list), PRINTF | WIDE, (int)flag)
PRINT(int, __vfwprintf_chk, (FILE *file, long flag, const wchar_t *format, List list), PRINTF | WIDE, file, (int)flag)
PRINT(int, __vswprintf_chk, (wchar_t *text, size_t size, long flag, size_t room, const wchar_t *format, List list),
      PRINTF | WIDE, text, size, (int)flag, room)

PRINT(void, vsyslog, (long priority, const char *format, List list), PRINTF, (int)priority)
PRINT(void, __vsyslog_chk, (long priority, long flag, const char *format, List list), PRINTF, (int)priority, (int)flag)

/* The messages of err.h may have no format. */
#define MESSAGE(name, parameters, ...)                            \
    ENTRY void __transpile_##name parameters                            \
    {                                                             \
        const char *text = format ? format : "";                  \
        NATIVE_LIST(text, PRINTF);                                \
        name(__VA_ARGS__);                                        \
    }

MESSAGE(vwarn, (const char *format, List list), format, native)
MESSAGE(vwarnx, (const char *format, List list), format, native)
MESSAGE(verr, (long status, const char *format, List list), (int)status, format, native)
MESSAGE(verrx, (long status, const char *format, List list), (int)status, format, native)

ENTRY void __transpile_verror(long status, long errnum, const char *format, List list)
{
    NATIVE_LIST(format, PRINTF);
    char *text = NULL;
    error((int)status, (int)errnum, "%s", vasprintf(&text, format, native) < 0 ? format : text);
    free(text);
}

ENTRY void __transpile_verror_at_line(long status, long errnum, const char *file, unsigned long line, const char *format,
                                List list)
{
    NATIVE_LIST(format, PRINTF);
    char *text = NULL;
    const char *message = vasprintf(&text, format, native) < 0 ? format : text;
    error_at_line((int)status, (int)errnum, file, (unsigned)line, "%s", message);
    free(text);
}

#define SCAN_BARE(name, type, how)                           \
    ENTRY int __transpile_##name(const type *format, List list)    \
    {                                                        \
        NATIVE_LIST(format, SCANF | how);                    \
        int assigned = name(format, native);                 \
        __transpile_store_scanned(scanned);                  \
        return assigned;                                     \
    }

#define SCAN(name, source, type, how)                                       \
    ENTRY int __transpile_##name(source, const type *format, List list)           \
    {                                                                       \
        NATIVE_LIST(format, SCANF | how);                                   \
        int assigned = name(from, format, native);                          \
        __transpile_store_scanned(scanned);                                 \
        return assigned;                                                    \
    }

SCAN_BARE(vscanf, char, 0)
SCAN(vfscanf, FILE *from, char, 0)
SCAN(vsscanf, const char *from, char, 0)
SCAN_BARE(vwscanf, wchar_t, WIDE)
SCAN(vfwscanf, FILE *from, wchar_t, WIDE)
SCAN(vswscanf, const wchar_t *from, wchar_t, WIDE)

/* SPDX-License-Identifier: 0BSD */
/* Library functions that call back for an int.
 *
 * A translated function returns -1 as 0x00000000ffffffff, which RISC-V callers take for a positive number. So the
 * library is given a thunk that narrows the result; the function it stands for is kept per thread, and put back
 * for a comparison that sorts something itself. Native callbacks pass through unchanged. */
#define _GNU_SOURCE
#include <dirent.h>
#include <ftw.h>
#include <fts.h>
#include <glob.h>
#include <link.h>
#include <search.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "entry.h"
#include "structs.h"

typedef int64_t (*Compare)(const void *, const void *);
typedef int64_t (*CompareWith)(const void *, const void *, void *);

static __thread Compare compare;

static int compare_thunk(const void *a, const void *b)
{
    return (int)compare(a, b);
}

/* Evaluates `call` while `function` is what `variable` holds. */
#define WITH(variable, function, result_type, call)     \
    __typeof__(variable) outer = variable;              \
    variable = (function);                              \
    result_type result = (call);                        \
    variable = outer;                                   \
    return result

struct with {
    CompareWith function;
    void *argument;
};

static int compare_with_thunk(const void *a, const void *b, void *closure)
{
    struct with *with = closure;
    return (int)with->function(a, b, with->argument);
}

ENTRY void __transpile_qsort_r(void *base, size_t count, size_t size, CompareWith function, void *argument)
{
    struct with with = {function, argument};
    qsort_r(base, count, size, compare_with_thunk, &with);
}

static int compare_closure_thunk(const void *a, const void *b, void *closure)
{
    return (int)(*(Compare *)closure)(a, b);
}

ENTRY void __transpile_qsort(void *base, size_t count, size_t size, Compare function)
{
    qsort_r(base, count, size, compare_closure_thunk, &function);
}

ENTRY void *__transpile_bsearch(const void *key, const void *base, size_t count, size_t size, Compare function)
{
    WITH(compare, function, void *, bsearch(key, base, count, size, compare_thunk));
}

ENTRY void *__transpile_lfind(const void *key, const void *base, size_t *count, size_t size, Compare function)
{
    WITH(compare, function, void *, lfind(key, base, count, size, compare_thunk));
}

ENTRY void *__transpile_lsearch(const void *key, void *base, size_t *count, size_t size, Compare function)
{
    WITH(compare, function, void *, lsearch(key, base, count, size, compare_thunk));
}

ENTRY void *__transpile_tsearch(const void *key, void **root, Compare function)
{
    WITH(compare, function, void *, tsearch(key, root, compare_thunk));
}

ENTRY void *__transpile_tfind(const void *key, void *const *root, Compare function)
{
    WITH(compare, function, void *, tfind(key, root, compare_thunk));
}

ENTRY void *__transpile_tdelete(const void *key, void **root, Compare function)
{
    WITH(compare, function, void *, tdelete(key, root, compare_thunk));
}

static __thread struct {
    int64_t (*filter)(const struct dirent *);
    int64_t (*compare)(const struct dirent **, const struct dirent **);
} scan;

static int filter_thunk(const struct dirent *entry)
{
    return (int)scan.filter(entry);
}

static int entries_thunk(const struct dirent **a, const struct dirent **b)
{
    return (int)scan.compare(a, b);
}

ENTRY int __transpile_scandir(const char *path, struct dirent ***names, int64_t (*filter)(const struct dirent *),
                        int64_t (*order)(const struct dirent **, const struct dirent **))
{
    __typeof__(scan) inner = {filter, order};
    WITH(scan, inner, int, scandir(path, names, filter ? filter_thunk : NULL, order ? entries_thunk : NULL));
}

static __thread int64_t (*visit)(const char *, const struct x86_stat *, int64_t, struct FTW *);

static int visit_thunk(const char *path, const struct stat *status, int type, struct FTW *place)
{
    struct x86_stat converted;
    __transpile_convert_stat(&converted, status);
    return (int)visit(path, &converted, type, place);
}

ENTRY int __transpile_nftw(const char *path, __typeof__(visit) function, long descriptors, long flags)
{
    WITH(visit, function, int, nftw(path, visit_thunk, (int)descriptors, (int)flags));
}

static int visit_plain_thunk(const char *path, const struct stat *status, int type)
{
    return visit_thunk(path, status, type, NULL);
}

ENTRY int __transpile_ftw(const char *path, __typeof__(visit) function, long descriptors)
{
    WITH(visit, function, int, ftw(path, visit_plain_thunk, (int)descriptors));
}

static __thread int64_t (*glob_error)(const char *, int64_t);

static int glob_error_thunk(const char *path, int number)
{
    return (int)glob_error(path, number);
}

ENTRY int __transpile_glob(const char *pattern, long flags, __typeof__(glob_error) function, glob_t *result_list)
{
    WITH(glob_error, function, int, glob(pattern, (int)flags, function ? glob_error_thunk : NULL, result_list));
}

struct phdr_visit {
    int64_t (*function)(struct dl_phdr_info *, size_t, void *);
    void *argument;
};

static int phdr_thunk(struct dl_phdr_info *info, size_t size, void *closure)
{
    struct phdr_visit *visit_phdr = closure;
    return (int)visit_phdr->function(info, size, visit_phdr->argument);
}

ENTRY int __transpile_dl_iterate_phdr(__typeof__(((struct phdr_visit *)0)->function) function, void *argument)
{
    struct phdr_visit closure = {function, argument};
    return dl_iterate_phdr(phdr_thunk, &closure);
}

/* SPDX-License-Identifier: 0BSD */
#ifndef TRANSPILE_STRUCTS_H
#define TRANSPILE_STRUCTS_H

#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

struct x86_stat {
    uint64_t st_dev;
    uint64_t st_ino;
    uint64_t st_nlink;
    uint32_t st_mode;
    uint32_t st_uid;
    uint32_t st_gid;
    uint32_t padding;
    uint64_t st_rdev;
    int64_t st_size;
    int64_t st_blksize;
    int64_t st_blocks;
    struct timespec st_access;
    struct timespec st_modify;
    struct timespec st_change;
    int64_t reserved[3];
};

void __transpile_convert_stat(struct x86_stat *x86, const struct stat *native);

#endif

#pragma once
#include <stddef.h>
typedef struct _IO_FILE FILE;
extern FILE *stderr;
#define stderr stderr
int fprintf(FILE *stream, const char *format, ...); int printf(const char *format, ...);

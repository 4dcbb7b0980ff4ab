#pragma once
#include <stddef.h>
#define EXIT_FAILURE 1
#define EXIT_SUCCESS 0
int abs(int x); long labs(long x); long long llabs(long long x); int rand(void);
void *malloc(size_t size); void *calloc(size_t count, size_t size); void free(void *pointer);
__attribute__((noreturn)) void exit(int status);

#include <stdio.h>
#include "h.h"
#define N 1024
#define MAX(a,b) ((a)>(b)?(a):(b))
#define EMPTY
// leading
int f(int   a,   int b) /* x */ {
    int c = MAX(a,
                b) + N; int d = TWICE(c); // t
#pragma omp parallel for
    for (int i = 0; i < N; i++) { a += NULL ==
       0; }
#if 0
   bad
#endif
    EMPTY return c +
       d + MAX(MAX(a,b),
      3) ; _Pragma("unroll 4")
   ;
}
int g = __LINE__;

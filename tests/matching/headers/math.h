/* The C library as glibc declares it, as far as programs of these tests and CUDA's prelude use it. */
#pragma once
#define ONE(name) double name(double x); float name##f(float x);
#define TWO(name) double name(double x, double y); float name##f(float x, float y);
ONE(acos) ONE(asin) ONE(atan) ONE(cbrt) ONE(ceil) ONE(cos) ONE(cosh) ONE(exp) ONE(exp2) ONE(expm1) ONE(fabs) ONE(floor)
ONE(log) ONE(log10) ONE(log1p) ONE(log2) ONE(rint) ONE(round) ONE(sin) ONE(sinh) ONE(sqrt) ONE(tan) ONE(tanh) ONE(trunc)
TWO(atan2) TWO(copysign) TWO(fmax) TWO(fmin) TWO(fmod) TWO(hypot) TWO(pow)

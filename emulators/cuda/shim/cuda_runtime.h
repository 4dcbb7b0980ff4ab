/* CUDA for g++: what a translation unit sees in place of NVIDIA's header. Launches, __shared__ and __device__ variables
 * are rewritten before the compiler reads them; everything else is declared here and defined by the runtime. */
#pragma once

#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "emulated_types.h"

#include "emulated_launch.h"

#include "emulated_api.h"
#include "emulated_atomics.h"
#include "emulated_device.h"
#include "emulated_math.h"

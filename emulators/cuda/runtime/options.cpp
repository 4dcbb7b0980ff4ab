/* What the environment asks for; anything missing has a default. */
#include <cfenv>
#include <cstdlib>

#include "machine.h"

namespace cuda_emulator {

namespace {

uint64_t number(const char *name, uint64_t otherwise) {
    const char *text = getenv(name);
    return text && *text ? strtoull(text, nullptr, 10) : otherwise;
}

Order order() {
    const char *text = getenv("CUDA_EMULATOR_ORDER");
    if (text && !strcmp(text, "reverse")) return Order::reverse;
    return text && !strcmp(text, "random") ? Order::random : Order::forward;
}

int rounding() {
    const char *text = getenv("CUDA_EMULATOR_ROUNDING");
    if (text && !strcmp(text, "upward")) return FE_UPWARD;
    if (text && !strcmp(text, "downward")) return FE_DOWNWARD;
    return text && !strcmp(text, "to-zero") ? FE_TOWARDZERO : FE_TONEAREST;
}

}  // namespace

const Options &options() {
    static const Options given{order(), number("CUDA_EMULATOR_SEED", 0), number("CUDA_EMULATOR_RACES", 1) != 0,
                               number("CUDA_EMULATOR_MEMORY", size_t(1) << 30), int(number("CUDA_EMULATOR_FAULTS", 2)),
                               rounding(), unsigned(number("CUDA_EMULATOR_FAILING", 0))};
    return given;
}

}  // namespace cuda_emulator

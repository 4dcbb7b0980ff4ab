/* What generated harnesses call: arguments from standard input, results to standard output. They include no headers,
 * so that the function under test may have any name. */
#include <cfenv>

#include <unistd.h>

#include "machine.h"

namespace cuda_emulator {

namespace {

int output = -1;

}  // namespace

/* From now on, what the program prints goes to its standard error; only give() reaches its output. */
void keep_output() {
    output = dup(1);
    dup2(2, 1);
}

/* Before the function under test is called; what it computes then rounds as the environment asks. */
void set_rounding() { fesetround(options().rounding); }

void take(void *to, size_t bytes) {
    if (fread(to, 1, bytes, stdin) != bytes) stop("harness", nullptr, 0, "the input is too short");
}

void *take_array(size_t bytes) {
    void *array = malloc(bytes);
    if (!array) stop("harness", nullptr, 0, "no memory for an array of %zu bytes", bytes);
    take(array, bytes);
    return array;
}

void give(const void *from, size_t bytes) {
    for (size_t done = 0; done < bytes;) {
        const ssize_t count = write(output, static_cast<const char *>(from) + done, bytes - done);
        if (count < 0) stop("harness", nullptr, 0, "the output cannot be written");
        done += size_t(count);
    }
}

void missing(const char *declaration) { stop("harness", nullptr, 0, "the text does not define %s", declaration); }

}  // namespace cuda_emulator

/* What the generated harnesses of the emulator call, for programs that run on a GPU: arguments from standard input,
 * results to standard output, and a report on what the device did in the file that the environment names. */
#include <cuda_runtime.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <chrono>

#include "stopwatch.h"

namespace cuda_emulator {

namespace {

int output = -1;
int report = 2;
bool measured = false;
std::chrono::steady_clock::time_point began;

/* The program cannot go on, for a reason that is not its own. */
void give_up(const char *what, const char *why) {
    dprintf(report, "%s %s\n", what, why);
    _exit(3);
}

/* Waits for the device, and reports; what was given away before is not timed. */
void measure() {
    measured = true;
    const char *error = nullptr;
    const stopwatch::Figures figures = stopwatch::stop(&error);
    const std::chrono::duration<double, std::milli> call = std::chrono::steady_clock::now() - began;
    if (error) give_up("fault", error);
    dprintf(report, "call 1 %.6f\n", call.count());
    dprintf(report, "kernels %lld %.6f\n", figures.kernels.count, figures.kernels.milliseconds);
    dprintf(report, "copies %lld %.6f %lld\n", figures.copies.count, figures.copies.milliseconds, figures.copies.bytes);
    stopwatch::write_kernels(report);
    dprintf(report, "end\n");
}

}  // namespace

void keep_output() {
    output = dup(1);
    dup2(2, 1);
    const char *number = getenv("TRANSPILE_DEVICE_REPORT");
    if (number) report = atoi(number);
    int count = 0;
    const cudaError_t error = cudaGetDeviceCount(&count);
    if (error != cudaSuccess || count == 0) give_up("none", cudaGetErrorString(error));
    cudaDeviceProp properties;
    cudaGetDeviceProperties(&properties, 0);
    dprintf(report, "device %s\n", properties.name);
}

/* Everything is in place: the context is made and the clock starts. */
void set_rounding() {
    const cudaError_t error = cudaFree(nullptr);
    if (error != cudaSuccess) give_up("none", cudaGetErrorString(error));
    stopwatch::start();
    began = std::chrono::steady_clock::now();
}

void take(void *to, size_t bytes) {
    if (fread(to, 1, bytes, stdin) != bytes) give_up("harness", "the input is too short");
}

void *take_array(size_t bytes) {
    void *array = malloc(bytes ? bytes : 1);
    if (!array) give_up("harness", "no memory for an array");
    take(array, bytes);
    return array;
}

void give(const void *from, size_t bytes) {
    if (!measured) measure();
    for (size_t done = 0; done < bytes;) {
        const ssize_t count = write(output, (const char *)from + done, bytes - done);
        if (count < 0) give_up("harness", "the output cannot be written");
        done += (size_t)count;
    }
}

void missing(const char *declaration) { give_up("missing", declaration); }

}  // namespace cuda_emulator

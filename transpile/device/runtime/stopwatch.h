/* Times the kernels and the copies of a program apart, by events of its own streams. The linker puts it around the
 * runtime's calls (-Wl,--wrap), so that the program itself stays as it is. */
#pragma once

namespace stopwatch {

struct Sum {
    long long count;
    double milliseconds;
    long long bytes;
};

struct Figures {
    Sum kernels, copies, fills;
};

/* Forget what was timed so far. */
void start();

/* Wait for the device. What was timed since start(); an error of the device that nobody asked for goes to `error`. */
Figures stop(const char **error);

/* One line for each kernel since start(): its name, launches, milliseconds; to the file of that number. */
void write_kernels(int file);

}  // namespace stopwatch

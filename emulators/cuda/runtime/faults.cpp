/* What went wrong, one line per fault: kind, kernel, block, thread, code address, line, message, between tabs.
 * The last line of a program that ends by itself is "end". */
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "machine.h"

extern "C" void __ubsan_get_current_report_data(const char **kind, const char **message, const char **file,
                                                unsigned *line, unsigned *column, char **address);

namespace cuda_emulator {

namespace {

constexpr int STOPPED = 86;
constexpr unsigned MOST_RECORDS = 64;

struct Seen {
    const char *kind, *kernel;
    const void *caller;
    int line;
    bool operator==(const Seen &) const = default;
};
Seen seen[MOST_RECORDS];
unsigned seen_count;

bool is_new(const Seen &fault) {
    for (unsigned i = 0; i < seen_count; i++)
        if (seen[i] == fault) return false;
    if (seen_count == MOST_RECORDS) return false;
    seen[seen_count++] = fault;
    return true;
}

void put(const char *text, int length) {
    if (length > 0 && write(options().faults_file, text, size_t(length)) != length) _exit(STOPPED);
}

void put_record(const char *kind, const void *caller, int line, const char *message) {
    char text[1024];
    const uint3 b = running.block, t = running.in_kernel ? thread_index(running.thread) : uint3{};
    char *end =
        text + snprintf(text, sizeof text, "%s\t%s\t%u,%u,%u\t%u,%u,%u\t%p\t%d\t%.600s", kind,
                        running.in_kernel ? running.kernel : "", b.x, b.y, b.z, t.x, t.y, t.z, caller, line, message);
    for (char *at = end; at-- > text;)
        if (*at == '\n') *at = ' ';
    *end++ = '\n';
    put(text, int(end - text));
}

const void *program_counter(void *context) {
    const mcontext_t &machine = static_cast<ucontext_t *>(context)->uc_mcontext;
#if defined(__x86_64__)
    return reinterpret_cast<const void *>(machine.gregs[REG_RIP]);
#elif defined(__aarch64__)
    return reinterpret_cast<const void *>(machine.pc);
#else
    return nullptr;
#endif
}

[[noreturn]] void stop_at_address(uintptr_t address, const void *at) {
    if (running.in_kernel && is_thread_stack(address)) stop("stack-overflow", at, 0, "the thread's stack is full");
    if (!running.in_kernel && device_memory.near(address))
        stop("device-pointer", at, 0, "the host touches device memory");
    stop("crash", at, 0, "an access to address %#zx", size_t(address));
}

void on_signal(int number, siginfo_t *information, void *context) {
    const void *at = program_counter(context);
    switch (number) {
        case SIGSEGV:
        case SIGBUS: stop_at_address(reinterpret_cast<uintptr_t>(information->si_addr), at);
        case SIGXCPU: stop("time", at, 0, "the program runs for too long");
        case SIGXFSZ: stop("output", at, 0, "the program writes too much");
        case SIGABRT: stop("crash", at, 0, "the program aborts");
        default: stop("crash", at, 0, "signal %d: %s", number, strsignal(number));
    }
}

void on_exit_of_program(int status, void *) {
    settle_store();
    const Allocation *first = nullptr;
    size_t leaks = 0, bytes = 0;
    for (const Arena *arena : {&device_memory, &managed_memory})
        for (const Allocation &allocation : *arena) {
            if (!allocation.live) continue;
            if (!leaks++) first = &allocation;
            bytes += allocation.bytes;
        }
    report_unread_error();
    if (leaks && !status)
        record("leak", nullptr, 0, "%zu allocations of the device are not freed, %zu bytes in all; the first has %zu",
               leaks, bytes, first->bytes);
    put("end\n", 4);
}

}  // namespace

void record(const char *kind, const void *caller, int line, const char *format, ...) {
    if (!is_new({kind, running.in_kernel ? running.kernel : nullptr, caller, line})) return;
    char message[600];
    va_list values;
    va_start(values, format);
    vsnprintf(message, sizeof message, format, values);
    va_end(values);
    put_record(kind, caller, line, message);
}

void stop(const char *kind, const void *caller, int line, const char *format, ...) {
    char message[600];
    va_list values;
    va_start(values, format);
    vsnprintf(message, sizeof message, format, values);
    va_end(values);
    put_record(kind, caller, line, message);
    _exit(STOPPED);
}

void catch_signals() {
    const size_t bytes = 64 << 10;
    stack_t stack{reserved(bytes, true), 0, bytes};
    sigaltstack(&stack, nullptr);
    struct sigaction action{};
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND;
    for (int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGXCPU, SIGXFSZ})
        sigaction(number, &action, nullptr);
    on_exit(on_exit_of_program, nullptr);
}

}  // namespace cuda_emulator

extern "C" {

/* Called by libubsan before it prints a report. */
void __ubsan_on_report() {
    using namespace cuda_emulator;
    const char *kind, *message, *file;
    unsigned line, column;
    char *address;
    __ubsan_get_current_report_data(&kind, &message, &file, &line, &column, &address);
    const char *name = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;
    const bool own = !strncmp(name, "program.", 8);
    record(strcmp(kind, "misaligned-pointer-use") ? "undefined" : "misaligned", nullptr, own ? int(line) : 0, "%s",
           message);
}

void __assert_fail(const char *expression, const char *, unsigned line, const char *) {
    cuda_emulator::stop("assert", nullptr, int(line), "the assertion fails: %s", expression);
}

}  // extern "C"

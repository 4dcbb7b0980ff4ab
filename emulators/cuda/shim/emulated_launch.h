/* What the rewritten text calls: launches, and the storage of __shared__ and __device__ variables. Its names begin so
 * that no macro of the text has them. */
#pragma once

#include <tuple>
#include <type_traits>

namespace cuda_emulator {

struct Configuration {
    const char *kernel;
    int line;
    dim3 grid, block;
    size_t dynamic_bytes;
    const void *function;
};

/* Runs `thread(arguments)` once for each thread of the grid. */
void launch(const Configuration &, void (*thread)(const void *), const void *arguments, size_t size);

/* One launch: `call(arguments...)` in each thread. The arguments are the threads' parameter space. */
template <class Call, class... Arguments>
void launch_with(const Configuration &configuration, Call call, std::tuple<Arguments...> arguments) {
    struct Parameters {
        Call call;
        std::tuple<Arguments...> arguments;
    } parameters{call, std::move(arguments)};
    auto thread = [](const void *at) {
        auto &given = *static_cast<Parameters *>(const_cast<void *>(at));
        std::apply(given.call, given.arguments);
    };
    launch(configuration, thread, &parameters, sizeof parameters);
}

template <class Self> struct Launchable {
    Configuration configuration{};
    Self emulated_on(dim3 grid, dim3 block, size_t dynamic_bytes = 0, cudaStream_t = nullptr) {
        configuration.grid = grid;
        configuration.block = block;
        configuration.dynamic_bytes = dynamic_bytes;
        return static_cast<Self &>(*this);
    }
};

/* A kernel that is known: arguments convert to its parameters, as in a call. */
template <class... Parameters> struct Kernel : Launchable<Kernel<Parameters...>> {
    void (*function)(Parameters...);
    void operator()(std::common_type_t<Parameters>... arguments) {
        launch_with(this->configuration, function, std::tuple<Parameters...>(std::move(arguments)...));
    }
};

/* A kernel that the arguments choose: one of several of a name, or with template arguments to deduce. */
template <class Call> struct Chosen : Launchable<Chosen<Call>> {
    Call call;
    template <class... Arguments> void operator()(Arguments... arguments) {
        launch_with(this->configuration, call, std::tuple<Arguments...>(std::move(arguments)...));
    }
};

template <class... Parameters>
Kernel<Parameters...> emulated_kernel(const char *name, void (*function)(Parameters...), int line = __builtin_LINE()) {
    return {{{name, line, {}, {}, 0, reinterpret_cast<const void *>(function)}}, function};
}

template <class Call> Chosen<Call> emulated_chosen(const char *name, Call call, int line = __builtin_LINE()) {
    return {{{name, line, {}, {}, 0, nullptr}}, call};
}

/* Where one __shared__ declaration lives; each block finds it poisoned. */
struct EmulatedSite {
    const char *name;
    unsigned block;
    void *storage;
};
void *shared_storage(EmulatedSite &, size_t bytes, size_t alignment);
extern char emulated_dynamic[];

template <class Type> Type &emulated_shared(EmulatedSite &site) {
    return *static_cast<Type *>(shared_storage(site, sizeof(Type), alignof(Type)));
}

/* Makes a __device__, __constant__ or __managed__ variable known to the checks. */
enum Space { emulated_device, emulated_constant, emulated_managed };
struct EmulatedSymbol {
    EmulatedSymbol(Space, const char *name, const volatile void *address, size_t bytes);
};

}  // namespace cuda_emulator

"""The small repository once more, built by CMake and by Meson, with what makes their files hard to change."""

from __future__ import annotations

from small_repository import ADD, MAIN, SCALE

TWICE = SCALE.replace("scaled", "twice").replace("(%rdi,%rdi,2)", "(%rdi,%rdi)")
HALF = "\t.globl halved\nhalved:\n\tmovq %rdi, %rax\n\tshrq $1, %rax\n\tret\n"
SOURCES = {
    "main.c": MAIN.replace("long scaled(long);", "long scaled(long);\nlong twice(long);\nlong halved(long);").replace(
        "sum, scaled(sum)", "halved(twice(sum)), scaled(sum)"
    ),
    "asm/add.s": ADD,
    "asm/twice.s": TWICE,
    "asm/deep/halved.s": HALF,
    "scale.S": SCALE,
}
CMAKE = """cmake_minimum_required(VERSION 3.13)
project(sums # comes first: (
  C ASM)
enable_testing()
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_C_FLAGS "${CMAKE_C_FLAGS} -O1 -msse4.2")
string(REPLACE "-march=native" "" CMAKE_C_FLAGS "${CMAKE_C_FLAGS}")
if(CMAKE_C_FLAGS MATCHES "-mavx512f")
  message(FATAL_ERROR "without -mavx512f, please")
endif()
include(CheckCCompilerFlag)
check_c_compiler_flag(
  -mno-such-thing HAVE_NOTHING)
check_c_compiler_flag(
  -mavx2 HAVE_AVX2)
function(with_flag file flag what)
  if(NOT what STREQUAL "last")
    message(FATAL_ERROR "an argument is missing")
  endif()
  set_property(SOURCE ${file} APPEND PROPERTY COMPILE_OPTIONS ${flag})
endfunction()
with_flag(main.c -mpopcnt last)
file(GLOB_RECURSE DEEP
  "${CMAKE_CURRENT_SOURCE_DIR}/asm/deep/*.s")
add_library(sums STATIC asm/add.s scale.S ${DEEP})
target_compile_options(sums PRIVATE $<$<COMPILE_LANGUAGE:C>:-mavx>)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" AND NOT WIN32)
  target_sources(sums PRIVATE asm/twice.s)
endif()
if(CMAKE_SYSTEM_PROCESSOR STREQUAL x86_64)
  set_source_files_properties(main.c PROPERTIES COMPILE_FLAGS -mssse3)
endif()
set_source_files_properties(main.c PROPERTIES COMPILE_FLAGS -mssse3 LABELS one)
add_executable(prog main.c)
target_link_libraries(prog sums)
add_test(NAME prog COMMAND prog 20 22)
"""
MESON = """project('sums', 'c',
  version : '1')
add_project_arguments('-mssse3', language : 'c')
cc = meson.get_compiler('c')
vector = [
  '-mavx2',
  '-mno-such-thing',
]
foreach flag : vector
  if cc.has_argument(flag)
    message('taken: ' + flag)
  endif
endforeach
one = '-mpopcnt'
if cc.has_argument(one)
  add_project_arguments(one, language : 'c')
endif
foreach name : ['main', 'none']
  message('file ' + name)
endforeach
sources = ['asm/add.s', 'scale.S', meson.current_source_dir() / 'asm/deep/halved.s']
processor = host_machine.cpu_family()
if processor == 'x86_64' and meson.version() != '' or processor in ['x86_64', 'x86']
  sources += files('asm/twice.s')
endif
flags = ['-O1']
flags += '-msse4.2'
lib = static_library('sums', sources, c_args : flags)
prog = executable('prog', 'main.c', link_with : lib, c_args : '-msse2')
test('prog', prog, args : ['20', '22'])
"""
MAKE = """CFLAGS = -O1 -msse4.2 -Wa,--noexecstack
ARCH := $(shell uname -m)
DEEP = $(shell find asm/deep -type f \\( -name '*.s' -o -name '*.asm' \\)) $(wildcard as*/*/*/*.s)
OBJECTS = main.o asm/add.o scale.o $(DEEP:.s=.o)
ifeq ($(ARCH),x86_64)
OBJECTS += asm/twice.o
endif
ifneq (,$(filter x86_64 amd64,$(ARCH)))
TWICE = asm/twice.s
endif
ifneq ($(ARCH),$(shell uname -m))
$(error no)
endif

prog: $(OBJECTS)
\t$(CC) $(CFLAGS) -o $@ $(OBJECTS)

asm/twice.o: $(TWICE)
\t$(CC) $(CFLAGS) -c -o $@ $(TWICE)

asm/deep/%.o: asm/deep/%.s
\t$(CC) $(CFLAGS) -c -o $@ $<

test: prog
\t./prog 20 22
"""
CONFIGURE = """AC_INIT([sums], [1])
AC_CONFIG_AUX_DIR([build-aux])
AM_INIT_AUTOMAKE([foreign subdir-objects -Wall -Werror])
AC_PROG_CC
AM_PROG_AS
AM_PROG_AR
AC_PROG_RANLIB
AC_CONFIG_FILES([Makefile])
AC_OUTPUT
"""
AUTOMAKE = """AM_CFLAGS = -O1 -msse4.2
ASSEMBLY = asm/add.s \\
\tscale.S
noinst_LIBRARIES = libsums.a
libsums_a_SOURCES = $(ASSEMBLY) asm/deep/halved.s
libsums_a_LIBADD = twice.o
bin_PROGRAMS = prog
prog_SOURCES = main.c
prog_LDADD = libsums.a
TESTS = run.sh
EXTRA_DIST = run.sh asm/twice.s
twice.o: asm/twice.s
\t$(CC) $(CFLAGS) -c -o $@ $(srcdir)/asm/twice.s
"""
FILES = {
    "cmake": {**SOURCES, "CMakeLists.txt": CMAKE},
    "meson": {**SOURCES, "meson.build": MESON},
    "make": {**SOURCES, "Makefile": MAKE},
    "automake": {
        **SOURCES,
        "configure.ac": CONFIGURE,
        "Makefile.am": AUTOMAKE,
        "run.sh": "exec ./prog 20 22\n",
    },
}
BUILD = {
    "cmake": "cmake -S . -B out && cmake --build out",
    "meson": "meson setup ${MESON_CROSS_FILE:+--cross-file $MESON_CROSS_FILE} out && ninja -C out",
    "make": "make prog",
    "automake": "autoreconf -i && mkdir out && cd out && ../configure && make",
}
TEST = {
    "cmake": "cd out && ctest --output-on-failure",
    "meson": "meson test -C out",
    "make": "make test",
    "automake": "make -C out distcheck TESTS= && make -C out check LOG_COMPILER=sh",
}
PROGRAMS = {
    "cmake": ("cmake", "make"),
    "meson": ("meson", "ninja"),
    "make": ("make",),
    "automake": ("autoreconf", "automake"),
}
NAMES = {"cmake": "CMakeLists.txt", "meson": "meson.build", "make": "Makefile", "automake": "Makefile.am"}

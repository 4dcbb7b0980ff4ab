"""Words that C and its dialects give a meaning: those that mean nothing here, and those that are refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Word(NamedTuple):
    """What a refused word stands for, and what to write instead."""

    what: str
    hint: str = ""


_NO_ARGUMENTS = "give the function a fixed parameter list, or an array and its length"

REFUSED: Mapping[str, Word] = {
    **dict.fromkeys(("asm", "__asm__", "__asm"), Word("inline assembly", "write it in C")),
    **dict.fromkeys(("typeof", "__typeof__", "__typeof", "__auto_type"), Word("typeof", "name the type")),
    **dict.fromkeys(
        ("_Complex", "__complex__", "_Imaginary", "__real__", "__imag__", "__I__"),
        Word("complex arithmetic", "use a structure of two numbers"),
    ),
    **dict.fromkeys(("_Atomic", "__atomic"), Word("atomic types")),
    **dict.fromkeys(("_Thread_local", "__thread", "thread_local"), Word("thread-local storage")),
    **dict.fromkeys(("_Decimal32", "_Decimal64", "_Decimal128"), Word("decimal floating point")),
    **dict.fromkeys(("__int128", "__int128_t", "__uint128_t", "_BitInt"), Word("wide integers", "use 64 bits")),
    **dict.fromkeys(
        ("__builtin_va_start", "__builtin_va_arg", "__builtin_va_end", "__builtin_va_copy"),
        Word("variable arguments", _NO_ARGUMENTS),
    ),
    **dict.fromkeys(("__builtin_offsetof", "__builtin_types_compatible_p", "__builtin_choose_expr"), Word("a builtin")),
    "__label__": Word("local labels"),
}
"""Beyond what C programs are translated from. What headers do with these words does not matter until it is used."""

_OBJECTS = "write a function and plain structures"

REFUSED_CPLUSPLUS: Mapping[str, Word] = {
    "template": Word("templates", "write the function for the type that is used"),
    "typename": Word("templates", "write the function for the type that is used"),
    "class": Word("classes", _OBJECTS),
    **dict.fromkeys(("private", "protected", "public", "virtual", "friend", "this"), Word("classes", _OBJECTS)),
    **dict.fromkeys(("explicit", "mutable"), Word("classes", _OBJECTS)),
    "operator": Word("overloaded operators", "write a function"),
    "namespace": Word("namespaces", "write the functions at file scope"),
    "using": Word("using declarations"),
    **dict.fromkeys(("try", "catch", "throw"), Word("exceptions", "return an error code")),
    **dict.fromkeys(("new", "delete"), Word("new and delete", "use malloc and free")),
    **dict.fromkeys(("auto", "decltype"), Word("deduced types", "name the type")),
    **dict.fromkeys(("dynamic_cast", "typeid"), Word("run-time types")),
    **dict.fromkeys(("concept", "requires", "co_await", "co_return", "co_yield"), Word("C++20")),
}

LAYOUT_ATTRIBUTES = frozenset({
    "packed", "vector_size", "ext_vector_type", "mode", "cleanup", "transparent_union", "scalar_storage_order",
    "ms_struct", "gcc_struct", "alias", "weak", "constructor", "destructor",
})  # fmt: skip
"""Attributes that change what a program means; the others are advice to a compiler."""

SPELLINGS: Mapping[str, str] = {
    **dict.fromkeys(("__restrict", "__restrict__"), "restrict"),
    **dict.fromkeys(("__inline", "__inline__"), "inline"),
    **dict.fromkeys(("__const", "__const__"), "const"),
    **dict.fromkeys(("__volatile", "__volatile__"), "volatile"),
    **dict.fromkeys(("__signed", "__signed__"), "signed"),
    **dict.fromkeys(("__alignof", "__alignof__", "alignof"), "_Alignof"),
    "alignas": "_Alignas",
    "noreturn": "_Noreturn",
    "constexpr": "const",
    "__null": "nullptr",
}
"""Other spellings of C's own words."""

TYPE_WORDS = frozenset({
    "void", "char", "short", "int", "long", "float", "double", "signed", "unsigned", "_Bool", "__int128",
    "__builtin_va_list", "__float128", "_Float16", "_Float32", "_Float64", "_Float128", "_Float32x", "_Float64x",
})  # fmt: skip
"""Words that types are made of, C++'s ``bool`` aside."""

KEYWORDS = TYPE_WORDS | frozenset({
    "auto", "break", "case", "const", "continue", "default", "do", "else", "enum", "extern", "for", "goto", "if",
    "inline", "register", "restrict", "return", "sizeof", "static", "struct", "switch", "typedef", "union",
    "volatile", "while", "_Alignas", "_Alignof", "_Generic", "_Noreturn", "_Static_assert",
})  # fmt: skip
CPLUSPLUS_KEYWORDS = frozenset({
    "bool", "true", "false", "nullptr",
})  # fmt: skip

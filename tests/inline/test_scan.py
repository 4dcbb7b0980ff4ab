"""Statements are found where they are, in code and in macros, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transpile.inline import Operand, Statement, statements


def only(text: str) -> Statement:
    (statement,) = statements(text, "a.c")
    return statement


def test_operands_names_clobbers_and_labels() -> None:
    text = """void f(int x) {
      asm volatile goto ("addl %[by], %0\\n\\t" /* twice */ "jc %l2"
          : "+r" (x), [old] "=&r" (y[g(1, 2)])
          : [by] "ri" (z ? 1 : 2)
          : "cc", "memory" : out);
    out: ; }"""
    statement = only(text)
    assert statement.template == "addl %[by], %0\n\tjc %l2"
    assert statement.outputs == (Operand("+r", "x"), Operand("=&r", "y[g(1, 2)]", "old"))
    assert statement.inputs == (Operand("ri", "z ? 1 : 2", "by"),)
    assert statement.clobbers == ("cc", "memory")
    assert statement.labels == ("out",)
    assert (statement.line, statement.column, statement.qualifiers) == (2, 7, ("volatile", "goto"))
    assert text[statement.start : statement.end] == statement.text
    assert statement.text.startswith("asm volatile goto") and statement.text.endswith("out)")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("void f(void) { asm(\"nop\"); }", "statement"),
        ("void f(void) { if (x) asm(\"nop\"); }", "statement"),
        ("void f(void) { l: asm(\"nop\"); }", "statement"),
        ("void f(void) { do asm(\"nop\"); while (0); }", "statement"),
        ("struct S { S() : a{1} { asm volatile(\"nop\"); } };", "statement"),
        ("struct S { S() : a(0), b{2} { asm(\"nop\"); } };", "statement"),
        ("struct S { void f() const volatile && noexcept(true) { asm(\"nop\"); } };", "statement"),
        ("auto f() -> struct S { asm(\"nop\"); }", "statement"),
        ("auto f = []{ asm(\"nop\"); };", "statement"),
        ("auto f = [](int) -> ns::T<int> { asm(\"nop\"); };", "statement"),
        ("auto f = []() mutable { asm(\"nop\"); };", "statement"),
        ("template <class T> void f() requires C<T> { asm(\"nop\"); }", "statement"),
        ("void f() { if constexpr (a) asm(\"nop\"); }", "statement"),
        ("namespace a { asm(\"nop\"); }", "top level"),
        ("extern \"C\" { asm(\"nop\"); }", "top level"),
        ("auto f() -> int { return 1; }\nclass [[a]] B { asm(\"nop\"); };", "top level"),
        ("asm(\".globl x\");", "top level"),
        ("void f(void) { register long r asm(\"r10\") = 1; }", "register"),
        ("void f(void) { __asm { mov eax, 1 } }", "microsoft"),
        ("void f(void) { __asm mov eax, 1 }", "microsoft"),
        ("void f(void) { asm volatile(\"nop\" ; }", "unreadable"),
        ("#define BEGIN asm volatile(\"nop\"", "unreadable"),
        ("#define KEYWORD __asm__", "unreadable"),
    ],
)  # fmt: skip
def test_kinds(text: str, kind: str) -> None:
    assert only(text).kind == kind


@pytest.mark.parametrize(
    "text",
    [
        'int f(void) asm("g");',
        'extern int v asm("w");',
        '/* asm("nop"); */ // asm("nop");',
        'const char *s = "asm(\\"nop\\")";',
        "#include <asm/unistd.h>\n#if defined(asm)\n#endif",
        "x.asm = 1;",
    ],
)
def test_what_is_no_statement(text: str) -> None:
    assert statements(text) == ()


def test_macros_with_continued_lines_and_comments() -> None:
    text = (
        "#define LOCK \"lock; \"\n#define ADD(x, v) do { /* a,\n comment */ \\\n"
        "    asm(LOCK \"addl %1, %0\" : \"+m\" (x) \\\n    : \"ir\" (v)); } while (0)\nint y;\n"
    )  # fmt: skip
    statement = only(text)
    assert statement.template == "lock; addl %1, %0"
    assert statement.macro is not None and statement.macro.name == "ADD"
    assert statement.macro.parameters == ("x", "v")
    assert text[statement.macro.start : statement.macro.end].endswith("while (0)")
    assert statement.line == 4


def test_a_string_macro_that_is_not_defined_here_is_named() -> None:
    assert "LOCK_PREFIX" in only('void f() { asm(LOCK_PREFIX "incl %0" : "+m"(x)); }').problem
    defined_twice = '#define P "inc"\n#define P "dec"\nvoid f() { asm(P "l %0" : "+m"(x)); }'
    assert "'P'" in only(defined_twice).problem


def test_conditions_around_a_place() -> None:
    text = '#if A\n#ifdef B\n#elif C\nvoid f() { asm("nop"); }\n#else\n#endif\n#endif'
    outer, inner = only(text).guards
    assert (outer.denied, outer.condition, outer.otherwise) == ((), "A", False)
    assert (inner.denied, inner.condition, inner.otherwise) == (("defined(B)",), "C", True)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ['asm', '__asm__', 'volatile', 'goto', '(', ')', '{', '}', '[', ']', ':', '::', ',', ';', '"nop"', '"=r"',
             '"', "'", 'x', '#define M(x) ', '#if ', '#endif\n', '\\\n', '\n', '/*', '*/', '//', '%', '\0', 'register']
        ),
        max_size=40,
    )
)  # fmt: skip
def test_no_text_is_too_strange(words: list[str]) -> None:
    text = " ".join(words)
    for statement in statements(text):
        assert 0 <= statement.start < statement.end <= len(text)
        assert text[statement.start : statement.end] == statement.text


def test_deep_nesting_is_read_in_bounded_time() -> None:
    deep = "void f() { asm(" + "(" * 50_000 + ")" * 50_000 + "); }"
    assert len(statements(deep)) == 1
    assert len(statements("#if (((((\n" * 5_000 + "void f() { asm volatile(\"nop\"); }")) == 1  # fmt: skip


def test_raw_strings_are_joined_as_they_are() -> None:
    text = r'void f() { asm(R"(addq %1, "\n" %0)" "\n\t" R"x(nop #)" "' + "\n" + r')x" : "+r"(a) : R"(r)"(b)); } // R"('
    statement = only(text + "\nint x;")
    assert statement.template == 'addq %1, "\\n" %0\n\tnop #)" "\n'
    assert statement.inputs == (Operand("r", "b"),)


MACROS = """#define STR(x) #x
#define XSTR(x) STR(x)
#define WIDE q
#define OPERANDS(x, y) "+r"(x) : "r"(y), "r"((y))
#define CLOBBERS "cc", "memory"
#define LOOP LOOP "nop"
#define PASTED(x) "mov" #x a##x
#define TWICE "nop"
#undef TWICE
"""


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('asm(STR(add\tq %1) ", %0" : OPERANDS(a[ 1 ], (long) b) : CLOBBERS)', ("add q %1, %0", "a[ 1 ]", "(long) b")),
        ('asm(STR("\\n") : OPERANDS(a, b) : CLOBBERS)', ('"\\n"', "a", "b")),
        ('asm("add" XSTR(WIDE) : OPERANDS(STR, g(1, 2)) : CLOBBERS)', ("addq", "STR", "g(1, 2)")),
    ],
)
def test_macros_of_the_file_are_in_their_places(code: str, expected: tuple[str, str, str]) -> None:
    statement = only(f"{MACROS}void f(void) {{ {code}; }}")
    assert not statement.problem
    found = statement.template, statement.outputs[0].expression, statement.inputs[0].expression
    assert found == expected
    assert statement.clobbers == ("cc", "memory") and statement.text == code


@pytest.mark.parametrize("name", ["PASTED(x)", "TWICE", "STR", "STR(a, b)", "LOOP", "NOWHERE"])
def test_macros_that_are_not_known_to_stand_for_a_text_are_told(name: str) -> None:
    assert "in a" in only(f"{MACROS}void f(void) {{ asm({name}); }}").problem


def test_macros_that_grow_without_end_are_refused_at_once() -> None:
    rows = [f"#define M{n}(x) M{n + 1}(x) M{n + 1}(x)" for n in range(60)]
    text = "\n".join([*rows, "#define M60(x) #x", 'void f(void) { asm(M0(nop) : "=r"(a)); }'])
    assert only(text).problem == "its macros stand for very much"

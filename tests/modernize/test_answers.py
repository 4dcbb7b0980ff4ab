"""What a model says: methods are read as they are meant, everything else is refused before it runs anywhere."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from transpile.modernize.answers import MAX_BYTES, MAX_WIDTH, AnswerError, cost_of, parse_answer
from transpile.modernize.checks import Compiles
from transpile.modernize.proposers import Task
from transpile.modernize.proposing import tasks
from transpile.modernize.translate import Choices, Modernized, translate_file
from transpile.python.splicing import spliced

CORPUS = Path(__file__).parents[2] / "datasets" / "cobol"
BODY = """\
MAIN-LINE.
    PERFORM GRADE-IT.
    DISPLAY COUNTER INTEREST.
    STOP RUN.
GRADE-IT.
    IF AMOUNT > 1000
*> MUCH
        MOVE 3 TO COUNTER
    ELSE
        MOVE 1 TO COUNTER.
    COMPUTE INTEREST ROUNDED = AMOUNT * RATE.
"""
HEAD = "def grade_it(self) -> None:\n"
GOOD = f"""\
{HEAD}    self.counter = 3 if self.amount > 1000 else 1  # MUCH
    self.interest = fit_rounded(self.amount * self.rate, 7, 2)
"""


@pytest.fixture
def made(translated: Callable[..., Modernized]) -> Modernized:
    return translated(BODY)


@pytest.fixture
def task(made: Modernized) -> Task:
    return next(one for one in tasks(made.subject, made.found) if one.method == "grade_it")


def refusal(task: Task, text: str) -> str:
    with pytest.raises(AnswerError) as found:
        parse_answer(text, task.scope, task.text)
    return str(found.value)


def body(*lines: str) -> str:
    return HEAD + "".join(f"    {line}\n" for line in ("# MUCH", *lines))


HOSTILE = {
    "an import": "import os",
    "an import of names": "from os import system",
    "a hidden import": "__import__('os').system('true')",
    "eval": "eval('1')",
    "exec": "exec('x = 1')",
    "open": "open('/etc/passwd')",
    "a file that is written": "print('x', file=open('y', 'w'))",
    "getattr": "getattr(self, 'amount')",
    "vars": "vars(self)['amount'] = 1",
    "a dunder": "self.__class__ = int",
    "a way to all classes": "().__class__.__bases__[0].__subclasses__()",
    "a dunder by format": "'{0.__class__}'.format(self)",
    "a global": "global counter",
    "a deletion": "del self.amount",
    "an inner function": "def inner() -> None: pass",
    "a lambda": "self.counter = (lambda: 1)()",
    "a class": "class Inner: pass",
    "a generator": "yield 1",
    "a decorator of sorts": "print = 1",
    "a rule under another name": "fit_rounded = max",
    "another self": "self = 1",
    "self by walrus": "print(self := 1)",
    "a function that is handed on": "x = print",
    "a class of the program": "Savings.amount = 1",
    "main": "main()",
    "an attribute that is not there": "self.secret = 1",
    "a module": "sys.exit(0)",
    "an output that is redirected": "sys.stdout = self",
    "a whole object": "self.amount, self.outer = 1, 2",
    "everything caught": "try:\n        pass\n    except:\n        pass",
    "a name for an error": "try:\n        pass\n    except SizeError as error:\n        pass",
    "another context": "with open('x'): pass",
    "a huge number": f"self.counter = {10**60}",
    "a huge power": "self.counter = 9**9**9",
    "a power that grows": "self.counter **= 9",
    "a shift": "self.counter = 1 << 99999999",
    "a result": "return 1",
    "an ellipsis": "...",
    "complex": "self.counter = 1j",
    "await": "await self.amount",
    "keywords by the dozen": "print(**{})",
    "deep": "self.counter = " + "-" * 60 + "1",
    "deeper than the parser": "self.counter = " + "(" * 3000 + "1" + ")" * 3000,
    "deep without brackets": "self.counter = " + "not " * 5000 + "1",
    "a control character": "self.counter = 1  \x0c",
    "text that runs backwards": "self.counter = 1  # \u202e",
    "a long line": "self.counter = " + "1" * 38 + " " * 99 + "+ 1  # MUCH",
    "many lines": "\n    ".join(["pass"] * 400),
    "a match that binds": "match self.amount:\n        case x: pass",
    "no Python": "self.counter == = 1",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_reaches_out_of_the_method_is_refused(task: Task, what: str) -> None:
    assert refusal(task, f"```python\n{body(HOSTILE[what])}```")


NO_METHOD = {
    "prose": "It cannot be better.",
    "nothing": "",
    "fences": "```\n```",
    "too long": GOOD + "#" * MAX_BYTES,
    "another name": GOOD.replace("grade_it", "other"),
    "another argument": GOOD.replace("(self)", "(self, x=open('y'))"),
    "a decorator": f"```\n@property\n{GOOD}```",
    "two methods": f"```\n{GOOD}\n\n{GOOD}```",
    "code behind it": f"```\n{GOOD}\nprint(1)\n```",
    "code before it": f"```\nimport os\n{GOOD}```",
    "async": "async " + GOOD,
    "a thought": f"<think>```\n{GOOD}```",
    "a docstring alone": HEAD + '    """# MUCH"""\n',
    "the comment is gone": GOOD.replace("  # MUCH", ""),
}


@pytest.mark.parametrize("what", NO_METHOD)
def test_what_is_no_method_is_refused(task: Task, what: str) -> None:
    assert refusal(task, NO_METHOD[what])


def test_methods_are_read_from_what_surrounds_them(task: Task) -> None:
    plain = parse_answer(GOOD, task.scope, task.text)
    indented = "".join(f"    {line}\n" for line in GOOD.splitlines())
    for text in (
        f"So:\n```python\n{GOOD}```\nThat is all.",
        f"~~~\n{indented}~~~",
        f"<think>```no```</think>{GOOD}Done.",
        f"```\nwrong\n```\n```py\n{GOOD}```",
        GOOD.replace("\n", "\r\n"),
    ):
        assert parse_answer(text, task.scope, task.text) == plain


def test_remarks_are_those_of_the_program(task: Task) -> None:
    wordy = GOOD.replace(HEAD, f'{HEAD}    """It is\n    mine."""\n    # my own\n').replace("7, 2)", "7, 2)  # cents")
    usual = task.text.replace(HEAD, f'{HEAD}    """WHAT IT IS\n    WORTH.\n    """\n')
    found = parse_answer(wordy, task.scope, usual)
    assert found == GOOD.replace(HEAD, f'{HEAD}    """WHAT IT IS\n    WORTH.\n    """\n')


def test_long_statements_are_folded(task: Task) -> None:
    long = "self.counter = " + " + ".join(["self.counter"] * 12)
    found = parse_answer(f"{GOOD}    {long}\n", task.scope, task.text)
    assert max(map(len, found.splitlines())) <= MAX_WIDTH
    assert ast.dump(ast.parse(found)) == ast.dump(ast.parse(f"{GOOD}    {long}\n"))


def test_smaller_is_less_to_read(task: Task) -> None:
    assert cost_of(parse_answer(GOOD, task.scope, task.text)) < task.cost == cost_of(task.text)
    assert cost_of(GOOD) == cost_of(GOOD.replace(HEAD, f'{HEAD}    """Said."""\n').replace("  # MUCH", ""))


def test_what_is_used_is_imported_and_nothing_else(made: Modernized, task: Task) -> None:
    """Another rule comes, with what it needs beside the module, and one that is not used any more goes."""
    text = parse_answer(GOOD.replace("fit_rounded(", "fit_decimal("), task.scope, task.text)
    module = spliced(made.subject.module, "Savings", "grade_it", text)
    assert "from cobol_rules import fit_decimal, show, use_exact_arithmetic" in module.text
    assert "def fit_decimal(" in module.files["cobol_rules.py"] and "fit_rounded" not in module.files["cobol_rules.py"]


@pytest.mark.parametrize("name", ["payroll", "election", "hotel", "labels", "bankbatch", "sensors"])
def test_what_the_rules_say_may_be_said_again(name: str) -> None:
    """Every method may be answered as it is, and the module stays what it was."""
    chosen = Choices(copy_paths=(CORPUS / "copybooks",), checks=(Compiles(),))
    made = translate_file(CORPUS / f"{name}.cob", chosen)
    found = list(tasks(made.subject, made.found))
    assert found
    for one in found:
        assert parse_answer(f"```python\n{one.text}```", one.scope, one.text) == one.text
        assert spliced(made.subject.module, one.key[0], one.method, one.text) == made.subject.module

"""What the emitter says of which Python stands for what."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path

import pytest

from transpile.cobol.options import Options
from transpile.cobol.parse import parse_file
from transpile.corpora.programs import load
from transpile.python.emitter import emit
from transpile.restructure.program import restructured

CORPUS = Path(__file__).parents[2] / "datasets" / "cobol"


@pytest.mark.parametrize("program", load(CORPUS), ids=lambda program: program.name)
def test_every_place_and_method_is_in_the_python(program, tmp_path):
    found = restructured(parse_file(program.source, Options(copy_paths=(CORPUS / "copybooks",))))
    module = emit(*found.programs)
    made = module.classes[-1]
    methods = {
        node.name
        for each in ast.walk(ast.parse(module.text))
        if isinstance(each, ast.ClassDef) and each.name == made.class_name
        for node in each.body
        if isinstance(node, ast.FunctionDef)
    }
    assert {each.name for each in made.methods} <= methods
    for name, text in module.files.items():
        (tmp_path / name).write_text(text)
    sys.path.insert(0, str(tmp_path))
    before = set(sys.modules)
    try:
        spec = importlib.util.spec_from_file_location("translated", tmp_path / module.name)
        loaded = importlib.util.module_from_spec(spec)
        sys.modules["translated"] = loaded
        spec.loader.exec_module(loaded)
        self = getattr(loaded, made.class_name)()
        for place in made.places.values():
            eval(place.format(*[0] * 7), {"self": self})
    finally:
        sys.path.remove(str(tmp_path))
        for name in set(sys.modules) - before:
            del sys.modules[name]
    assert len(set(made.places.values())) == len(made.places)


def test_methods_name_their_paragraphs():
    found = restructured(parse_file(CORPUS / "payroll.cob", Options(copy_paths=(CORPUS / "copybooks",))))
    made = emit(*found.programs).classes[-1]
    method = made.method((4, 4))
    assert (method.name, method.origin) == ("split_hours", "SPLIT-HOURS")
    names = {found.laid[number].name: place for number, place in made.places.items() if number in found.laid}
    assert names["GROSS-PAY"] == "self.pay_fields.gross_pay"
    assert names["D-NUMBER"] == "self.detail_line.d_number"

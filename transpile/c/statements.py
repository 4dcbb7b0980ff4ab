"""Statements: from nodes of the grammar to trees (C11 6.8). One row per kind of node."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from tree_sitter import Node

from transpile.c.context import MAX_LEVEL, AlreadyReported, Context, TypeName
from transpile.c.conversions import promoted
from transpile.c.declare import Declared, Specified, declared, specified
from transpile.c.expressions import expression
from transpile.c.grammar import named, part
from transpile.c.initialisers import initial
from transpile.c.operators import assigned, convert, scalar, value
from transpile.c.spelling import declaration, type_text
from transpile.c.tree import (
    Assign,
    Assignment,
    Block,
    Break,
    Case,
    Continue,
    Declare,
    Definition,
    DoWhile,
    Empty,
    Evaluate,
    Expression,
    For,
    Goto,
    If,
    Label,
    Notes,
    Return,
    Statement,
    Storage,
    Switch,
    Variable,
    While,
)
from transpile.c.types import Array, Bool, CType, Function, Integer, Reference, Struct, Void
from transpile.c.walking import substitute
from transpile.errors import SourceError

Handler = Callable[[Context, Node], Statement]
_DECLARATIONS = {"declaration", "type_definition", "struct_specifier", "union_specifier", "enum_specifier"}


def statement(context: Context, node: Node) -> Statement:
    """The statement that ``node`` is, with the comments and pragmas that belong to it."""
    handler = STATEMENTS.get(node.type)
    if handler is None:
        raise context.unsupported(node, f"'{context.token(node).text}' here")
    if context.level >= MAX_LEVEL:
        raise context.too_deep(node)
    context.level += 1
    try:
        before = context.notes_before(node)
        found = handler(context, node)
        notes = context.notes_around(node, before)
        return found if notes == Notes() else replace(found, notes=notes)
    finally:
        context.level -= 1


def block(context: Context, node: Node) -> Block:
    """A compound statement with a scope of its own."""
    with context.scope():
        return statements(context, node)


def statements(context: Context, node: Node) -> Block:
    """A compound statement in the scope that is open."""
    opening = context.comments_opening(node)
    found: list[Statement] = []
    for child in named(node):
        found += sequence(context, child)
    return Block(tuple(found), opening, context.comments_closing(node), span=context.span(node))


def sequence(context: Context, node: Node) -> list[Statement]:
    """``node`` as statements: a declaration may be several, and one that is wrong is none."""
    found: list[Statement] = []
    with context.guarded():
        if node.type in _DECLARATIONS:
            found = declarations(context, node)
        else:
            found = [statement(context, node)]
    return found


def declarations(context: Context, node: Node) -> list[Statement]:
    """A declaration within a function, as one statement for each variable."""
    before = context.notes_before(node)
    found = list(_declarations(context, node))
    notes = context.notes_around(node, before, not any(isinstance(made, Definition) for made in found))
    if found and notes != Notes():
        found[0] = replace(found[0], notes=replace(notes, trailing=() if len(found) > 1 else notes.trailing))
        if len(found) > 1:
            found[-1] = replace(found[-1], notes=Notes(trailing=notes.trailing))
    return found


def _declarations(context: Context, node: Node) -> Iterator[Statement]:
    names = node.children_by_field_name("declarator")
    if node.type == "type_definition":
        define_types(context, node)
        yield Definition(context.written(node), span=context.span(node))
        return
    try:
        base = specified(context, node)
    except (SourceError, AlreadyReported):
        context.scopes[-1].poisoned.update(_name_of(context, name) for name in names)
        raise
    if defines_type(node):
        yield Definition(definition(context, _type_node(node), base.type), span=context.span(node))
    for name in names:
        with context.guarded():
            yield _declaration(context, name, base)


def definition(context: Context, node: Node, type: CType) -> str:
    """The definition of ``type`` as text. A structure without a tag gets one, so that its variables can be declared."""
    text = context.written(node)
    if isinstance(type, Struct) and node.child_by_field_name("name") is None:
        text = f"{type.name} {{{text.partition('{')[2]}"
    return f"{text};"


def defines_type(node: Node) -> bool:
    """Whether the declaration ``node`` says what a structure, union or enumeration consists of."""
    found = _type_node(node)
    return found.type in _DECLARATIONS and found.child_by_field_name("body") is not None


def _type_node(node: Node) -> Node:
    return node if node.type in _DECLARATIONS and node.type.endswith("specifier") else part(node, "type")


def _name_of(context: Context, node: Node) -> str:
    while (inner := node.child_by_field_name("declarator")) is not None:
        node = inner
    return context.token(node).text


def define_types(context: Context, node: Node) -> list[TypeName]:
    """The names that a ``typedef`` makes, declared in the open scope."""
    nodes = node.children_by_field_name("declarator")
    first = context.token(nodes[0]).text if nodes and nodes[0].child_by_field_name("declarator") is None else ""
    base = specified(context, node, first)
    found: list[TypeName] = []
    for child in nodes:
        made = declared(context, child, base)
        type = replace(made.type, alias=made.name)
        found.append(TypeName(made.name, type, made.const, made.volatile))
        context.declare(found[-1])
    return found


def _declaration(context: Context, node: Node, base: Specified) -> Statement:
    """The declaration of one variable with its initialiser."""
    try:
        found = declared(context, node, base)
    except (SourceError, AlreadyReported):
        context.scopes[-1].poisoned.add(_name_of(context, node))
        raise
    span = context.span(found.node or node)
    if isinstance(found.type, Function):
        variable = context.new_variable(found.name, found.type, "function", span)
        context.declare(replace(variable, external=True))
        return Definition(f"{declaration(variable)};", span=span)
    storage: Storage = "static" if "static" in base.storage else "automatic"
    if "extern" in base.storage:
        known = context.find(found.name)
        if isinstance(known, Variable):
            context.declare(known)
            return Declare(known, span=span)
        storage = "global"
    return initialised(context, node, found, storage, "extern" in base.storage)


def initialised(context: Context, node: Node, found: Declared, storage: Storage, external: bool) -> Declare:
    """The variable that ``found`` declares, in scope, with what ``node`` initialises it to."""
    span = context.span(found.node or node)
    _check_object(context, node, found, external)
    variable = context.new_variable(found.name, found.type, storage, span)
    variable = replace(
        variable,
        const=found.const,
        volatile=found.volatile,
        external=external,
        attributes=context.attributes(node),
    )
    context.declare(variable)
    given = node.child_by_field_name("value") if node.type == "init_declarator" else None
    if given is None:
        if isinstance(found.type, Array) and found.type.length is None and found.type.extent is None and not external:
            raise context.wrong(node, f"the array '{found.name}' has no length")
        return Declare(variable, span=span)
    value_given = initial(context, given, found.type, found.name)
    if isinstance(found.type, Array) and found.type.length is None and found.type.extent is None:
        whole = replace(value_given.type, alias="")
        variable = replace(variable, type=whole, declared=whole)
        context.declare(variable)
    if context.cplusplus and variable.const:
        context.known[variable] = substitute(value_given, context.known)
    return Declare(variable, value_given, span=span)


def _check_object(context: Context, node: Node, found: Declared, external: bool) -> None:
    if isinstance(found.type, Reference):
        raise context.unsupported(node, "reference variables", "use a pointer")
    complete = context.complete(found.type)
    if isinstance(complete, Struct) and complete.fields is None and not external:
        raise context.incomplete(node, complete)
    if isinstance(complete, Void):
        raise context.wrong(node, f"a variable of type '{type_text(found.type)}'")
    known = context.scopes[-1].symbols.get(found.name)
    if isinstance(known, Variable) and not context.at_file_scope and not external:
        raise context.wrong(node, f"'{found.name}' is declared twice in one scope")


def _expression_statement(context: Context, node: Node) -> Statement:
    children = named(node)
    return evaluated(context, children[0]) if children else Empty(span=context.span(node))


def evaluated(context: Context, node: Node) -> Statement:
    """An expression for its effects; an assignment is a statement of its own."""
    found = expression(context, node)
    if isinstance(found, Assignment):
        return Assign(found.target, found.operator, found.value, found.computed, span=context.span(node))
    return Evaluate(found, span=context.span(node))


def _condition(context: Context, node: Node) -> Expression:
    inner = part(node, "condition")
    return scalar(context, inner, expression(context, inner))


def _if(context: Context, node: Node) -> Statement:
    condition = _condition(context, node)
    then = _body(context, part(node, "consequence"))
    other = node.child_by_field_name("alternative")
    otherwise = _body(context, named(other)[0]) if other is not None else None
    return If(condition, then, otherwise, span=context.span(node))


def _body(context: Context, node: Node) -> Statement:
    """The statement that another one controls; an empty one if it is wrong."""
    found: Statement = Empty(span=context.span(node))
    with context.guarded(), context.scope():
        found = statement(context, node)
    return found


def _while(context: Context, node: Node) -> Statement:
    condition = _condition(context, node)
    return While(condition, _body(context, part(node, "body")), span=context.span(node))


def _do(context: Context, node: Node) -> Statement:
    body = _body(context, part(node, "body"))
    return DoWhile(body, _condition(context, node), span=context.span(node))


def _for(context: Context, node: Node) -> Statement:
    first, test, update = (node.child_by_field_name(name) for name in ("initializer", "condition", "update"))
    with context.scope():
        begin: tuple[Statement, ...] = ()
        if first is not None:
            begin = tuple(
                _declarations(context, first) if first.type in _DECLARATIONS else (evaluated(context, first),)
            )
        condition = scalar(context, test, expression(context, test)) if test is not None else None
        step = evaluated(context, update) if update is not None else None
        body = _body(context, part(node, "body"))
    return For(begin, condition, step, body, span=context.span(node))


def _switch(context: Context, node: Node) -> Statement:
    inner = part(node, "condition")
    subject = value(expression(context, inner))
    if not isinstance(subject.type, Bool | Integer):
        raise context.wrong(inner, f"a switch over a value of type '{type_text(subject.type)}'")
    subject = convert(subject, promoted(subject.type))
    return Switch(subject, _body(context, part(node, "body")), span=context.span(node))


def _case(context: Context, node: Node) -> Statement:
    given = node.child_by_field_name("value")
    label, last = _range(context, given) if given is not None else (None, None)
    body: list[Statement] = []
    for child in named(node):
        if given is None or child.start_byte != given.start_byte:
            body += sequence(context, child)
    return Case(label, tuple(body), last, span=context.span(node))


def _range(context: Context, node: Node) -> tuple[Expression, Expression | None]:
    """The value of a case, or the first and last one: the grammar sees ``1 ... 3`` as a binary expression."""
    bounds = [node]
    if node.type == "binary_expression" and context.token(part(node, "operator")).text == "...":
        bounds = [part(node, "left"), part(node, "right")]
    labels = [expression(context, bound) for bound in bounds]
    for label in labels:
        if context.integer(label) is None:
            raise context.wrong(node, "the value of a case is not an integer constant")
    return labels[0], labels[1] if len(labels) > 1 else None


def _return(context: Context, node: Node) -> Statement:
    children = named(node)
    result = context.result
    if not children:
        if result is not None and not isinstance(result, Void):
            context.warn(node, f"'{context.function}' returns '{type_text(result)}', but nothing is returned here")
        return Return(span=context.span(node))
    found = expression(context, children[0])
    if result is None or isinstance(result, Void):
        if not isinstance(found.type, Void):
            raise context.wrong(children[0], f"'{context.function}' returns nothing")
        return Return(found, span=context.span(node))
    to = f"the result of '{context.function}'"
    return Return(assigned(context, children[0], found, result, to), span=context.span(node))


def _label(context: Context, node: Node) -> Statement:
    inner = [child for child in named(node) if child.type != "statement_identifier"]
    below: Statement = statement(context, inner[0]) if inner else Empty(span=context.span(node))
    return Label(context.token(part(node, "label")).text, below, span=context.span(node))


def _goto(context: Context, node: Node) -> Statement:
    label = node.child_by_field_name("label")
    if label is None:
        raise context.unsupported(node, "computed goto", "use switch")
    return Goto(context.token(label).text, span=context.span(node))


def _nested_function(context: Context, node: Node) -> Statement:
    raise context.unsupported(node, "functions within functions", "move it out")


STATEMENTS: Mapping[str, Handler] = {
    "expression_statement": _expression_statement,
    "compound_statement": block,
    "if_statement": _if,
    "switch_statement": _switch,
    "case_statement": _case,
    "while_statement": _while,
    "do_statement": _do,
    "for_statement": _for,
    "goto_statement": _goto,
    "labeled_statement": _label,
    "continue_statement": lambda context, node: Continue(span=context.span(node)),
    "break_statement": lambda context, node: Break(span=context.span(node)),
    "return_statement": _return,
    "function_definition": _nested_function,
}

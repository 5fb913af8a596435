"""The shapes that comments name are held true when the code runs: `weights = scores.softmax(-1)  # (40, 50)`.

Why no library: those that check shapes (jaxtyping and others) read annotations; readers of a lesson read comments.

A comment with shapes stands above an assignment, or behind its first or last line, and names what comes out: the shapes
after its last arrow or colon, or all that it begins with; those that are too many belong to the next assignments. What
goes in, as in "(2, 3) @ (3,)", needs an arrow. A comment that no assignment has is an error.
"""

import ast
import doctest
import io
import re
import sys
import tokenize
from pathlib import Path
from typing import Any

Shapes = list[tuple[int, ...]]
SHAPE = r"\((?:\d+,|\d+(?:, \d+)+)\)"
RESULTS = re.compile(rf"{SHAPE}(?:(?:, | and |, then ){SHAPE})*(?=$|[:,])")


def shapes_in(comment: str) -> Shapes:
    """Return the shapes that a comment says come out.

    >>> shapes_in("# (40, 1) - (50,) -> (40, 50): queries down"), shapes_in("# keys and values: (50, 49)")
    ([(40, 50)], [(50, 49)])
    >>> shapes_in("# (3,) and (2,)"), shapes_in("# (2, 3) @ (3,)"), shapes_in("# not (3,)")
    ([(3,), (2,)], [], [])
    """
    told = comment.lstrip("# ")
    results = RESULTS.match(re.split("-> " if re.match(SHAPE, told) else ": (?:shape )?", told)[-1])
    return [ast.literal_eval(shape) for shape in re.findall(SHAPE, results[0])] if results else []


def check_shapes(statement: str, shapes: Shapes, *values: Any) -> None:
    """Raise AssertionError unless the values have these shapes, or all of them the one."""
    found = [tuple(value.shape) for value in values]
    if found != (shapes if len(shapes) > 1 else shapes * len(found)):
        raise AssertionError(f"the comment says {shapes}, but the shapes are {found}: {statement}")


class Checked(ast.NodeTransformer):
    """What puts a call of check_shapes behind each assignment whose comment names shapes."""

    def __init__(self, source: str):
        self.source = source
        self.more: Shapes = []  # that the last comment has named, for the next assignments

    def visit_Module(self, module: ast.Module) -> ast.AST:
        tokens = tokenize.generate_tokens(io.StringIO(self.source).readline)
        comments = {token.start[0]: token for token in tokens if token.type == tokenize.COMMENT}
        self.told = {line: shapes for line, token in comments.items() if (shapes := shapes_in(token.string))}
        self.alone = {line for line, token in comments.items() if not token.line[: token.start[1]].strip()}
        self.generic_visit(module)
        if left := sum(self.told.values(), self.more):  # as code, for IPython only warns of an error here
            module.body += ast.parse(
                f"raise AssertionError('no assignment has the shapes of the comment: {left}')"
            ).body
        return module

    def visit_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        target = node.targets[0]
        names = target.elts if isinstance(target, ast.Tuple) else [target]
        values = [ast.unparse(name) for name in names if ast.unparse(name) != "_"]
        above = {node.lineno - 1} & self.alone
        line = next((line for line in (node.lineno, node.end_lineno, *above) if line in self.told), None)
        shapes = self.more + (self.told.pop(line) if line else [])
        shapes, self.more = shapes[: len(values)], shapes[len(values) :]
        if not shapes:
            return [node]
        call = f"check_shapes({ast.unparse(node)!r}, {shapes}, {', '.join(values)})"
        return [node, *(ast.copy_location(check, node) for check in ast.parse(call).body)]


def run_script(path: Path) -> None:
    """Run a script as a reader would, and check the shapes in its comments."""
    source = path.read_text(encoding="utf-8")
    checked = ast.fix_missing_locations(Checked(source).visit(ast.parse(source)))
    sys.argv = [str(path)]
    exec(compile(checked, str(path), "exec"), {"__name__": "__main__", "check_shapes": check_shapes})


def in_doctest(test: doctest.DocTest) -> doctest.DocTest:
    """Return a doctest whose examples check the shapes in their comments."""
    test.globs["check_shapes"] = check_shapes
    for example in test.examples:
        statements = Checked(example.source).visit(ast.parse(example.source)).body
        if len(statements) > 1:  # on one line, for an example is one statement
            example.source = "; ".join(map(ast.unparse, statements)) + "\n"
    return test

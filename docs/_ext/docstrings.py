"""What napoleon loses of a docstring: where several errors share a description, it keeps the first of them.

Why no library: napoleon is the library, and looks for one name in the line.
"""

import re

from sphinx.application import Sphinx

ERRORS = re.compile(r"^ *(\w+Error(?:, \w+Error)+)$", re.MULTILINE)


def keep_all_errors(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    for errors in ERRORS.findall(getattr(obj, "__doc__", None) or ""):
        first = errors.partition(",")[0]
        all_of_them = errors.replace(", ", " or ")
        lines[:] = [line.replace(f":raises {first}:", f":raises {all_of_them}:") for line in lines]


def setup(app: Sphinx) -> dict:
    app.setup_extension("sphinx.ext.napoleon")
    app.connect("autodoc-process-docstring", keep_all_errors, priority=600)  # napoleon is done
    return {"parallel_read_safe": True, "parallel_write_safe": True}

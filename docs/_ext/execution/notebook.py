"""Read a page as a notebook, and run its cells.

The reader is MyST-NB's own, which it does not promise to keep (tried with 1.4): the store must hold exactly the
notebook that MyST-NB will look for. The cells run in IPython without a kernel: a kernel in the same process is not
public in ipykernel, and one in a process of its own imports torch again for every page.
"""

import os
from pathlib import Path

import told_shapes

from execution.forks import Failure


def read_notebook(path: Path):
    """Return a MyST page as a notebook, or None where nothing in it runs."""
    from myst_nb.core.config import NbParserConfig
    from myst_nb.core.read import create_nb_reader
    from myst_parser.config.main import MdParserConfig

    text = path.read_text(encoding="utf-8")
    reader = create_nb_reader(str(path), MdParserConfig(), NbParserConfig(), text)
    return reader and reader.read(text)


def run_notebook(path: Path):
    """Run the cells of a page in this process and return the notebook with what they printed and drew."""
    os.chdir(path.parent)
    shell, notebook = new_shell(), read_notebook(path)
    code = [(cell, line) for cell, line in zip(notebook.cells, notebook.metadata["source_map"]) if is_code(cell)]
    for number, (cell, line) in enumerate(code, start=1):
        cell.execution_count = number
        cell.outputs, problem = run_cell(shell, cell.source)
        if problem:
            raise Failure(f"{path}:{line}: this cell failed\n{cell.source}\n{problem}")
    notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    return notebook


def is_code(cell) -> bool:
    return cell.cell_type == "code"


def new_shell():
    """Return IPython's shell, which shows figures as the site does and writes nothing to the reader's home."""
    from figures import to_svg
    from IPython.core.interactiveshell import InteractiveShell
    from matplotlib.figure import Figure
    from traitlets.config import Config

    settings = {"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}}
    shell = InteractiveShell.instance(config=Config(settings))
    shell.push({"check_shapes": told_shapes.check_shapes}, interactive=False)
    shell.display_formatter.formatters["image/svg+xml"].for_type(Figure, to_svg)
    return shell


def run_cell(shell, source: str):
    """Run one cell; return its outputs, figures last, and what went wrong, if something did."""
    from IPython.utils.capture import capture_output
    from nbformat.v4 import new_output

    shell.ast_transformers = [told_shapes.Checked(source)]
    with shell.display_trap, capture_output() as captured:  # in this order, or values are printed as "Out[1]: 2"
        result = shell.run_cell(source, store_history=True)
        show_figures()
    if not result.success:
        return [], captured.stdout
    streams = {"stdout": captured.stdout, "stderr": captured.stderr}
    printed = [new_output("stream", name=name, text=text) for name, text in streams.items() if text]
    shown = [new_output("display_data", data=out.data, metadata=out.metadata) for out in captured.outputs]
    return printed + shown, None


def show_figures() -> None:
    """Show the figures that a cell has left open, and close them."""
    import matplotlib.pyplot as plt
    from IPython.display import display

    for number in plt.get_fignums():
        display(plt.figure(number))
    plt.close("all")

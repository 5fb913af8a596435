"""Run what the site shows, once: lessons, facts and doctests, in parallel, before Sphinx reads a page.

Why no library: MyST-NB starts a kernel for each page and imports torch in each; it also takes a page for fresh
when only the package has changed. Here one process imports torch and forks a child for each task, and
everything is stored under a fingerprint of the package. MyST-NB then finds all it needs in its cache.

- fingerprints.py  what a stored result depends on
- notebook.py      reads a page and runs its cells
- facts.py         the facts of a file, and the table of all
- forks.py         jobs, each in a forked child
- runs.py          which jobs there are, and where their results are kept
- extension.py     the runs beside Sphinx
"""

from execution.extension import setup
from execution.notebook import read_notebook

__all__ = ["read_notebook", "setup"]

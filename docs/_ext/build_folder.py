"""The build's own folder, and the way of an extension's script, style or template to the site.

Why no library: Sphinx copies what `html_static_path` names; here is only said, once, where generated files lie
(`lesson_build`) and how an extension names the files of its own folder.

An extension that needs any of this says in its `setup`:

    app.setup_extension("build_folder")
    build_folder.add_static(app, HERE / "quiz.js", HERE / "quiz.css")   # will be _static/quiz.js and _static/quiz.css
    build_folder.add_templates(app, HERE)                               # the folder's *.html are templates
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config


def generated(app: Sphinx) -> Path:
    """Return the folder for static files that the build makes itself: palette, fonts, data."""
    return Path(app.config.lesson_build, "static")


def add_static(app: Sphinx, *paths: Path) -> None:
    """Have these files, or what these folders hold, copied into the site's _static."""

    def extend(app: Sphinx, config: Config) -> None:
        config.html_static_path = [*config.html_static_path, *map(str, paths)]

    app.connect("config-inited", extend)


def add_templates(app: Sphinx, folder: Path) -> None:
    """Have the templates of this folder found, before those of the theme."""

    def extend(app: Sphinx, config: Config) -> None:
        config.templates_path = [*config.templates_path, str(folder)]

    app.connect("config-inited", extend)


def prepare(app: Sphinx, config: Config) -> None:
    """Make the folder for generated files and send what will be in it to the site."""
    config.lesson_build = str(Path(app.confdir, config.lesson_build or "_build"))
    generated(app).mkdir(parents=True, exist_ok=True)
    config.html_static_path = [*config.html_static_path, str(generated(app))]


def setup(app: Sphinx) -> dict:
    app.add_config_value("lesson_build", "", "", [str])
    app.connect("config-inited", prepare, priority=50)  # before all who ask for the folder
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""How the site is built. Every extension of our own says in its first lines why no library does its work."""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).parent
BUILD = Path(os.environ.get("LESSON_BUILD", HERE / "_build"))
os.environ |= {"MPLBACKEND": "agg", "MATPLOTLIBRC": os.devnull}  # not the reader's
sys.path[:0] = [str(HERE / "_ext"), str(HERE.parent)]

import figures  # noqa: E402
from cards import pictures  # noqa: E402
from gallery import thumbnails  # noqa: E402
from translation import catalogues  # noqa: E402

import nwlesson  # noqa: E402

project = "nwlesson"
author = "The nwlesson authors"
copyright = author
release = version = nwlesson.__version__
html_title = "Attention in fifty points"

# The site in English, and below it in Chinese: the folder of each language, and what its readers call it.
lesson_languages = {"en": ("", "English")}
if Path(HERE, "locales", "zh_CN").is_dir():
    lesson_languages["zh_CN"] = ("zh/", "中文")
language = os.environ.get("LESSON_LANGUAGE", "en")
gettext_compact = "site"
locale_dirs = [] if language == "en" else [catalogues.join(BUILD, language)]

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx.ext.intersphinx",
    "myst_nb",
    "sphinx_gallery.gen_gallery",
    "sphinx_copybutton",
    "sphinxcontrib.bibtex",
    "notfound.extension",
    "cards",
    "code_links",
    "docstrings",
    "execution",
    "explorables",
    "figures",
    "gallery",
    "glossary",
    "inventories",
    "living",
    "mathml",
    "notebooks",
    "deck",
    "practice",
    "quiz",
    "roles",
    "search",
    "slides",
    "told_others",
    "theme",
    "translation",
]
# Where the site will be. Nothing needs it; with it pages have cards with a picture, and search engines a sitemap.
html_baseurl = os.environ.get("NWLESSON_SITE_URL") or os.environ.get("READTHEDOCS_CANONICAL_URL") or ""
html_baseurl = html_baseurl and html_baseurl.rstrip("/") + "/" + lesson_languages[language][0]
if html_baseurl:
    extensions.append("sphinx_sitemap")
    sitemap_url_scheme = "{link}"
    sitemap_locales = [None]
    sitemap_excludes = ["404.html", "genindex.html", "search.html"]
notfound_urls_prefix = (
    urlsplit(html_baseurl).path or "/" + lesson_languages[language][0]
)  # of 404.html, which is shown at any depth
notfound_template = "404.html"
notfound_context = {"title": "There is no page here", "body": ""}

exclude_patterns = ["_*", "locales", "explorables", "gallery", "**/*.ipynb"]
exclude_patterns += ["examples/sg_execution_times.rst", "sg_execution_times.rst"]
nitpicky = True
templates_path = ["_templates"]
default_role = "autolink"  # a name that can be imported becomes a link
suppress_warnings = ["config.cache", "sphinx_gallery.space_in_filename"]

# Lessons: Markdown that runs (see _ext/execution).
lesson_build = str(BUILD)
nb_execution_mode = "cache"
nb_execution_raise_on_error = True
nb_append_css = False
nb_merge_streams = True
nb_code_prompt_show = "Show the check"
nb_code_prompt_hide = "Hide"
nb_mime_priority_overrides = [("html", "image/svg+xml", 0)]
myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

# Gallery: one script, one picture, one question.
sphinx_gallery_conf = {
    "examples_dirs": "gallery",
    "gallery_dirs": "examples",
    "filename_pattern": r"/plot_",
    "image_scrapers": (thumbnails.scraper, pictures.scraper, figures.scraper),
    "backreferences_dir": "reference/backreferences",
    "doc_module": ("nwlesson",),
    "abort_on_example_error": True,
    "remove_config_comments": True,
    "show_signature": False,
    "show_memory": False,
    "write_computation_times": False,
    "min_reported_time": 1e9,
    "copyfile_regex": r"",
    "thumbnail_size": (400, 280),
    "within_subsection_order": "gallery.OrderOfLessons",
    "download_all_examples": False,
}

# Reference: the docstrings are the pages.
autosummary_generate = True
autodoc_typehints = "none"
autodoc_preserve_defaults = True  # kernel=gaussian, not <function gaussian>
autodoc_member_order = "bysource"
napoleon_use_rtype = False
napoleon_use_ivar = True
napoleon_preprocess_types = True
napoleon_google_docstring = False
napoleon_type_aliases = {
    "Tensor": "torch.Tensor",
    "Figure": "matplotlib.figure.Figure",
    "Axes": "matplotlib.axes.Axes",
    "callable": ":py:obj:`callable`",
    "sequence": "collections.abc.Sequence",
}
bibtex_bibfiles = ["references.bib"]
bibtex_default_style = "plain"
copybutton_exclude = ".linenos, .gp, .go"
copybutton_selector = ":not(.output, .sphx-glr-script-out) > .highlight > pre"  # what is typed, not what is printed
linkcheck_ignore = [] if os.environ.get("LINKCHECK_ONLINE") else [r"https?://"]

# Look.
html_theme = "furo"
html_static_path = ["_static/lesson.css"]  # each extension adds its own: see _ext/build_folder.py
html_css_files = ["lesson.css"]
html_favicon = "_static/favicon.svg"
html_math_renderer = "mathml"
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {"navigation_with_keys": False, "top_of_page_buttons": []}
html_context = {
    # The one place that knows where the project is hosted; empty means no links to Colab or Binder.
    "repository_url": os.environ.get("NWLESSON_REPOSITORY_URL", "").rstrip("/").removesuffix(".git"),
    "published_branch": "gh-pages",
    # Everything comes from this site, in files of its own; pictures may also stand in the page.
    "content_security_policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'",
}

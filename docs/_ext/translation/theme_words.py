"""What the libraries write into a page in English, though Sphinx does not say so in Chinese, or nobody asks it to."""

# Furo and Sphinx ask for these, and have no Chinese for them.
ASKED = ("Next", "Previous", "Home", "Back to top", "Made with")
# Furo's page and MyST-NB's folds have these in English only: theme/mends.py and theme/translator.py ask.
FIXED = (
    "Skip to content",
    "Contents",
    "Menu",
    "Expand",
    "Light mode",
    "Dark mode",
    "Auto light/dark, in light mode",
    "Auto light/dark, in dark mode",
    "Toggle site navigation sidebar",
    "Toggle table of contents sidebar",
    "Toggle Light / Dark / Auto color theme",
)
# conf.py says these.
SETTINGS = ("Attention in fifty points", "Show the check", "Hide")
WORDS = (*ASKED, *FIXED, *SETTINGS)

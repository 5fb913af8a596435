"""What the libraries write into a page in English, though Sphinx does not say so in Chinese, or nobody asks it to."""

# Furo and Sphinx ask for these, or write them, and have no Chinese for them.
ASKED = (
    *("Next", "Previous", "Home", "Back to top", "Made with ", "Skip to content", "Toggle navigation of {page}"),
    "Please activate JavaScript to enable the search functionality.",
)
# conf.py says these.
SETTINGS = ("Attention in fifty points", "Show the check", "Hide")
WORDS = (*ASKED, *SETTINGS)

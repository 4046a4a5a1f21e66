"""The colours. Every pair of text and background that screens paint is 7:1 or better in each theme: tests compute it.

The two house themes, two with the strongest contrast, and black on white. A terminal with sixteen colours or fewer gets
pure black and white, which every such terminal has and shows as it should.
"""

from textual.theme import Theme


def _theme(name: str, colours: dict[str, str], *, dark: bool, marked: str = "bold", button: str = "none") -> Theme:
    """A theme of these colours, by the names of style sheets, and the styles of two things.

    Args:
        name: of the theme, without what all have.
        colours: of what.
        dark: whether letters are lighter than the page.
        marked: the style of the row that keys act on.
        button: the style of a button that has not the focus.
    """
    colours = {
        "field": colours["surface"],
        "field-text": colours["text"],
        "field-muted": colours["muted-on-surface"],
        **colours,
    }
    accent, surface = colours["accent"], colours["surface"]
    return Theme(
        name=f"fairstart-{name}",
        dark=dark,
        primary=accent,
        secondary=accent,
        accent=accent,
        foreground=colours["text"],
        background=colours["page"],
        surface=surface,
        panel=surface,
        success=accent,
        warning=accent,
        error=colours["warm"],
        variables={
            **{name: colour for name, colour in colours.items() if name not in {"text", "page", "accent", "surface"}},
            "marked-style": marked,
            "button-style": button,
        },
    )


LIGHT = _theme(
    "light",
    {
        "text": "#16202A",
        "page": "#FFFDF8",
        "accent": "#0B3B60",
        "surface": "#EAEDEF",
        "muted": "#3D4852",
        "muted-on-surface": "#343C46",
        "rule": "#75838F",
        "chosen": "#0B3B60",
        "chosen-text": "#FFFFFF",
        "banner": "#5F2F00",
        "banner-text": "#FFFFFF",
        "warm": "#8A1020",
        "bar": "#24303B",
        "bar-text": "#FFFFFF",
    },
    dark=False,
)

DARK = _theme(
    "dark",
    {
        "text": "#F4F1EA",
        "page": "#10171E",
        "accent": "#A9D3FF",
        "surface": "#2A3038",
        "muted": "#C3CDD6",
        "muted-on-surface": "#D3DBE2",
        "rule": "#6F8090",
        "chosen": "#A9D3FF",
        "chosen-text": "#0B1620",
        "banner": "#FFD27A",
        "banner-text": "#201600",
        "warm": "#FFB3B3",
        "bar": "#2A3038",
        "bar-text": "#F4F1EA",
    },
    dark=True,
)

STRONG_LIGHT = _theme(
    "strong-light",
    {
        "text": "#000000",
        "page": "#FFFFFF",
        "accent": "#00008B",
        "surface": "#FFF3B0",
        "muted": "#000000",
        "muted-on-surface": "#000000",
        "rule": "#000000",
        "chosen": "#000000",
        "chosen-text": "#FFFF00",
        "banner": "#000000",
        "banner-text": "#FFFF00",
        "warm": "#8B0000",
        "bar": "#000000",
        "bar-text": "#FFFFFF",
    },
    dark=False,
)

STRONG_DARK = _theme(
    "strong-dark",
    {
        "text": "#FFFFFF",
        "page": "#000000",
        "accent": "#FFFF00",
        "surface": "#00005F",
        "muted": "#FFFFFF",
        "muted-on-surface": "#FFFFFF",
        "rule": "#FFFFFF",
        "chosen": "#FFFF00",
        "chosen-text": "#000000",
        "banner": "#FFFF00",
        "banner-text": "#000000",
        "warm": "#FFAFAF",
        "bar": "#FFFFFF",
        "bar-text": "#000000",
    },
    dark=True,
)


def _two_colours(name: str, text: str, page: str, *, dark: bool) -> Theme:
    """A theme of two colours: what is marked or can be pressed is underlined, and what is chosen is reversed."""
    colours = dict.fromkeys(("text", "accent", "muted", "muted-on-surface", "rule", "warm"), text)
    colours |= dict.fromkeys(("page", "surface"), page)
    colours |= dict.fromkeys(("field", "chosen", "banner", "bar"), text)
    colours |= dict.fromkeys(("field-text", "field-muted", "chosen-text", "banner-text", "bar-text"), page)
    return _theme(name, colours, dark=dark, marked="bold underline", button="underline")


MONOCHROME = _two_colours("monochrome", "#000000", "#FFFFFF", dark=False)
MONOCHROME_DARK = _two_colours("monochrome-dark", "#FFFFFF", "#000000", dark=True)

THEMES = {
    "light": LIGHT,
    "dark": DARK,
    "strong-light": STRONG_LIGHT,
    "strong-dark": STRONG_DARK,
    "monochrome": MONOCHROME,
}
"""By the word that kiosk.toml uses."""

FEW_COLOURS = {
    "light": MONOCHROME,
    "dark": MONOCHROME_DARK,
    "strong-light": MONOCHROME,
    "strong-dark": MONOCHROME_DARK,
    "monochrome": MONOCHROME,
}
"""What takes their place on a terminal with sixteen colours or fewer."""

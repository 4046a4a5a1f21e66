"""The two house themes. A test computes every text and background pair that the screens paint: 7:1 or better."""

from textual.theme import Theme

LIGHT = Theme(
    name="fairstart-light",
    dark=False,
    primary="#0B3B60",
    secondary="#0B3B60",
    accent="#0B3B60",
    foreground="#16202A",
    background="#FFFDF8",
    surface="#E6EDF3",
    panel="#E6EDF3",
    success="#0A4D2C",
    warning="#5C3A00",
    error="#8A1020",
    variables={
        "muted": "#3D4852",
        "muted-on-surface": "#323C46",
        "rule": "#75838F",
        "chosen": "#0B3B60",
        "chosen-text": "#FFFFFF",
        "banner": "#5C3A00",
        "banner-text": "#FFFFFF",
        "warm": "#8A1020",
    },
)

DARK = Theme(
    name="fairstart-dark",
    dark=True,
    primary="#A9D3FF",
    secondary="#A9D3FF",
    accent="#A9D3FF",
    foreground="#F4F1EA",
    background="#10171E",
    surface="#22303C",
    panel="#22303C",
    success="#8FE3B0",
    warning="#FFD27A",
    error="#FFB3B3",
    variables={
        "muted": "#C3CDD6",
        "muted-on-surface": "#D3DBE2",
        "rule": "#6F8090",
        "chosen": "#A9D3FF",
        "chosen-text": "#0B1620",
        "banner": "#FFD27A",
        "banner-text": "#201600",
        "warm": "#FFB3B3",
    },
)

THEMES = {"light": LIGHT, "dark": DARK}
"""By the word that kiosk.toml uses."""

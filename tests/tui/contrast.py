"""Contrast by the WCAG 2 formula: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""

TEXT, LINES = 7.0, 3.0
"""The least contrast of text, and of what is not text (WCAG 2.2, 1.4.6 and 1.4.11)."""

Rgb = tuple[int, int, int]


def luminance(colour: Rgb) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)

"""Pictures of screens, which stand in the guides. They are drawn elsewhere and given to this room."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping

from msgspec import Struct


class Drawing(Struct, frozen=True, kw_only=True):
    """A picture as pages and as documents take it."""

    svg: bytes
    png: bytes

    @property
    def source(self) -> str:
        """The picture as a page holds it, which fetches nothing: no letters from elsewhere."""
        drawn = re.sub(rb"@font-face\s*\{.*?\}", b"", self.svg, flags=re.DOTALL)
        return f"data:image/svg+xml;base64,{base64.b64encode(drawn).decode()}"


Drawings = Mapping[str, Drawing]
"""By name."""

"""What people see and type. Imports `storage` and `content`; nothing imports it.

`cli` is the way in, `app` the kiosk. `interview` is one candidate's way through the survey, shared by the screens in
`survey/` and by `plain`, which never touch a disk or a key themselves.

Textual reads variables named TEXTUAL… as it is imported: a log file, a remote console, key presses to play, a driver to
load. On a kiosk none of them may count, and this is the one place that runs before every import of Textual.
"""

import os

for _name in [name for name in os.environ if name.startswith("TEXTUAL")]:
    del os.environ[_name]

# Textual paints at most this often, so a key press waits half of 1/60 s on average by default, and all of it at worst.
os.environ["TEXTUAL_FPS"] = "240"

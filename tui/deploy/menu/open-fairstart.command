#!/bin/sh
# Opens Fairstart in a window of Terminal: macOS has no menu to put it into, so drag this file into the Dock.

exec "$(cd -- "$(dirname -- "$0")" && pwd)/fairstart"

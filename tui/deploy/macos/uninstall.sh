#!/bin/sh
# Makes the account that runs this an ordinary one again. What Fairstart keeps stays: keys, responses, kiosk.toml.
set -eu

if command -v defaults >/dev/null; then
    defaults delete com.apple.Terminal NSQuitAlwaysKeepsWindows || true
fi
rm -f "$HOME/Library/LaunchAgents/fairstart-kiosk.plist"
rm -rf "$HOME/Library/Application Support/fairstart-kiosk"

echo "Done. Keys and responses are still in Library/Application Support/fairstart of this account."

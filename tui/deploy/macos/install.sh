#!/bin/sh
# Makes the account that runs this a kiosk: Terminal opens with Fairstart as soon as it signs in. It needs no
# administrator and can be run again; uninstall.sh puts everything back.
set -eu
cd "$(dirname "$0")"

if [ "$(id -u)" = 0 ]; then
    echo "Run this signed in as the kiosk's account, without sudo." >&2
    exit 1
fi

kiosk="$HOME/Library/Application Support/fairstart-kiosk"
mkdir -p "$kiosk" "$HOME/Library/LaunchAgents"
cp fairstart-kiosk.command "$kiosk/"
chmod 755 "$kiosk/fairstart-kiosk.command"
cp fairstart-kiosk.plist "$HOME/Library/LaunchAgents/"
# No window of before comes back with a shell in it.
if command -v defaults >/dev/null; then
    defaults write com.apple.Terminal NSQuitAlwaysKeepsWindows -bool false
fi

echo "Done. Sign out and in again: Fairstart starts by itself, and leads through set-up the first time."

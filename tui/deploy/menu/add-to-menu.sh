#!/bin/sh
# Puts Fairstart and its office into the menu of whoever runs this, from where its folder lies now.
# To take them out again: rm ~/.local/share/applications/fairstart*.desktop

here=$(cd -- "$(dirname -- "$0")" && pwd) || exit
case $here in *[\"\`\$\\%]*)
    echo "The menu cannot start what lies in $here: move this folder to one with a plainer name, then try again." >&2
    exit 1
    ;;
esac
menu=${XDG_DATA_HOME:-$HOME/.local/share}/applications
mkdir -p "$menu" || exit

entry() {
    cat >"$menu/$1.desktop" <<END
[Desktop Entry]
Type=Application
Version=1.0
Name=$2
Comment=$3
Exec="$here/fairstart"$4
Terminal=true
Categories=Office;
END
}

entry fairstart "Fairstart" "Ask about socio-economic background at an event" "" &&
    entry fairstart-office "Fairstart office" "Bring events in, see counts, write reports" " office" &&
    echo "Fairstart is in the menu now."

#!/bin/sh
# Makes this laptop a kiosk for the event that this stick was prepared for, and starts it. Needs no network, and Python
# only where the stick brings wheels and not a program that was built.
# With a folder behind its name it puts the program there, for `deploy`, and does no more: sh start.sh /opt/fairstart

here=$(cd -- "$(dirname -- "$0")" && pwd)
case $(uname) in
    Darwin)
        system=macos
        place="$HOME/Library/Application Support/fairstart-program"
        ;;
    *)
        system=linux
        place="${XDG_DATA_HOME:-$HOME/.local/share}/fairstart-program"
        ;;
esac
place=${1:-$place}
program=$place/.venv/bin/fairstart

# A window that closes at the end would take the sentence along.
fail() {
    echo "$1" >&2
    if [ -t 0 ]; then
        printf 'Press Enter to close this. '
        read -r _
    fi
    exit 1
}

built=
for each in "$here"/programs/fairstart-*-"$system"-"$(uname -m)".tar.gz; do
    [ -f "$each" ] && built=${each##*/}
done
wheel=
for each in "$here"/wheels/fairstart-*.whl; do
    [ -f "$each" ] && wheel=${each##*/}
done

# The note is written last, so an installation that was interrupted is made anew.
noted=$(cat "$place/.venv/wheel" 2>/dev/null)
if [ -n "$built" ]; then
    if [ "$noted" != "$built" ]; then
        echo "Putting Fairstart on this laptop."
        rm -rf "$place/.venv" &&
            mkdir -p "$place/.venv/bin" &&
            tar -xzf "$here/programs/$built" -C "$place/.venv/bin" --strip-components=1 &&
            echo "$built" >"$place/.venv/wheel" ||
            fail "Fairstart could not be put on this laptop: see above, then open this file again."
    fi
elif [ -n "$wheel" ] && [ "$noted" != "$wheel" ]; then
    python=
    for each in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            python=$each
            break
        fi
    done
    [ -n "$python" ] || fail "This laptop has no Python 3.11 or newer: install it, then open this file again."
    echo "Putting Fairstart on this laptop. This takes a minute."
    mkdir -p "$place" &&
        "$python" -m venv --clear "$place/.venv" &&
        "$place/.venv/bin/python" -m pip --isolated --disable-pip-version-check install --quiet \
            --no-index --find-links "$here/wheels" 'fairstart[sftp]' &&
        echo "$wheel" >"$place/.venv/wheel" ||
        fail "Fairstart could not be put on this laptop: see above, then open this file again."
fi

[ $# -eq 0 ] || exit 0

[ -x "$program" ] || program=$(command -v fairstart) ||
    fail "This laptop has no Fairstart, and this stick brings none: install it, then open this file again."

# Elsewhere than on the stick, which may go, and whose kiosk.toml is not this laptop's.
cd "$HOME" || exit
"$program" setup --from "$here" || fail "Nothing was started."
exec "$program"

#!/bin/sh
# Makes this laptop a kiosk. It can be run again; uninstall.sh puts everything back.
#
#   sudo ./install.sh       letters as large as fit the screen
#   sudo ./install.sh 30    letters of 30 pixels
set -eu
cd "$(dirname "$0")"

root=${DESTDIR:-}  # another folder in place of /, to see what would be written
program=$root/usr/local/lib/fairstart-kiosk/fairstart-kiosk
foot_ini=$root/etc/fairstart-kiosk/foot.ini
before=$root/etc/fairstart-kiosk/before

stop() {
    echo "$*" >&2
    exit 1
}

put() {  # put FILE MODE PLACE
    install -D -m "$2" "$1" "$root$3"
}

letters_for() {  # of WIDTHxHEIGHT: a cell is 0.61 by 1.17 times the size of its letters, and 80 by 24 are wanted
    wide=$((${1%x*} * 100 / (80 * 61)))
    high=$((${1#*x} * 100 / (24 * 117)))
    echo $((wide < high ? wide : high))
}

knows() {  # whether this foot has an option
    foot --check-config --config="$foot_ini" --override="$1" >/dev/null 2>&1
}

case ${1:-38} in *[!0-9]*) stop "The size of letters is a number of pixels, such as 30." ;; esac
[ "$(id -u)" = 0 ] || stop "This needs the administrator: type sudo ./install.sh"
for needed in cage Xwayland foot; do  # cage does not start without Xwayland, and Debian does not bring it along
    [ -x "$(command -v "$needed")" ] || stop "The program $needed is missing. On Debian and Ubuntu type:" \
        "sudo apt install cage xwayland foot fonts-dejavu-core espeak-ng alsa-utils"
done

id fairstart >/dev/null 2>&1 || useradd --system --user-group --home-dir /var/lib/fairstart --create-home \
    --shell /usr/sbin/nologin --comment "Fairstart kiosk" fairstart
usermod --append --groups audio fairstart  # questions can be read aloud
put fairstart-kiosk 755 "${program#"$root"}"
runuser -u fairstart -- "$program" --version >/dev/null 2>&1 || stop "The account \"fairstart\" cannot" \
    "run Fairstart: install it where every account can run it, such as /opt/fairstart, and put its path at the top of" \
    "the file fairstart-kiosk."

put foot.ini 644 "${foot_ini#"$root"}"
mode=$(cat "$root"/sys/class/drm/card*-eDP-*/modes "$root"/sys/class/drm/card*/modes 2>/dev/null | head -n 1)
case $mode in [1-9]*x[1-9]*) size=$(letters_for "${mode%i}") ;; *) size=38 ;; esac
sed -i "s/pixelsize=[0-9]*/pixelsize=${1:-$size}/" "$foot_ini"
while read -r option; do
    if knows "$option"; then
        printf '\n[%s]\n%s\n' "${option%%.*}" "${option#*.}" >>"$foot_ini"
    fi
done <foot-newer.txt
foot --check-config --config="$foot_ini" >/dev/null 2>&1 || stop "This version of foot" \
    "does not know all of foot.ini: see what foot --check-config --config=$foot_ini says."

put fairstart-kiosk.pam 644 /etc/pam.d/fairstart-kiosk
put fairstart-kiosk.service 644 /etc/systemd/system/fairstart-kiosk.service
put logind.conf 644 /etc/systemd/logind.conf.d/99-fairstart-kiosk.conf
put system.conf 644 /etc/systemd/system.conf.d/99-fairstart-kiosk.conf
put sysctl.conf 644 /etc/sysctl.d/99-zz-fairstart-kiosk.conf
put usb-sticks.rules 644 /etc/udev/rules.d/99-fairstart-kiosk.rules

# Without a desktop the kiosk has the screen to itself. What was set is kept for uninstall.sh.
[ -e "$before" ] || systemctl get-default >"$before"
systemctl daemon-reload
systemctl mask ctrl-alt-del.target
systemctl set-default multi-user.target
systemctl enable fairstart-kiosk.service

echo "Done. Restart the laptop: Fairstart starts by itself, and leads through set-up the first time."

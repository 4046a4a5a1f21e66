#!/bin/sh
# Makes this laptop an ordinary one again. What Fairstart keeps stays: keys, responses, kiosk.toml.
set -eu

root=${DESTDIR:-}
before=$root/etc/fairstart-kiosk/before

if [ "$(id -u)" != 0 ]; then
    echo "This needs the administrator: type sudo ./uninstall.sh" >&2
    exit 1
fi

if [ -e "$before" ]; then
    systemctl disable fairstart-kiosk.service
    systemctl unmask ctrl-alt-del.target
    systemctl set-default "$(cat "$before")"
fi
rm -rf "$root/usr/local/lib/fairstart-kiosk" "$root/etc/fairstart-kiosk"
rm -f "$root/etc/pam.d/fairstart-kiosk" \
    "$root/etc/systemd/system/fairstart-kiosk.service" \
    "$root/etc/systemd/logind.conf.d/99-fairstart-kiosk.conf" \
    "$root/etc/systemd/system.conf.d/99-fairstart-kiosk.conf" \
    "$root/etc/sysctl.d/99-zz-fairstart-kiosk.conf" \
    "$root/etc/udev/rules.d/99-fairstart-kiosk.rules"
systemctl daemon-reload

echo "Done. Restart the laptop: it starts as it did before."
echo "Keys and responses are still in /var/lib/fairstart. Once the office has signed for all of them, and only then,"
echo "this deletes them and the account: sudo userdel --remove fairstart"

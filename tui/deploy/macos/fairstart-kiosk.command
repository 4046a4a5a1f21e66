#!/bin/sh
# What runs in the kiosk's window: Fairstart, again and again.

# WHERE FAIRSTART IS ON THIS MAC. The kiosk's account must be able to run it.
fairstart={{ command }}

# No key ends the pause below.
trap '' INT QUIT TSTP

while true; do
    clear
    began=$(date +%s)
    "$fairstart"
    [ $? -gt 128 ] && printf '\033c'  # killed, it leaves what the last person saw on the screen
    # At once, unless it ends as soon as it has begun: then what it said of itself stays for a while.
    [ $(($(date +%s) - began)) -lt 60 ] && sleep 3
done

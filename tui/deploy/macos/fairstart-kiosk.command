#!/bin/sh
# What runs in the kiosk's window: Fairstart, again and again.

# WHERE FAIRSTART IS ON THIS MAC. The kiosk's account must be able to run it.
fairstart={{ command }}

# No key ends the pause below.
trap '' INT QUIT TSTP

while true; do
    clear
    "$fairstart"
    [ $? -gt 128 ] && printf '\033c'  # killed, it leaves what the last person saw on the screen
    sleep 3
done

"""An event laptop as a kiosk: the files that make it start Fairstart by itself."""

"""Keys, passphrases, sealing, and the text armour around key files."""

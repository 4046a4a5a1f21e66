"""The screens outreach staff see: set-up, the passphrase, and the staff area. Loaded only when staff come."""

"""What a kiosk keeps, and what may leave it.

Most callers want `storage.kiosk`: `set_up` prepares a data folder, `Kiosk.open` holds it for one process, and
`Kiosk.seal` followed by `Kiosk.keep` puts one candidate's response on disk. The rest is one file per idea:

- `settings`     kiosk.toml, read strictly and written back with the organiser's comments intact
- `armour`       the text around key files and receipts
- `keys`         office and kiosk keys, how a passphrase wraps them, fingerprints and recovery codes
- `passphrases`  suggesting a passphrase and refusing a weak one
- `events`       the occasion a response belongs to
- `sealing`      a response as a fixed number of bytes, encrypted to the office
- `database`     the one function that opens SQLite, and the wiping of its journal
- `pool`         sealed responses and groups, kept without order, time or identity
- `tally`        exact counts, which are for `noise` alone: of those who wait, on a kiosk in memory
- `noise`        small random numbers, drawn once per group, and the noisy group that they make
- `groups`       a noisy group as a fixed number of bytes, sealed to the kiosk's own key
- `exports`      what goes between kiosk and office: the sealed export and the receipt
- `handover`     how far an event has come on its way to the office
- `transport`    folders, drives and addresses: written, read back, named; `places` finds drives
- `office`       what was brought in, merged; `bringing` takes many exports, `opening` opens responses on every core
- `membership`   who becomes a group at the office
- `disclosure`   what may be shown: published tables, each a sum of noisy groups; `scopes` makes those of an office
- `intervals`    how sure a noisy share is
- `findings`     what published tables say: shares, verdicts, response rates; `journey` follows them by stage
- `doctor`       checks of this laptop
- `folder`       the data folder: kept to one process, and the office key in it
- `files`        private, atomic, flushed files

Promises. Nothing here writes an answer in the clear, logs, or keeps a time or an order. A kiosk holds no key that
opens a response; the least that it can open is a noisy sum of ten people, and their exact sum is nowhere on its disk.
An office opens each response once and keeps sums. `FORMAT.md` specifies every file to the byte; files written by a
released version stay readable. `PRIVACY.md` says what follows for a candidate, and names the test of each sentence.

This package imports `content` and never a user interface. Every expected failure is a `storage.errors.FairstartError`.
"""

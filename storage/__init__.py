"""What a kiosk keeps, and what may leave it.

Most callers want `storage.kiosk.kiosk`: `set_up` prepares a data folder, `Kiosk.open` holds it for one process, and
`Kiosk.seal` followed by `Kiosk.keep` puts one candidate's response on disk. A room holds one subject, a file one idea:

- `crypto`       keys, passphrases, sealing, armour
- `counts`       what may be shown: tallies, noise, published tables, intervals, findings, the journey
- `kiosk`        the laptop at an event: pool, groups, set-up, practice
- `exchange`     what goes between kiosk and office, and where files are put
- `office`       what was brought in: groups, tables of every scope, importing, decrypting, copies
- `toolkit`      the checklist, progress, search
- `report`       pages, workbooks, open data, action plans, advice
- `papers`       what is printed and handed on around a survey, and its drafts for a data protection officer

Above none of them: `errors`, `events`, `settings`, `database` (the one function that opens SQLite), `private_files`,
`data_folder` (kept to one process), `computer`, `wrong_tries`, and `doctor`, which checks a laptop. Import contracts
hold the floors.

Promises. Nothing here writes an answer in the clear, logs, or keeps a time or an order. A kiosk holds no key that
opens a response; the least that it can open is a noisy sum of ten people, and their exact sum is nowhere on its disk.
An office opens each response once and keeps sums. `FORMAT.md` specifies every file to the byte; files written by a
released version stay readable. `PRIVACY.md` says what follows for a candidate, and names the test of each sentence.

This package imports `content` and never a user interface. Every expected failure is a `storage.errors.FairstartError`.
"""

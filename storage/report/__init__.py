"""The report: what leaves the office for leaders, partners and analysts. Made only from published tables.

`report` says what is in one, `page`, `workbook` and `open_data` write it in their formats, `files` puts it in a folder.
"""

"""Papers: what is printed and handed on around a survey, and what a data protection officer and IT are given.

`content.papers` has what they say. `facts` has every figure and name that is filled in, from the settings and from what
the program is made of; `promises` reads PRIVACY.md. `composing` makes a `document` of both, `html` and `docx` render
it, `files` puts all of them in a folder.

It is a room of its own, above the kiosk, the office and the report: a report tells published counts and knows of
neither; papers tell how all of them work, and know no count, no response and no key.
"""

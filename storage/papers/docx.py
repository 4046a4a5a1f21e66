"""A paper as a document that the organisation goes on writing."""

from __future__ import annotations

import datetime as dt
import io
import unicodedata

import docx as python_docx
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph as WordParagraph

from storage.papers.document import (
    Asked,
    Block,
    Commands,
    Decide,
    Document,
    Heading,
    Listing,
    Paragraph,
    Picture,
    Run,
    Runs,
    Slip,
    Table,
)
from storage.papers.pictures import Drawings

_A4 = Mm(210), Mm(297)
_MARGINS = {"text": Mm(18), "guide": Mm(13), "poster": Mm(14), "slip": Mm(12)}
_PICTURE_WIDTH = Mm(92)
_STACKED_FROM = 3
"""Columns: in large print a table of so many becomes a list."""
_FONT = "Arial"
_AFTER_BORDERS = ("w:bidi", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl", "w:rPr")
"""What the format has after borders in a paragraph's properties, of what is used here."""
_LEFT_TO_RIGHT = "\u200e"
"""Unseen. After a name from right to left it keeps the digits and names that follow from being read as part of it."""
_INK = RGBColor(0, 0, 0)


def docx(document: Document, drawings: Drawings) -> bytes:
    """The document of a paper; KeyError where a picture is not there."""
    writer = _Writer(document, drawings)
    for block in document.blocks:
        writer.write(block)
    written = io.BytesIO()
    writer.word.save(written)
    return written.getvalue()


class _Writer:
    """Writes one block after the other."""

    def __init__(self, document: Document, drawings: Drawings) -> None:
        self.word: WordDocument = python_docx.Document()
        self._document = document
        self._drawings = drawings
        self._prepare()

    def _prepare(self) -> None:
        """Page, letters, language and title."""
        document, word = self._document, self.word
        section = word.sections[0]
        section.page_width, section.page_height = _A4
        margin = _MARGINS[document.layout]
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = margin
        for name in ("Normal", "Title", "Heading 2", "Heading 3", "List Bullet", "List Number"):
            style = word.styles[name]
            style.font.name = _FONT
            style.font.color.rgb = _INK
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for kind in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
                fonts.attrib.pop(qn(kind), None)
            fonts.set(qn("w:cs"), _FONT)
        for name, size in {"Normal": 1.0, "Title": 1.7, "Heading 2": 1.25, "Heading 3": 1.1}.items():
            word.styles[name].font.size = Pt(round(document.points * size))
        word.styles["Title"].font.bold = True
        space = word.styles["Normal"].paragraph_format
        space.space_after = Pt(3 if document.layout in {"guide", "poster"} else 6)
        language = word.styles["Normal"].element.get_or_add_rPr().makeelement(qn("w:lang"), {})
        language.set(qn("w:val"), "en-GB" if document.language == "en" else document.language)
        word.styles["Normal"].element.get_or_add_rPr().append(language)
        core = word.core_properties
        core.title, core.author = document.title, document.organisation
        core.language = document.language
        core.created = core.modified = dt.datetime.combine(document.made, dt.time(), dt.UTC)
        core.comments = core.last_modified_by = ""
        if document.layout != "slip":
            self._paragraph("Title", (Run(text=document.title),))

    def write(self, block: Block) -> None:
        """Write one block."""
        match block:
            case Heading() | Paragraph() | Decide() | Commands():
                self._text(block)
            case Listing():
                self._listing(block)
            case Table():
                self._table(block)
            case Picture():
                self._picture(block)
            case Asked():
                self._asked(block)
            case Slip():
                self._slips(block)

    def _text(self, block: Heading | Paragraph | Decide | Commands) -> None:
        match block:
            case Heading():
                self._paragraph(f"Heading {block.level}", block.text)
            case Paragraph():
                self._paragraph("Normal", block.text)
            case Decide():
                text = (Run(text=f"{block.label}: ", strong=True), *block.text)
                _bordered(self._paragraph("Normal", text), ("top", "left", "bottom", "right"), "dashed")
            case Commands():
                for line in block.lines:
                    self._paragraph("Normal", (Run(text=line, typed=True),))

    def _listing(self, block: Listing) -> None:
        number = self._new_numbering() if block.numbered else None
        for item in block.items:
            written = self._paragraph("List Number" if block.numbered else "List Bullet", item)
            if number is not None:
                _number(written, number)

    def _paragraph(self, style: str, text: Runs) -> WordParagraph:
        paragraph = self.word.add_paragraph()
        paragraph._p.style = style.replace(" ", "")  # by its id: to find it by its name takes 15 ms each time
        self._runs(paragraph, text)
        return paragraph

    def _runs(self, paragraph: WordParagraph, text: Runs, *, strong: bool = False) -> None:
        if self._document.direction == "rtl":
            paragraph._p.get_or_add_pPr().insert_element_before(OxmlElement("w:bidi"), *_AFTER_BORDERS[1:])
        for run in text:
            written = paragraph.add_run(f"[{run.text}]" if run.gap else run.text)
            written.bold = True if run.strong or run.gap or strong else None
            if run.typed:
                written.font.name = "Courier New"
            if run.gap:
                _shaded(written._r.get_or_add_rPr())
            if _from_right(run.text):
                written.font.rtl = True
                if self._document.direction == "ltr":
                    paragraph.add_run(_LEFT_TO_RIGHT)

    def _table(self, block: Table) -> None:
        if self._document.edition == "large" and len(block.head) >= _STACKED_FROM:
            for row in block.rows:
                for name, cell in zip(block.head, row, strict=True):
                    self._paragraph("Normal", (*(_strong(run) for run in name), Run(text=": "), *cell))
                _ruled(self.word.paragraphs[-1])
            return
        table = self.word.add_table(rows=1 + len(block.rows), cols=len(block.head), style="Table Grid")
        if self._document.direction == "rtl":
            table._tbl.tblPr.insert_element_before(OxmlElement("w:bidiVisual"), "w:tblW", "w:jc", "w:tblLook")
        for row, texts in zip(table.rows, (block.head, *block.rows), strict=True):
            for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
                self._runs(cell.paragraphs[0], text, strong=texts is block.head or place == 0)
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        self.word.add_paragraph()

    def _picture(self, block: Picture) -> None:
        paragraph = self.word.add_paragraph()
        drawn = paragraph.add_run().add_picture(io.BytesIO(self._drawings[block.name].png), width=_PICTURE_WIDTH)
        described = drawn._inline.docPr
        described.set("descr", block.shows)
        described.set("name", block.name)

    def _asked(self, block: Asked) -> None:
        heading = self._paragraph("Heading 2", (Run(text=f"{block.number}. {block.text}"),))
        heading.paragraph_format.keep_with_next = True
        for number, label, detail in block.answers:
            text = f" {label} {detail}" if detail else f" {label}"
            answer = self._paragraph("Normal", (Run(text=f"{number} ", strong=True), Run(text=text)))
            answer.paragraph_format.keep_together = True

    def _slips(self, block: Slip) -> None:
        for half in (1, 2):
            self._paragraph("Normal", block.heading)
            table = self.word.add_table(rows=len(block.boxes), cols=1 + max(block.boxes))
            for number, (row, boxes) in enumerate(zip(table.rows, block.boxes, strict=True), 1):
                row.height = Mm(15)
                row.cells[0].paragraphs[0].add_run(f"{number}").bold = True
                for box in range(1, boxes + 1):
                    written = row.cells[box].paragraphs[0]
                    written.alignment = WD_ALIGN_PARAGRAPH.CENTER
                    written.add_run(f"{box}").font.size = Pt(20)
                    _boxed(row.cells[box])
            line = self._paragraph("Normal", ())
            if half == 1:
                _ruled(line)

    def _new_numbering(self) -> int:
        """The id of a numbering that begins with one."""
        numbering = self.word.part.numbering_part.element
        style = self.word.styles["List Number"].element
        used = style.find(f".//{qn('w:numId')}").get(qn("w:val"))
        abstract = numbering.num_having_numId(int(used)).abstractNumId.val
        number = numbering.add_num(abstract)
        number.add_lvlOverride(ilvl=0).add_startOverride(1)
        return int(number.numId)


def _number(paragraph: WordParagraph, number: int) -> None:
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = 0
    properties.get_or_add_numId().val = number


def _strong(run: Run) -> Run:
    return Run(text=run.text, strong=True)


def _from_right(text: str) -> bool:
    """Whether a text begins with a letter that is written from right to left."""
    directions = (unicodedata.bidirectional(letter) for letter in text)
    return next((one in {"R", "AL"} for one in directions if one in {"L", "R", "AL"}), False)


def _element(name: str, **attributes: str) -> BaseOxmlElement:
    made: BaseOxmlElement = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def _borders(kind: str, sides: tuple[str, ...], style: str) -> BaseOxmlElement:
    borders = _element(kind)
    for side in sides:
        borders.append(
            _element(f"w:{side}", val=style, sz="12", space="4" if kind == "w:pBdr" else "0", color="000000")
        )
    return borders


def _ruled(paragraph: WordParagraph) -> None:
    _bordered(paragraph, ("bottom",), "single")


def _bordered(paragraph: WordParagraph, sides: tuple[str, ...], style: str) -> None:
    paragraph._p.get_or_add_pPr().insert_element_before(_borders("w:pBdr", sides, style), *_AFTER_BORDERS)


def _boxed(cell: _Cell) -> None:
    cell._tc.get_or_add_tcPr().append(_borders("w:tcBorders", ("top", "left", "bottom", "right"), "single"))


def _shaded(properties: BaseOxmlElement) -> None:
    shade = _element("w:shd", val="clear", color="auto", fill="FFF2CC")
    properties.insert_element_before(shade, "w:vertAlign", "w:rtl", "w:cs", "w:lang")

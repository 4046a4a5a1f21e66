"""Reading an entry beside its list, and noting how far the organisation has come with it."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import msgspec
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input, OptionList, Static, TextArea
from textual.widgets.option_list import Option

from content.toolkit import Check, Entry, Item, MustHave
from storage.errors import ChangedElsewhereError, FairstartError
from storage.report.action_plan import as_day
from storage.toolkit.checklist import (
    BLANK,
    FIELDS,
    OWNER_LENGTH,
    STATUSES,
    Edit,
    Field,
    Record,
    Status,
    as_date,
    fitting,
)
from storage.toolkit.progress import Choice, Progress, Records
from tui.terminal.capabilities import WIDTH
from tui.text import toolkit as words
from tui.toolkit.filters import Filters
from tui.toolkit.session import Session, Shelf
from tui.toolkit.while_shown import while_shown
from tui.widgets.button import Button, ManyButtons
from tui.widgets.field import TextField

BESIDE = 80
"""Columns from which the entry stands beside its list; below, one of the two is shown."""
_PAUSE = 0.5
"""Seconds without a key after which what is typed is saved."""
_LOOK_EVERY = 1.0
"""Seconds between looks at whether another process has changed something."""


class Browse(Screen[None], inherit_bindings=False):
    """A shelf's entries, and the one that is chosen."""

    CSS_PATH: ClassVar = ["../shared/shared.tcss", "toolkit.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        *(Binding(str(number), f"status({number - 1})", show=False) for number in range(1, len(STATUSES) + 1)),
        Binding("o", "go_to('owner')", show=False),
        Binding("d", "go_to('review')", show=False),
        Binding("n", "go_to('note')", show=False),
        Binding("l", "go_to('more')", show=False),
        Binding("u", "undo", show=False),
        Binding("f", "filter", show=False),
        Binding("slash,s", "search", show=False),
        Binding("e", "save_plan", show=False),
        Binding("c", "clear", show=False),
        Binding("pagedown", "scroll(8)", show=False),
        Binding("pageup", "scroll(-8)", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    def __init__(self, session: Session, shelf: Shelf, at: str = "") -> None:
        """Show a shelf, beginning with the entry of the id `at`, or with the first."""
        super().__init__()
        self._session = session
        self._shelf = shelf
        self._at = at
        self._records: dict[str, Record] = {}
        self._shown = BLANK
        """What the fields say, or said before somebody began to type in them."""
        self._saving = asyncio.Lock()
        """One thing is saved after the other, in the order of the keys."""
        self._refused = ""
        """Why what is typed cannot be saved."""
        self._pause: Timer | None = None
        self._version = 0
        self._options: list[Entry | None] = []
        self._entry: Entry | None = None
        self._more: list[tuple[str, str]] = []
        self._unfolded: set[str] = set()
        self._unsaved = False

    def compose(self) -> ComposeResult:
        """The list, the entry, the buttons."""
        yield Static(Content(self._shelf.title), id="shelf", classes="list-heading")
        yield Static(id="progress")
        with Horizontal(id="both"):
            yield OptionList(id="entries")
            with VerticalScroll(id="entry"):
                yield Static(id="text")
                with Vertical(id="noted"):
                    with Horizontal(id="status"):
                        for number in range(1, len(STATUSES) + 1):
                            yield Button("", str(number), id=f"status-{number}")
                    with Horizontal(classes="field"):
                        yield Static(Content("Owner  O"), classes="field-name")
                        yield TextField(id="owner", max_length=OWNER_LENGTH)
                    with Horizontal(classes="field"):
                        yield Static(Content("Look again on  D"), classes="field-name")
                        yield TextField(id="review", max_length=16, placeholder="2026-11-23 or 23/11/2026")
                    yield Static(Content("Note  N"), classes="field-name")
                    yield TextArea(id="note", soft_wrap=True, tab_behavior="focus")
                yield Static(Content("See also  L"), id="more-name", classes="field-name")
                yield OptionList(id="more")
        yield Static(id="message", classes="message")
        with ManyButtons(classes="buttons"):
            yield Button("Back", "Esc", id="back")
            yield Static(classes="gap")
            yield Button("Undo", "U", id="undo")
            if self._shelf.way and not self._shelf.event:
                yield Button("Clear ticks", "C", id="clear")
            if self._shelf.choice is not None:
                yield Button("Filter", "F", id="filter")
            if self._shelf.choice is not None or self._shelf.way:
                yield Button("Save", "E", id="save-plan")
            yield Button("Search", "S", id="search")

    @while_shown
    async def on_mount(self) -> None:
        """Fill the list."""
        self.query_one("#note", TextArea).cursor_blink = False
        self._arrange(self.app.size.width)
        await self._load()
        self._fill()
        self.query_one("#entries").focus()
        self.set_interval(_LOOK_EVERY, self._notice)

    def on_resize(self, event: events.Resize) -> None:
        """Beside each other, or one at a time."""
        self._arrange(event.size.width)

    def _arrange(self, width: int) -> None:
        self.set_class(width < WIDTH, "-slim")
        self.set_class(width < BESIDE, "-single")

    @property
    def _reading(self) -> bool:
        """Whether the entry is shown in place of its list."""
        return self.has_class("-reading")

    # What is listed.

    async def _load(self) -> None:
        try:
            records = await asyncio.to_thread(self._session.checklist.records, self._shelf.event)
        except FairstartError as error:
            self._say(error.sentence)
        else:
            self._records = records

    @while_shown
    async def _notice(self) -> None:
        """Take over what another process has changed, but for what is being typed here."""
        try:
            version = await asyncio.to_thread(lambda: self._session.checklist.version)
        except FairstartError as error:
            self._say(error.sentence)
            return
        if version != self._version:
            self._version = version
            await self._load()
            self._show_progress()
            for number, entry in enumerate(self._options):
                if entry is not None:
                    self.query_one("#entries", OptionList).replace_option_prompt_at_index(number, self._line(entry))
            if self._session.typing is None:
                self._show_noted()

    def _fill(self) -> None:
        listed = self.query_one("#entries", OptionList)
        listed.clear_options()
        self._options = []
        for part in self._shelf.parts:
            if part.heading:
                listed.add_option(Option(Content.styled(part.heading, "bold $primary"), disabled=True))
                self._options.append(None)
            for entry in part.entries:
                listed.add_option(Option(self._line(entry)))
                self._options.append(entry)
        places = [number for number, entry in enumerate(self._options) if entry is not None]
        at = [number for number in places if self._at in {"", getattr(self._options[number], "id", "")}]
        self._show_progress()
        if places:
            listed.highlighted = (at or places)[0]
        else:
            self._show(None)
        if self._at or not places:
            self.add_class("-reading")

    def _line(self, entry: Entry) -> Content:
        """An entry in the list: its mark and its title."""
        if not _is_noted(entry):
            return Content(entry.title)
        return Content(f"{words.MARKS[self._records.get(entry.id, BLANK).status]} {entry.title}")

    def _show_progress(self) -> None:
        entries = [entry for entry in self._shelf.entries if _is_noted(entry)]
        filtered = _filters(self._shelf.choice)
        line = filtered
        if entries:
            found = Progress.over(entries, self._records)
            line = "  ".join(
                part
                for part in (f"{words.bar(found, 20)} {words.progress(found)}", filtered and f"({filtered})")
                if part
            )
        shown = self.query_one("#progress", Static)
        shown.display = bool(line)
        shown.update(Content(line))
        self.query_one("#undo").display = self._session.checklist.can_undo
        self.query_one(".buttons", ManyButtons).on_resize()

    # The entry.

    def on_option_list_option_highlighted(self, chosen: OptionList.OptionHighlighted) -> None:
        """Show the entry that the cursor is on."""
        chosen.stop()
        if chosen.option_list.id != "entries":
            return
        entry = self._options[chosen.option_index]
        if entry is self._entry:
            return
        if self._session.typing is None and not self._refused:
            self._show(entry)
        else:
            self.run_worker(self._move_to(entry), group="move", exclusive=True)

    @while_shown
    async def _move_to(self, entry: Entry | None) -> None:
        """Save what is typed, then show another entry; stay where it cannot be saved."""
        if await self._keep():
            await self._load()
            self._show(entry)
        else:
            self.query_one("#entries", OptionList).highlighted = self._options.index(self._entry)

    def on_option_list_option_selected(self, chosen: OptionList.OptionSelected) -> None:
        """Enter or a click on an entry goes to it; on a term explains it; on a link follows it."""
        chosen.stop()
        if chosen.option_list.id == "entries":
            self.add_class("-reading")
            self.query_one("#entry").scroll_home(animate=False)
            self.query_one("#entry").focus()
            return
        kind, name = self._more[chosen.option_index]
        if kind == "term":
            self._unfolded ^= {name}
            chosen.option_list.replace_option_prompt_at_index(chosen.option_index, self._term(name))
            self.call_after_refresh(chosen.option_list.scroll_visible, animate=False)
        else:
            kit = self._session.toolkit
            entry = kit.tips[name].items[0] if name in kit.tips else kit.entries[name]
            self.run_worker(self._go_on(Browse(self._session, self._session.home_of(entry, {}), entry.id)))

    def _show(self, entry: Entry | None) -> None:
        self._entry = entry
        self._unfolded = set()
        self.query_one("#text", Static).update(self._text(entry))
        self.query_one("#noted").display = self._tracked
        self._refused = ""
        self._show_noted(fresh=True)
        self._show_more()
        self.query_one("#entry").scroll_home(animate=False)

    @property
    def _tracked(self) -> bool:
        return self._entry is not None and _is_noted(self._entry)

    def _text(self, entry: Entry | None) -> Content:
        if entry is None:
            nothing = "Nothing is chosen by this filter: press F to change it." if self._shelf.choice else ""
            return Content(f"{self._shelf.about}\n\n{nothing}".rstrip())
        kit = self._session.toolkit
        part = next(part for part in self._shelf.parts if entry in part.entries)
        pieces: list[Content | str | tuple[str, str]] = []
        first = entry is self._shelf.entries[0]
        if first and self._shelf.about:
            pieces += [(self._shelf.about, "$muted"), "\n\n"]
        if part.about and entry is part.entries[0]:
            pieces += [(part.about, "$muted"), "\n\n"]
        pieces += [(entry.title, "bold $primary"), "\n", (f"{entry.id} · {words.place_of(kit, entry)}", "$muted")]
        if words.lead(entry):
            pieces += ["\n", words.lead(entry)]
        if entry.id in self._shelf.because:
            pieces += ["\n\n", (self._shelf.because[entry.id], "bold")]
        pieces += ["\n\n", entry.text]
        figures = list(words.figure_lines(entry))
        if figures:
            pieces += ["\n\n", ("\n".join(figures), "$muted")]
        last = [f"For {words.audience(entry)}"] if words.audience(entry) else []
        pieces += ["\n\n", ("\n".join([*last, words.source(entry)]), "$muted")]
        return Content.assemble(*pieces)

    def _show_noted(self, *, fresh: bool = False) -> None:
        """Show what is noted of the entry; unless it is a `fresh` one, but for fields that were changed here."""
        if self._entry is None:
            return
        record = self._records.get(self._entry.id, BLANK)
        for number, status in enumerate(STATUSES, 1):
            button = self.query_one(f"#status-{number}", Button)
            button.label = f"{'●' if record.status == status else '○'} {status.capitalize()}"
            button.set_class(record.status == status, "chosen")
        owner, review = self.query_one("#owner", Input), self.query_one("#review", Input)
        note = self.query_one("#note", TextArea)
        kept: dict[str, object] = {"status": record.status}
        with self.prevent(Input.Changed, TextArea.Changed):
            if fresh or _says(owner.value, "owner", self._shown):
                kept["owner"] = record.owner
                if not _says(owner.value, "owner", record):
                    owner.value = record.owner
            if fresh or _says(review.value, "review", self._shown):
                review.value = record.text("review")
                kept["review"] = record.review
            if fresh or _says(note.text, "note", self._shown):
                kept["note"] = record.note
                if not _says(note.text, "note", record):
                    note.load_text(record.note)
        self._shown = msgspec.structs.replace(self._shown, **kept)

    def _show_more(self) -> None:
        """Show the terms that the entry uses, and where it leads."""
        entry, kit = self._entry, self._session.toolkit
        listed = self.query_one("#more", OptionList)
        listed.clear_options()
        self._more = []
        if entry is not None:
            for term in kit.explained(entry):
                self._more.append(("term", term.id))
                listed.add_option(Option(self._term(term.id)))
            for name, title in words.linked(kit, entry):
                self._more.append(("link", name))
                listed.add_option(Option(Content(f"→ {title}")))
        listed.display = bool(self._more)
        self.query_one("#more-name").display = bool(self._more)

    def _term(self, name: str) -> Content:
        """A key term, folded or with what it means."""
        term = self._session.toolkit.entries[name]
        if name in self._unfolded:
            return Content(f"▾ {term.title}: {term.text}")
        return Content(f"▸ What does “{term.title.lower()}” mean?")

    # What is noted.

    def action_status(self, number: int) -> None:
        """Set the status of the entry."""
        if self._tracked:
            self.run_worker(self._change("status", STATUSES[number]))

    def on_input_changed(self, changed: Input.Changed) -> None:
        """The owner is saved as it is typed."""
        if changed.input.id == "owner":
            self._typing("owner", changed.value)

    def on_text_area_changed(self, changed: TextArea.Changed) -> None:
        """The note is saved as it is typed."""
        self._typing("note", changed.text_area.text)

    def _typing(self, field: Field, text: str) -> None:
        """Remember what is typed, and save it once there is a pause."""
        if self._entry is None:
            return
        try:
            after = fitting(field, text)
        except ValueError as error:
            self._refused = f"Not saved: {error}. Shorten it."
            self._say(self._refused)
            return
        self._refused = ""
        here = Edit(self._entry.id, field, self._shown.text(field), after, self._shelf.event)
        under_way = self._session.typing
        if under_way is None and here.before == here.after:
            return
        if under_way and (under_way.id, under_way.field, under_way.event) == (here.id, here.field, here.event):
            here = here._replace(before=under_way.before)
        self._session.typing = here
        if self._pause:
            self._pause.stop()
        self._pause = self.set_timer(_PAUSE, lambda: self.run_worker(self._keep()))

    def on_input_submitted(self, submitted: Input.Submitted) -> None:
        """Enter in a field goes on to the next; leaving it saves it."""
        submitted.stop()
        if submitted.input.id == "owner":
            self.query_one("#review").focus()
        elif self._day() is not None:
            self.query_one("#note").focus()

    def on_descendant_blur(self, left: events.DescendantBlur) -> None:
        """Leaving a field saves it. The disk is not waited for: the next key belongs to the next field."""
        if left.widget.id == "review" and self._tracked and (day := self._day()) is not None:
            self.run_worker(self._change("review", day))
        elif left.widget.id in {"owner", "note"}:
            self.run_worker(self._keep())

    def _day(self) -> str | None:
        """The review date as it is typed; None, and a sentence, if it is no day."""
        try:
            return as_day(self.query_one("#review", Input).value.strip())
        except ValueError as error:
            self._say(f"{str(error)[:1].upper()}{str(error)[1:]}.")
            return None

    @while_shown
    async def _keep(self) -> bool:
        """Save what is being typed, after what is being saved. Whether that worked."""
        async with self._saving:
            return await self._keep_typed()

    async def _keep_typed(self) -> bool:
        edit = self._session.typing
        if self._refused:
            self._say(self._refused)
            return False
        if edit is None:
            return True
        try:
            made = await asyncio.to_thread(self._session.keep_typed)
        except ChangedElsewhereError as error:
            self._session.typing = None
            self._shown = msgspec.structs.replace(self._shown, **{edit.field: edit.after})
            await self._load()
            self._show_noted()
            self._say(f"{error.sentence} You had typed “{edit.after}”.")
            return True
        except FairstartError as error:
            self._say(error.sentence)
            return False
        self._shown = msgspec.structs.replace(self._shown, **{edit.field: edit.after})
        self._unsaved = False
        await self._made(made)
        self._show_noted()
        merged = any(one.after != edit.after for one in made)
        self._say("Somebody else wrote in this note meanwhile: both texts are kept." if merged else "")
        return True

    @while_shown
    async def _change(self, field: Field, after: str) -> None:
        """Save one change to the entry that is shown."""
        entry = self._entry
        async with self._saving:
            if entry is None or not await self._keep_typed() or entry is not self._entry:
                return
            before = self._shown.text(field)
            if before == after:
                return
            if await self._save(Edit(entry.id, field, before, after, self._shelf.event)) and field == "review":
                self._shown = msgspec.structs.replace(self._shown, review=as_date(after))
            self._show_noted()

    async def _save(self, *edits: Edit, done: str = "") -> bool:
        """Save changes, and say what came of it. Whether that worked."""
        try:
            made = await asyncio.to_thread(self._session.checklist.save, *edits)
        except FairstartError as error:
            self._say(error.sentence)
            await self._load()
            return False
        await self._made(made)
        self._say(done)
        return True

    async def _made(self, made: tuple[Edit, ...]) -> None:
        """Show changes that were made, wherever they are listed."""
        if not made:
            return
        await self._load()
        changed = {edit.id for edit in made}
        listed = self.query_one("#entries", OptionList)
        for number, entry in enumerate(self._options):
            if entry is not None and entry.id in changed:
                listed.replace_option_prompt_at_index(number, self._line(entry))
        self._show_progress()

    def action_undo(self) -> None:
        """Take the last change back."""
        self.run_worker(self._undo())

    @while_shown
    async def _undo(self) -> None:
        async with self._saving:
            if not await self._keep_typed():
                return
            try:
                made = await asyncio.to_thread(self._session.checklist.undo)
            except FairstartError as error:
                self._say(error.sentence)
                await self._load()
            else:
                await self._made(made)
                self._say(words.undone(made) if made else "Nothing to undo.")
            self._show_progress()
            self._show_noted(fresh=True)

    def action_clear(self) -> None:
        """Begin a list again, for the next advert."""
        if self.query("#clear"):
            self.run_worker(self._clear())

    @while_shown
    async def _clear(self) -> None:
        async with self._saving:
            if await self._keep_typed():
                edits = [
                    Edit(entry.id, field, text, BLANK.text(field), self._shelf.event)
                    for entry in self._shelf.entries
                    for field in FIELDS
                    if (text := self._records.get(entry.id, BLANK).text(field)) != BLANK.text(field)
                ]
                await self._save(*edits, done="Cleared for the next one. U brings the ticks back.")
                self._show_noted(fresh=True)

    # Where else.

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The mouse can do all that keys can."""
        event.stop()
        name = event.button.id or ""
        if name.startswith("status-"):
            self.action_status(int(name.removeprefix("status-")) - 1)
        else:
            self.run_worker(self.run_action(name.replace("-", "_")))

    def action_back(self) -> None:
        """To the list where it is hidden, else to the screen before."""
        self.run_worker(self._back(), group="back", exclusive=True)

    @while_shown
    async def _back(self) -> None:
        review = self.query_one("#review", Input)
        day = self._day() if review.has_focus and self._tracked else ""
        if day:
            await self._change("review", day)
        if (not await self._keep() or day is None) and not self._unsaved:
            self._unsaved = True  # a second time leaves all the same
            return
        self._session.typing = None
        self._refused = ""
        self._unsaved = False
        if self.has_class("-single") and self._reading and not self._at:
            self.remove_class("-reading")
            self.query_one("#entries").focus()
        else:
            self.dismiss(None)

    def action_go_to(self, name: str) -> None:
        """Put the cursor in a field, or on what an entry leads to."""
        if self._tracked or name == "more":
            self.add_class("-reading")
            field = self.query_one(f"#{name}")
            field.focus()
            self.call_after_refresh(field.scroll_visible, animate=False)
            if name == "more" and self._more:
                self.query_one("#more", OptionList).highlighted = 0

    def action_filter(self) -> None:
        """Choose what is listed."""
        if self._shelf.choice is not None:
            self.app.push_screen(Filters(self._shelf.choice, self._records), self._filtered)

    def _filtered(self, choice: Choice | None) -> None:
        if choice is not None:
            self._shelf = self._session.chosen(choice, self._records)
            self._at = ""
            self._entry = None
            self.remove_class("-reading")
            self._fill()
            self.query_one("#entries").focus()

    def action_search(self) -> None:
        """Find words."""
        from tui.toolkit.find import Find

        self.run_worker(self._go_on(Find(self._session)))

    def action_save_plan(self) -> None:
        """Print or save what is listed."""
        from tui.toolkit.plan import SavePlan

        if self._shelf.choice is not None or self._shelf.way:
            self.run_worker(self._go_on(SavePlan(self._session, self._listed)))

    @while_shown
    async def _go_on(self, screen: Screen[None]) -> None:
        """Show another screen, once what is typed is saved."""
        if await self._keep():
            self.app.push_screen(screen)

    def _listed(self, _records: Records) -> Shelf:
        return self._shelf

    def action_scroll(self, lines: int) -> None:
        """Scroll the entry."""
        self.query_one("#entry").scroll_relative(y=lines, animate=False)

    @while_shown
    async def on_screen_resume(self) -> None:
        """Show what was changed on the screens above."""
        await self._load()
        self._show_progress()
        self._show_noted()

    def _say(self, text: str) -> None:
        self.query_one("#message", Static).update(Content(text))


def _is_noted(entry: Entry) -> bool:
    """Whether anything can be noted of it."""
    return isinstance(entry, Item | MustHave | Check)


def _filters(choice: Choice | None) -> str:
    """What is left out, in words."""
    if choice is None:
        return ""
    status: Status | None = choice.status
    parts = [
        "must-haves" if choice.must_haves else "",
        words.STATUS_WORDS[status].lower() if status else "",
        choice.owner,
        f"for {choice.audience}" if choice.audience else "",
    ]
    return "filter: " + ", ".join(part for part in parts if part) if any(parts) else ""


def _says(text: str, field: Field, record: Record) -> bool:
    """Whether a field says what is noted there."""
    try:
        return (as_day(text.strip()) if field == "review" else fitting(field, text)) == record.text(field)
    except ValueError:
        return False

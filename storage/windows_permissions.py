"""Who may open a file under Windows: an access control list in place of the modes of other systems.

Lists are set and read through advapi32, as text in Windows' own notation (SDDL, [MS-DTYP] 2.5.1); icacls would do the
same with a process for each file. What is private has one entry, its owner's, and takes none over from the folder
above. What is made in a private folder by others, as SQLite makes its journal, has the same entry from that folder.
"""

import re
import sys
from pathlib import Path

_ENTRY = re.compile(r"\((\w+);[^;]*;[^;]*;[^;]*;[^;]*;([^;)]*)")
"""Of an entry, what it does and for whom."""
_ALLOWS = frozenset({"A", "OA", "XA", "ZA"})
_NEVER_KEPT_OUT = frozenset({"SY", "BA", "OW", "CO", "LA"})
"""The system and administrators, who may take any file over, and whoever owns or makes one."""
_EVERYONE = "WD"


def others_in(listed: str, own: str) -> set[str]:
    """Who is let in by a list, but for its owner and those whom no list keeps out.

    Args:
        listed: the list in SDDL. Where there is none everybody may do everything.
        own: what the owner is called in SDDL.
    """
    found = re.search(r"D:([^(]*)((?:\([^)]*\))*)", listed)
    if found is None or "NO_ACCESS_CONTROL" in found[1]:
        return {_EVERYONE}
    return {name for kind, name in _ENTRY.findall(found[2]) if kind in _ALLOWS} - _NEVER_KEPT_OUT - {own}


if sys.platform == "win32":
    import contextlib
    import ctypes
    from collections.abc import Iterator
    from ctypes import wintypes
    from functools import cache

    _LIST, _NOT_INHERITED = 0x4, 0x80000000
    _TOKEN_QUERY, _TOKEN_USER, _SDDL_REVISION, _KEEPS_LISTS = 0x8, 1, 1, 0x8
    """DACL_SECURITY_INFORMATION, PROTECTED_DACL_SECURITY_INFORMATION, FILE_PERSISTENT_ACLS and the like."""

    _advapi32 = ctypes.WinDLL("advapi32", use_last_error=True)
    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel32.GetCurrentProcess.restype = wintypes.HANDLE
    _kernel32.CloseHandle.argtypes = [wintypes.HANDLE]
    _kernel32.LocalFree.argtypes = [ctypes.c_void_p]
    _pointer, _number = ctypes.c_void_p, wintypes.DWORD
    _kernel32.GetVolumePathNameW.argtypes = [wintypes.LPCWSTR, wintypes.LPWSTR, _number]
    _kernel32.GetVolumeInformationW.argtypes = [
        wintypes.LPCWSTR,
        *(_pointer, _number, _pointer, _pointer, _pointer, _pointer, _number),
    ]
    _advapi32.OpenProcessToken.argtypes = [wintypes.HANDLE, _number, _pointer]
    _advapi32.GetTokenInformation.argtypes = [wintypes.HANDLE, ctypes.c_int, _pointer, _number, _pointer]
    _advapi32.ConvertSidToStringSidW.argtypes = [_pointer, _pointer]
    _to_binary = _advapi32.ConvertStringSecurityDescriptorToSecurityDescriptorW
    _to_binary.argtypes = [wintypes.LPCWSTR, _number, _pointer, _pointer]
    _to_text = _advapi32.ConvertSecurityDescriptorToStringSecurityDescriptorW
    _to_text.argtypes = [_pointer, _number, _number, _pointer, _pointer]
    _advapi32.SetFileSecurityW.argtypes = [wintypes.LPCWSTR, _number, _pointer]
    _advapi32.GetFileSecurityW.argtypes = [wintypes.LPCWSTR, _number, _pointer, _number, _pointer]

    def make_private(path: Path) -> None:
        """Let nobody but its owner open a file or a folder. A drive that keeps no lists, as with FAT, changes nothing.

        Raises:
            OSError: the list cannot be set.
        """
        inherited = "OICI" if path.is_dir() else ""
        with _binary(f"D:P(A;{inherited};FA;;;{_own_sid()})") as descriptor:
            done = _advapi32.SetFileSecurityW(str(path), _LIST | _NOT_INHERITED, descriptor)
            error = ctypes.get_last_error()
        if not done and keeps_permissions(path):
            raise ctypes.WinError(error)

    def is_open_to_others(path: Path) -> bool:
        """Whether others than its owner and administrators are let in.

        Raises:
            OSError: its list cannot be read.
        """
        return bool(others_in(_list_of(path), _own_name()))

    def keeps_permissions(path: Path) -> bool:
        """Whether the drive that a file or a folder is on keeps lists: FAT and exFAT do not."""
        root, flags = ctypes.create_unicode_buffer(1 << 10), wintypes.DWORD()
        if not _kernel32.GetVolumePathNameW(str(path.absolute()), root, len(root)):
            return True
        asked = _kernel32.GetVolumeInformationW(root, None, 0, None, None, ctypes.byref(flags), None, 0)
        return not asked or bool(flags.value & _KEEPS_LISTS)

    def _list_of(path: Path) -> str:
        size = wintypes.DWORD()
        _advapi32.GetFileSecurityW(str(path), _LIST, None, 0, ctypes.byref(size))
        descriptor = ctypes.create_string_buffer(size.value)
        _checked(_advapi32.GetFileSecurityW(str(path), _LIST, descriptor, size, ctypes.byref(size)))
        return _text(descriptor)

    @cache
    def _own_sid() -> str:
        """The identifier of whoever runs this."""
        token, size = wintypes.HANDLE(), wintypes.DWORD()
        _checked(_advapi32.OpenProcessToken(_kernel32.GetCurrentProcess(), _TOKEN_QUERY, ctypes.byref(token)))
        try:
            _advapi32.GetTokenInformation(token, _TOKEN_USER, None, 0, ctypes.byref(size))
            user = ctypes.create_string_buffer(size.value)
            _checked(_advapi32.GetTokenInformation(token, _TOKEN_USER, user, size, ctypes.byref(size)))
        finally:
            _kernel32.CloseHandle(token)
        written = ctypes.c_void_p()  # a TOKEN_USER begins with a pointer to the SID
        _checked(_advapi32.ConvertSidToStringSidW(ctypes.c_void_p.from_buffer(user), ctypes.byref(written)))
        return _taken(written)

    @cache
    def _own_name() -> str:
        """What SDDL calls that identifier, as some have an abbreviation."""
        with _binary(f"D:(A;;FA;;;{_own_sid()})") as descriptor:
            return str(_ENTRY.findall(_text(descriptor))[0][1])

    @contextlib.contextmanager
    def _binary(text: str) -> Iterator[ctypes.c_void_p]:
        descriptor = ctypes.c_void_p()
        _checked(_to_binary(text, _SDDL_REVISION, ctypes.byref(descriptor), None))
        try:
            yield descriptor
        finally:
            _kernel32.LocalFree(descriptor)

    def _text(descriptor: object) -> str:
        written = ctypes.c_void_p()
        _checked(_to_text(descriptor, _SDDL_REVISION, _LIST, ctypes.byref(written), None))
        return _taken(written)

    def _taken(written: ctypes.c_void_p) -> str:
        """Text that Windows wrote into memory of its own, which is given back."""
        try:
            return ctypes.wstring_at(written.value or 0)
        finally:
            _kernel32.LocalFree(written)

    def _checked(done: int) -> None:
        if not done:
            raise ctypes.WinError(ctypes.get_last_error())

/* python.exe: what the launcher of Windows' Python does, in the only way that this one needs. */
#include <windows.h>
#include <wchar.h>

int wmain(int count, wchar_t **words)
{
    wchar_t library[32768];
    DWORD size = GetModuleFileNameW(NULL, library, 32768);
    while (size && library[size - 1] != L'\\')
        size--;
    wcscpy(library + size, L"python311.dll");
    HMODULE python = LoadLibraryW(library);
    int (*run)(int, wchar_t **) = python ? (int (*)(int, wchar_t **))GetProcAddress(python, "Py_Main") : NULL;
    return run ? run(count, words) : 127;
}

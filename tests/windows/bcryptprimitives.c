/* bcryptprimitives.dll, which old versions of Wine lack and Rust asks for randomness: Windows' older call gives it. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T count)
{
    for (SIZE_T done = 0; done < count;) {
        ULONG step = (ULONG)min(count - done, (SIZE_T)0x10000);
        if (!RtlGenRandom(bytes + done, step))
            return FALSE;
        done += step;
    }
    return TRUE;
}

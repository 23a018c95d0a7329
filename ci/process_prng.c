/* What every Rust program needs of bcryptprimitives.dll, which wine before version 9 does not have: without it a program
   ends with code 53 before its first line, and says nothing. For tests only: it asks advapi32 instead. */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID bytes, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T length) {
    const ULONG most = 1 << 28;
    while (length > 0) {
        ULONG now = length < most ? (ULONG)length : most;
        if (!SystemFunction036(bytes, now)) return FALSE;
        bytes += now;
        length -= now;
    }
    return TRUE;
}

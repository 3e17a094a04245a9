namespace Neurodynamics;

/// <summary>Puts a file in another's place. The commands, which come without the library, compile this too.</summary>
internal static class Replacement
{
    private const int SharingViolation = unchecked((int)0x80070020);

    /// <summary>
    /// Moves a file to a place where another may be. Windows does not replace a file that a program has open, not even
    /// one that only reads it: there it is tried again for about two seconds.
    /// </summary>
    /// <exception cref="IOException">The file cannot be replaced.</exception>
    public static void Put(string file, string place)
    {
        for (int wait = 1; ; wait *= 2)
        {
            try
            {
                File.Move(file, place, overwrite: true);
                return;
            }
            catch (Exception inUse) when (OperatingSystem.IsWindows() && inUse is UnauthorizedAccessException
                or IOException { HResult: SharingViolation })
            {
                if (wait > 1000)
                    throw new IOException($"{place} could not be replaced: another program has it open, or it is "
                        + "write-protected. Close it there, then do this again.", inUse);
                Thread.Sleep(wait);
            }
        }
    }
}

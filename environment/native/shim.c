/* The one function that TorchSharp's native library misses in a libstdc++ older than GCC 13's: it constructs the
   standard streams, once. Everything else is found in the system's own libstdc++, which this library needs as well. */
extern void _ZNSt8ios_base4InitC1Ev(void *);
static char streams[16];
static int constructed;

void _ZSt21ios_base_library_initv(void)
{
    if (!constructed) { constructed = 1; _ZNSt8ios_base4InitC1Ev(streams); }
}

/* Which sources this was built from: a test compares. */
__attribute__((used)) static const char made_from[] = "made from " MADE_FROM;

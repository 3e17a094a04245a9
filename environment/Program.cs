namespace Neurodynamics.Environment; static class Program { static int Main() => 0; }

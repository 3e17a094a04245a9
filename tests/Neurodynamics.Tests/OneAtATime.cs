using Xunit.Sdk;
using Xunit.v3;

// TorchSharp's implicit scalars may be freed in mid-use when another thread sets off a collection. The library avoids
// them; tests write `2 * x`, and run one at a time instead.
[assembly: Parallelization(Mode = ParallelMode.None)]

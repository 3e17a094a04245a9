"""Makes context.npz and context_trials.npz; run with Debian 12's python3-torch (PyTorch 1.13.1):
/usr/bin/python3 context.py

A rate network of rank 2 learns to integrate one of two streams of evidence and to ignore the other; a cue says which one
counts. The first file holds its arrays under the names that this code gives them, and a few trials beside them:

    x' = x + A (-x + left right' tanh(x) / N + K u),   y = Z tanh(x) / N

A = 0.2 is a setting of the program. As so often, it is not in the file.

The second file holds trials that are of less use: the first steps under inputs a thousand times smaller, in which tanh is
all but linear, and trials with noise on the currents.
"""

import pathlib

import numpy as np
import torch

N, RANK, A = 64, 2, 0.2
STEPS, CUE_ALONE, EVIDENCE = 40, 5, 20     # the cue stays on; evidence from step 5 to step 25; then it is asked
HERE = pathlib.Path(__file__).parent


def trials(count, generator, noise=0.3):
    """Inputs [count, STEPS, 4]: evidence 1 and 2, cue 1 and 2. Targets [count]: the sign of the evidence that counts."""
    strength = 0.4 * (torch.randint(0, 2, (count, 2), generator=generator) * 2 - 1) * torch.rand(
        (count, 2), generator=generator).add(0.25).clamp(max=1)
    cue = torch.randint(0, 2, (count,), generator=generator)
    u = torch.zeros(count, STEPS, 4)
    shown = slice(CUE_ALONE, CUE_ALONE + EVIDENCE)
    u[:, shown, :2] = strength[:, None] + noise * torch.randn((count, EVIDENCE, 2), generator=generator)
    u[torch.arange(count), :, 2 + cue] = 1
    return u, torch.sign(strength[torch.arange(count), cue])


def run(weights, u, noise=0.0):
    left, right, k, z = weights
    x, states, outputs = torch.zeros(len(u), N), [], []
    for t in range(u.shape[1]):
        x = x + A * (-x + torch.tanh(x) @ right @ left.T / N + u[:, t] @ k.T)
        if noise > 0:
            x = x + noise * torch.randn(x.shape)
        states.append(x)
        outputs.append(torch.tanh(x) @ z.T / N)
    return torch.stack(states, 1), torch.stack(outputs, 1)


def main():
    torch.set_num_threads(1)
    torch.manual_seed(2)
    generator = torch.Generator().manual_seed(3)
    weights = [torch.randn((N, size), generator=generator).mul_(scale).requires_grad_()
               for size, scale in ((RANK, 1), (RANK, 1), (4, 1))]
    weights.append(torch.randn((1, N), generator=generator).mul_(4).requires_grad_())
    optimiser = torch.optim.Adam(weights, 5e-3)
    for update in range(1500):
        u, target = trials(128, generator)
        x, y = run(weights, u)
        loss = ((y[:, CUE_ALONE + EVIDENCE:, 0] - target[:, None]) ** 2).mean() + 0.02 * (x ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1)
        optimiser.step()
        if (update + 1) % 250 == 0:
            print(update + 1, loss.item())

    with torch.no_grad():
        u, target = trials(2000, generator)
        right = (torch.sign(run(weights, u)[1][:, -1, 0]) == target).double().mean().item()
        print("right of 2000 new trials:", right)
        u, _ = trials(8, generator)
        x, y = run(weights, u)
        quiet = u[:4, :6] / 1000
        np.savez(HERE / "context_trials.npz",
                 quiet_inputs=quiet.numpy(), quiet_states=run(weights, quiet)[0].numpy(),
                 noisy_inputs=u[:4].numpy(), noisy_states=run(weights, u[:4], noise=0.01)[0].numpy())
    left, right, k, z = (w.detach().numpy() for w in weights)
    np.savez(HERE / "context.npz", left=left, right=right, K=k, Z=z,
             inputs=u.numpy(), states=x.numpy(), outputs=y.numpy())


if __name__ == "__main__":
    main()

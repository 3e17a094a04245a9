"""Makes normalised_gru.pt and normalised_gru.npz; run with Debian 12's python3-torch (PyTorch 1.13.1):
/usr/bin/python3 normalised_gru.py

A GRU with a layer normalisation in every gate learns to remember two bits. The first file is its step, scripted and in
float64; the second has trials of the network and the weights of its readout.
"""

import pathlib

import numpy as np
import torch
from torch import nn

INPUTS, UNITS, STEPS = 2, 24, 40
HERE = pathlib.Path(__file__).parent


class NormalisedGru(nn.Module):
    """forward(input, state) -> state, [B, 2], [B, 24] -> [B, 24]"""

    def __init__(self, inputs: int, units: int):
        super().__init__()
        self.by_input = nn.Linear(inputs, 3 * units)
        self.by_state = nn.Linear(units, 3 * units, bias=False)
        self.norms = nn.ModuleList([nn.LayerNorm(units) for _ in range(3)])

    def forward(self, input, state):
        u = self.by_input(input).chunk(3, 1)
        h = self.by_state(state).chunk(3, 1)
        gates = []
        for i, norm in enumerate(self.norms):
            gates.append(norm(h[i]))
        reset, keep = torch.sigmoid(u[0] + gates[0]), torch.sigmoid(u[1] + gates[1])
        return keep * state + (1 - keep) * torch.tanh(u[2] + reset * gates[2])


def trials(count, generator):
    """Pulses of +1 and -1 [count, STEPS, 2], one at the first step; targets: whether the last one was +1."""
    pulse = torch.rand((count, STEPS, INPUTS), generator=generator) < 0.1
    pulse[:, 0] = True
    u = pulse * (torch.randint(0, 2, pulse.shape, generator=generator) * 2.0 - 1)
    target, last = torch.zeros_like(u), torch.zeros(count, INPUTS)
    for t in range(STEPS):
        last = torch.where(u[:, t] != 0, u[:, t], last)
        target[:, t] = (last > 0).float()
    return u, target


def run(cell, u):
    h, states = torch.zeros(len(u), UNITS, dtype=u.dtype), []
    for t in range(u.shape[1]):
        h = cell(u[:, t], h)
        states.append(h)
    return torch.stack(states, 1)


def main():
    torch.set_num_threads(1)
    torch.manual_seed(1)
    generator = torch.Generator().manual_seed(2)
    cell, readout = NormalisedGru(INPUTS, UNITS), nn.Linear(UNITS, INPUTS)
    weights = [*cell.parameters(), *readout.parameters()]
    optimiser = torch.optim.Adam(weights, 5e-3)
    for update in range(600):
        u, target = trials(64, generator)
        loss = nn.functional.binary_cross_entropy_with_logits(readout(run(cell, u)), target)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(weights, 1)
        optimiser.step()
        if (update + 1) % 100 == 0:
            print(update + 1, loss.item())

    cell.double()
    readout.double()
    with torch.no_grad():
        u, target = trials(1000, generator)
        print("right of 1000 new trials:", ((readout(run(cell, u.double())) > 0) == (target > 0)).double().mean().item())
        u, _ = trials(12, generator)
        states = run(cell, u.double())
        outputs = readout(states)
    torch.jit.script(cell).save(str(HERE / "normalised_gru.pt"))
    np.savez(HERE / "normalised_gru.npz", inputs=u.numpy(), states=states.float().numpy(),
             outputs=outputs.float().numpy(), **{
                 "readout.weight": readout.weight.detach().numpy(), "readout.bias": readout.bias.detach().numpy()})


if __name__ == "__main__":
    main()

"""Makes the TorchScript files of this folder; run with Debian 12's python3-torch (PyTorch 1.13.1): /usr/bin/python3 make.py

Beside each program that the tests follow in numbers stands an .npz of the same name: its weights by their names in
PyTorch, an input [B, I], states [B, S], and PyTorch's own next states and Jacobians there, all in float64.
"""

import io
import pathlib
import zipfile

import numpy as np
import torch
from torch import nn

HERE = pathlib.Path(__file__).parent


class Leaky(nn.Module):
    """x' = (1 - a) x + a relu(W x + B u + b)"""

    def __init__(self, inputs: int, units: int):
        super().__init__()
        self.recurrent = nn.Linear(units, units)
        self.input = nn.Linear(inputs, units, bias=False)
        self.leak = 0.2

    def forward(self, input, state):
        drive = self.recurrent(state) + self.input(input)
        return (1 - self.leak) * state + self.leak * torch.relu(drive)


class Gru(nn.Module):
    """The state is h."""

    def __init__(self, inputs: int, units: int):
        super().__init__()
        self.cell = nn.GRUCell(inputs, units)

    def forward(self, input, state):
        return self.cell(input, state)


class Lstm(nn.Module):
    """The state is [h, c]."""

    def __init__(self, inputs: int, units: int):
        super().__init__()
        self.cell = nn.LSTMCell(inputs, units)
        self.units = units

    def forward(self, input, state):
        h, c = state[:, :self.units], state[:, self.units:]
        h, c = self.cell(input, (h, c))
        return torch.cat([h, c], 1)


class Stack(nn.Module):
    """A GRU whose output a LSTM reads: the state is [h1, h2, c2]."""

    def __init__(self, inputs: int, first: int, second: int):
        super().__init__()
        self.first, self.second = nn.GRUCell(inputs, first), nn.LSTMCell(first, second)
        self.sizes = [first, second, second]

    def forward(self, input, state):
        h1, h2, c2 = torch.split(state, self.sizes, 1)
        h1 = self.first(input, h1)
        h2, c2 = self.second(h1, (h2, c2))
        return torch.cat([h1, h2, c2], 1)


class Layer(nn.Module):
    """nn.GRU itself, whose weights are in a list as well, one step at a time."""

    def __init__(self, inputs: int, units: int):
        super().__init__()
        self.layer = nn.GRU(inputs, units)

    def forward(self, input, state):
        _, h = self.layer(input.unsqueeze(0), state.unsqueeze(0))
        return h.squeeze(0)


class Alone(nn.Module):
    """x' = tanh(W x + b), whatever the input."""

    def __init__(self, units: int):
        super().__init__()
        self.recurrent = nn.Linear(units, units)

    def forward(self, input, state):
        return torch.tanh(self.recurrent(state))


class Picked(Alone):
    """A buffer of whole numbers, and a tensor that is neither buffer nor parameter."""

    order: torch.Tensor

    def __init__(self, units: int):
        super().__init__(units)
        self.register_buffer("order", torch.arange(units).flip(0))
        self.scale = torch.full((units, units), 0.1)

    def forward(self, input, state):
        return torch.tanh(self.recurrent(state)[:, self.order]).mm(self.scale)


class Frozen(Alone):
    """A leak that is a tensor: a trace keeps it as it is."""

    def forward(self, input, state):
        leak = torch.tensor([0.2, 0.3])
        return (1 - leak) * state + leak * torch.tanh(self.recurrent(state)) + 0 * input


class Mixed(Alone):
    """A matrix in float32, which no matrix in float64 multiplies."""

    def forward(self, input, state):
        return torch.tanh(self.recurrent(state).mm(torch.eye(2)))


class Rounded(Alone):
    """A detour through float32, on the way or at the end."""

    def __init__(self, at_end: bool):
        super().__init__(2)
        self.at_end = at_end

    def forward(self, input, state):
        rounded = state.to(torch.float32)
        return torch.tanh(rounded) if self.at_end else torch.tanh(self.recurrent(rounded.to(state.dtype)))


class Dropout(Alone):
    def __init__(self, always: bool):
        super().__init__(2)
        self.drop = nn.Dropout(0.5)
        self.always = always

    def forward(self, input, state):
        next = self.recurrent(state)
        return nn.functional.dropout(next, 0.5, training=True) if self.always else self.drop(next)


class OneArgument(Alone):
    def forward(self, state):
        return torch.tanh(self.recurrent(state))


class Pair(Lstm):
    def forward(self, input, state):
        return self.cell(input, (state[:, :self.units], state[:, self.units:]))


class Text(nn.Module):
    def forward(self, input, state):
        return {"next": "state"}


class Hidden(Alone):
    """What autograd cannot see."""

    def forward(self, input, state):
        with torch.no_grad():
            return torch.tanh(self.recurrent(state))


class Constant(Alone):
    """What leaves PyTorch on the way is a constant to a trace."""

    def forward(self, input, state):
        return torch.from_numpy(state[:1].numpy() + 1) + torch.zeros_like(state)


class Same(Alone):
    """What goes nowhere but to one state."""

    def forward(self, input, state):
        return torch.full_like(state, 0.5)


class Batch(Alone):
    """The number of states becomes a constant of a trace."""

    def forward(self, input, state):
        return torch.tanh(self.recurrent(state)).reshape(len(state), 2)


class Neighbours(Alone):
    """States of a batch that see each other."""

    def forward(self, input, state):
        return torch.tanh(self.recurrent(state - state.mean(0)))


def stirred(module: nn.Module, scale: float) -> nn.Module:
    """Weights from a normal distribution, in float32 as after training."""
    with torch.no_grad():
        for weights in module.parameters():
            weights.copy_(scale * torch.randn(weights.shape))
    return module


def scripted(name: str, module: nn.Module, inputs: int = 1, states: int = 0) -> None:
    save(name, torch.jit.script(module))
    if states:
        numbers(name, module, inputs, states)


def traced(name: str, module: nn.Module, inputs: int, states: int, batch: int = 3, known: bool = False) -> None:
    save(name, torch.jit.trace(
        module, (torch.zeros(batch, inputs), torch.zeros(batch, states)), check_trace=False))
    if known:
        numbers(name, module, inputs, states)


def save(name: str, program: torch.jit.ScriptModule) -> None:
    """As PyTorch writes it, without its notes on which lines of which files of this machine the code came from."""
    whole = io.BytesIO()
    torch.jit.save(program, whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(HERE / f"{name}.pt", "w") as target:
        for entry in source.infolist():
            if not entry.filename.endswith(".debug_pkl"):
                target.writestr(entry, source.read(entry), entry.compress_type)


def numbers(name: str, module: nn.Module, inputs: int, states: int) -> None:
    weights = {key: value.numpy() for key, value in module.state_dict().items()}
    module = module.double()
    if hasattr(module, "scale"):
        module.scale = module.scale.double()
    input, state = torch.randn(4, inputs).double(), torch.randn(4, states).double()
    pairs = [torch.autograd.functional.jacobian(
        lambda u, x: module(u[None], x[None])[0], (u, x)) for u, x in zip(input, state)]
    with torch.no_grad():
        next = module(input, state)
    file = io.BytesIO()
    np.savez(file, **weights, input=input.numpy(), state=state.numpy(), next=next.numpy(),
             input_jacobian=np.stack([pair[0].numpy() for pair in pairs]),
             state_jacobian=np.stack([pair[1].numpy() for pair in pairs]))
    (HERE / f"{name}.npz").write_bytes(file.getvalue())


if __name__ == "__main__":
    torch.manual_seed(1)
    scripted("leaky", stirred(Leaky(2, 6), 0.8), 2, 6)
    scripted("gru", stirred(Gru(2, 4), 3), 2, 4)
    traced("gru-traced", stirred(Gru(2, 4), 3), 2, 4, known=True)
    scripted("lstm", stirred(Lstm(1, 3), 3), 1, 6)
    scripted("stack", stirred(Stack(2, 3, 2), 3), 2, 7)
    scripted("layer", stirred(Layer(2, 3), 1.5), 2, 3)
    scripted("alone", stirred(Alone(3), 2), 1, 3)
    scripted("picked", stirred(Picked(3), 2), 1, 3)
    traced("frozen", stirred(Frozen(2), 1.5), 2, 2, known=True)
    traced("mixed", Mixed(2), 1, 2)
    scripted("rounded", Rounded(at_end=False))
    traced("rounded-at-end", Rounded(at_end=True), 1, 2)
    scripted("dropout", Dropout(always=False))
    scripted("dropout-always", Dropout(always=True))
    scripted("one-argument", OneArgument(2))
    scripted("pair", Pair(1, 1))
    scripted("text", Text())
    scripted("hidden", Hidden(2))
    scripted("neighbours", Neighbours(2))
    traced("constant", Constant(2), 1, 2)
    scripted("same", Same(2))
    traced("batch", Batch(2), 1, 2)

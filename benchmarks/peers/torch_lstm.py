"""Training steps of a projected LSTM in PyTorch, for the benchmark engine.

Asked to build: {"size": {...}, "optimizer": {...}, "threads": 2}; the rest is in `protocol.py`.
T tokens, B sequences, P projection, which is the input's size too; `src/engine/projected-lstm.ts` is the same model.
"""

import torch
import torch.nn.functional as F
from protocol import Trainer, formula, serve


class Training:
    def __init__(self, request):
        size = request["size"]
        T, B, H, P = (size[name] for name in ("tokens", "batch", "cells", "projection"))
        self.lstm = torch.nn.LSTM(P, H, num_layers=size["layers"], proj_size=P)
        with torch.no_grad():
            for i in range(size["layers"]):
                # The gates lie in the same order; ours has one bias.
                def ours(name, shape):
                    return formula(f"layers.{i}.{name}", shape)

                self.weight("weight_ih", i).copy_(ours("input_linearity.weight", (4 * H, P)))
                self.weight("weight_hh", i).copy_(ours("state_linearity.weight", (4 * H, P)))
                self.weight("weight_hr", i).copy_(ours("state_projection.weight", (P, H)))
                self.weight("bias_ih", i).copy_(ours("state_linearity.bias", (4 * H,)))
                self.weight("bias_hh", i).zero_().requires_grad_(False)
        self.inputs, self.targets = (formula(name, (T, B, P)) for name in ("inputs", "targets"))
        trained = [parameter for parameter in self.lstm.parameters() if parameter.requires_grad]
        self.trainer = Trainer(trained, request["optimizer"])
        self.facts = {"adamw": self.trainer.variant, "check": self.trainer.check(self.loss)}

    def weight(self, name, layer):
        return getattr(self.lstm, f"{name}_l{layer}")

    def loss(self):
        return F.mse_loss(self.lstm(self.inputs)[0], self.targets)

    def batch(self):
        return None

    def step(self, _):
        return self.trainer.step(self.loss)


serve(Training)

"""GPT-2 training steps in PyTorch, for the benchmarks train-step and engine.

Asked to build: {"size": {...}, "optimizer": {...}, "threads": 2, "seed": 1}; the rest is in `protocol.py`.
B sequences of T tokens, C channels, H heads, V vocabulary; tied embeddings, no dropout.
"""

import math

import torch
import torch.nn.functional as F
from protocol import Trainer, serve


class GPT2:
    def __init__(self, size):
        self.size = size
        C, V, T = size["channels"], size["vocabulary"], size["tokens"]
        self.parameters = []
        self.wte, self.wpe = self.normal(V, C), self.normal(T, C)
        self.blocks = [self.block(C) for _ in range(size["layers"])]
        self.final = self.norm(C)
        self.mask = torch.full((T, T), float("-inf")).triu(1)

    def keep(self, tensor):
        self.parameters.append(tensor.requires_grad_())
        return tensor

    def normal(self, *shape):
        return self.keep(torch.randn(*shape) * 0.02)

    def norm(self, C):
        return self.keep(torch.ones(C)), self.keep(torch.zeros(C))

    def linear(self, inputs, outputs):
        return self.normal(inputs, outputs), self.keep(torch.zeros(outputs))

    def block(self, C):
        return {
            "ln_1": self.norm(C),
            "attn": self.linear(C, 3 * C),
            "proj": self.linear(C, C),
            "ln_2": self.norm(C),
            "fc": self.linear(C, 4 * C),
            "out": self.linear(4 * C, C),
        }

    def loss(self, ids, targets):
        B, T, C, H = (self.size[name] for name in ("batch", "tokens", "channels", "heads"))
        x = (F.embedding(ids, self.wte) + self.wpe).view(B * T, C)
        for block in self.blocks:
            a = layer_norm(x, block["ln_1"])
            q, k, v = apply(a, block["attn"]).view(B, T, 3, H, C // H).permute(2, 0, 3, 1, 4)
            scores = q @ k.transpose(-1, -2) / math.sqrt(C // H) + self.mask
            mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(B * T, C)
            x = x + apply(mixed, block["proj"])
            inner = F.gelu(apply(layer_norm(x, block["ln_2"]), block["fc"]), approximate="tanh")
            x = x + apply(inner, block["out"])
        return F.cross_entropy(layer_norm(x, self.final) @ self.wte.t(), targets.view(-1))


def layer_norm(x, weights):
    gamma, beta = weights
    return F.layer_norm(x, gamma.shape, gamma, beta)


def apply(x, weights):
    weight, bias = weights
    return torch.addmm(bias, x, weight)


class Training:
    def __init__(self, request):
        torch.manual_seed(request["seed"])
        self.size = request["size"]
        self.model = GPT2(self.size)
        self.trainer = Trainer(self.model.parameters, request["optimizer"])
        self.facts = {"adamw": self.trainer.variant}

    def batch(self):
        shape = (self.size["batch"], self.size["tokens"])
        return [torch.randint(0, self.size["vocabulary"], shape) for _ in range(2)]

    def step(self, batch):
        return self.trainer.step(lambda: self.model.loss(*batch))


serve(Training)

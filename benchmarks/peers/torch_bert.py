"""BERT in PyTorch, for the benchmarks: `torch_bert.py step` pre-trains it, `finetune` has it classify texts, `forward` encodes.

Asked to build: {"size": {...}, "optimizer": {...}, "threads": 2, "seed": 1}, to fine-tune also "labels", how many there are, and
"batches", a file with [{"ids": [[...], ...], "labels": [...]}, ...]; the rest is in `protocol.py`.
B sequences of T tokens, N = B·T, C channels, H heads, V vocabulary; `bert` of @tenon/models is the same
model, `src/engine/bert.ts` gives it the same first values.
"""

import json
import math
import sys

import torch
import torch.nn.functional as F
from protocol import Trainer, formula, integers, serve


class Bert:
    def __init__(self, size, prefix=""):
        self.size, self.prefix, self.parameters = size, prefix, []
        C = size["channels"]
        self.words = self.parameter("words.weight", size["vocabulary"], C)
        self.positions = self.parameter("positions.weight", size["tokens"], C)
        self.segments = self.parameter("segments.weight", 2, C)
        self.norm = self.norm_of("norm", C)
        self.layers = [self.layer(f"layers.{i}.", C) for i in range(size["layers"])]

    def parameter(self, name, *shape):
        self.parameters.append(formula(self.prefix + name, shape).requires_grad_())
        return self.parameters[-1]

    def linear(self, name, inputs, outputs):
        return self.parameter(f"{name}.weight", outputs, inputs), self.parameter(f"{name}.bias", outputs)

    def norm_of(self, name, C):
        return self.parameter(f"{name}.weight", C), self.parameter(f"{name}.bias", C)

    def layer(self, prefix, C):
        return {
            "qkv": self.linear(prefix + "qkv", C, 3 * C),
            "output": self.linear(prefix + "output", C, C),
            "attention_norm": self.norm_of(prefix + "attentionNorm", C),
            "inner": self.linear(prefix + "inner", C, 4 * C),
            "outer": self.linear(prefix + "outer", 4 * C, C),
            "output_norm": self.norm_of(prefix + "outputNorm", C),
        }

    def forward(self, batch, training=False):
        """The last hidden state, [N, C]."""
        B, T = batch["ids"].shape
        C, H, rate = (self.size[name] for name in ("channels", "heads", "dropout"))
        mask = (1.0 - batch["mask"].float())[:, None, None] * -1e9
        embedded = F.embedding(batch["ids"], self.words) + F.embedding(batch["types"], self.segments) + self.positions[:T]
        x = F.dropout(layer_norm(embedded.view(B * T, C), self.norm), rate, training)
        for layer in self.layers:
            q, k, v = F.linear(x, *layer["qkv"]).view(B, T, 3, H, C // H).permute(2, 0, 3, 1, 4)
            scores = q @ k.transpose(-1, -2) / math.sqrt(C // H) + mask
            mixed = (F.dropout(scores.softmax(-1), rate, training) @ v).transpose(1, 2).reshape(B * T, C)
            mixed = F.dropout(F.linear(mixed, *layer["output"]), rate, training)
            x = layer_norm(x + mixed, layer["attention_norm"])
            fed = F.linear(F.gelu(F.linear(x, *layer["inner"])), *layer["outer"])
            x = layer_norm(x + F.dropout(fed, rate, training), layer["output_norm"])
        return x


def layer_norm(x, weights):
    return F.layer_norm(x, x.shape[-1:], *weights, eps=1e-12)


def input_of(size, call):
    """Texts of different lengths, the second half of each being the second segment."""
    B, T = size["batch"], size["tokens"]
    columns, rows = torch.arange(T), torch.arange(B)[:, None]
    return {
        "ids": integers(B * T, size["vocabulary"], call).view(B, T),
        "types": (columns >= T / 2).long().expand(B, T),
        "mask": columns < T - (5 * rows) % (T / 2),
    }


class MaskedLM:
    """Trains BERT with the head of its first training: what was under the masks."""

    def __init__(self, request):
        torch.manual_seed(request["seed"])
        self.size, self.steps = request["size"], 0
        self.bert = Bert(self.size, "bert.")
        C, V = self.size["channels"], self.size["vocabulary"]
        self.transform = [formula(f"transform.{name}", shape) for name, shape in (("weight", (C, C)), ("bias", (C,)))]
        self.norm = [formula(f"transformNorm.{name}", (C,)) for name in ("weight", "bias")]
        self.bias = formula("decoderBias", (V,))
        own = [weights.requires_grad_() for weights in (*self.transform, *self.norm, self.bias)]
        self.trainer = Trainer([*self.bert.parameters, *own], request["optimizer"])
        first = self.batch_of(0)
        self.facts = {
            "adamw": self.trainer.variant,
            "check": self.trainer.check(lambda: self.loss(first, training=False)),
        }

    def batch_of(self, step):
        B, T, V, P = (self.size[name] for name in ("batch", "tokens", "vocabulary", "predictions"))
        columns = integers(B * P, T / 2, 3 * step + 1)
        return {
            **input_of(self.size, 3 * step),
            "places": torch.arange(B * P) // P * T + columns,
            "targets": integers(B * P, V, 3 * step + 2),
        }

    def loss(self, batch, training):
        picked = self.bert.forward(batch, training).index_select(0, batch["places"])
        transformed = layer_norm(F.gelu(F.linear(picked, *self.transform)), self.norm)
        return F.cross_entropy(F.linear(transformed, self.bert.words, self.bias), batch["targets"])

    def batch(self):
        self.steps += 1
        return self.batch_of(self.steps)

    def step(self, batch):
        return self.trainer.step(lambda: self.loss(batch, training=True))


class Finetune:
    """Trains BERT to classify texts, from rows of ids as a tokenizer gives them."""

    def __init__(self, request):
        torch.manual_seed(request["seed"])
        self.size, self.steps = request["size"], 0
        with open(request["batches"], encoding="utf-8") as file:
            self.batches = json.load(file)
        self.bert = Bert(self.size, "bert.")
        C, L = self.size["channels"], request["labels"]
        shapes = {"bert.pooler.dense": (C, C), "classifier": (L, C)}
        self.pooler, self.classifier = (
            [formula(f"{name}.weight", shape).requires_grad_(), formula(f"{name}.bias", shape[:1]).requires_grad_()]
            for name, shape in shapes.items()
        )
        self.trainer = Trainer([*self.bert.parameters, *self.pooler, *self.classifier], request["optimizer"])
        first = self.tensors(self.batches[0])
        self.facts = {
            "adamw": self.trainer.variant,
            "check": self.trainer.check(lambda: self.loss(first, training=False)),
        }

    def tensors(self, batch):
        """Filled up to the longest row."""
        rows = batch["ids"]
        T = max(len(row) for row in rows)
        ids = torch.tensor([row + [0] * (T - len(row)) for row in rows])
        mask = torch.tensor([[True] * len(row) + [False] * (T - len(row)) for row in rows])
        return {"ids": ids, "types": torch.zeros_like(ids), "mask": mask, "labels": torch.tensor(batch["labels"])}

    def loss(self, batch, training):
        B, T = batch["ids"].shape
        first = self.bert.forward(batch, training).view(B, T, -1)[:, 0]
        pooled = torch.tanh(F.linear(first, *self.pooler))
        return F.cross_entropy(F.linear(F.dropout(pooled, self.size["dropout"], training), *self.classifier), batch["labels"])

    def batch(self):
        self.steps += 1
        return self.batches[(self.steps - 1) % len(self.batches)]

    def step(self, batch):
        return self.trainer.step(lambda: self.loss(self.tensors(batch), training=True))


class Forward:
    """Encodes: from ids to the last hidden state."""

    def __init__(self, request):
        self.size, self.calls = request["size"], 0
        self.bert = Bert(self.size)
        with torch.inference_mode():
            hidden = self.bert.forward(input_of(self.size, 0))
        self.facts = {"check": hidden.flatten()[:8].tolist()}

    def batch(self):
        self.calls += 1
        return input_of(self.size, self.calls)

    def step(self, batch):
        with torch.inference_mode():
            return self.bert.forward(batch)[0, 0].item()


serve({"step": MaskedLM, "finetune": Finetune, "forward": Forward}[sys.argv[1]])

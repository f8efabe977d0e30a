"""Trains BERT to classify texts in PyTorch, beside which `npm run results` trains the same model.

Reads one JSON object from the file named on the command line:
  {"config": {...}, "training": {...}, "seed": 0, "weights": FILE, "dropout": "own" | "shared", "rates": [...],
   "train": [{"ids": [...], "types": [...], "label": 1}, ...], "dev": [...], "epochs": [[{"rows": [3, 1], "length": 48}, ...], ...]}
and writes a line of JSON an epoch, {"epoch": 1, "loss": x, "accuracy": y}.

First weights, rows, their order, padding and the rate of every update come from the caller, so that both sides have the same.
What dropout drops is PyTorch's own draw, or ("shared") what the caller draws: then there is nothing left in which the two may differ.
"""

import json
import math
import sys

import numpy
import torch
import torch.nn.functional as F
from safetensors_file import read_safetensors


class OwnDropout:
    """PyTorch's."""

    def __init__(self, seed):
        torch.manual_seed(seed)

    def begin(self, step):
        pass

    def __call__(self, x, rate):
        return F.dropout(x, rate)


class SharedDropout:
    """The masks of @tenon/core: word i of Threefry-2x32 (Salmon et al. 2011) drops value i where it is below rate · 2³²; its key
    is seed and step, its counter the call within the step and i."""

    ROTATIONS = (13, 15, 26, 6, 17, 29, 16, 24)

    def __init__(self, seed):
        self.seed = seed

    def begin(self, step):
        self.step, self.call = step, 0

    def __call__(self, x, rate):
        kept = self.words(x.numel()) >= numpy.uint32(math.ceil(rate * 2**32))
        self.call += 1
        return x * torch.from_numpy(kept.astype(numpy.float32)).view(x.shape) / (1 - rate)

    def words(self, count):
        word = numpy.uint32
        keys = [word(self.seed), word(self.step), word(0x1BD11BDA) ^ word(self.seed) ^ word(self.step)]
        with numpy.errstate(over="ignore"):
            b = numpy.arange(0, count, 2, dtype=word) + keys[1]
            a = numpy.full_like(b, word(self.call) + keys[0])
            for turn in range(20):
                a += b
                left = word(self.ROTATIONS[turn % 8])
                b = ((b << left) | (b >> (word(32) - left))) ^ a
                if turn % 4 == 3:
                    injection = turn // 4 + 1
                    a += keys[injection % 3]
                    b += keys[(injection + 1) % 3] + word(injection)
        return numpy.stack([a, b], 1).reshape(-1)[:count]


class Classifier:
    """`weights` are named as in checkpoints. B texts of T tokens, C channels."""

    def __init__(self, config, weights, dropout):
        self.config, self.weights, self.dropout = config, weights, dropout

    def linear(self, x, name):
        return F.linear(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def norm(self, x, name):
        return F.layer_norm(x, x.shape[-1:], self.weights[f"{name}.weight"], self.weights[f"{name}.bias"], eps=1e-12)

    def dropped(self, x, training):
        return self.dropout(x, self.config["hidden_dropout_prob"]) if training else x

    def attended(self, x, hidden_places, layer, training):
        B, T, C = x.shape
        heads = self.config["num_attention_heads"]
        parts = (self.linear(x, f"{layer}.attention.self.{part}") for part in ("query", "key", "value"))
        q, k, v = (part.view(B, T, heads, -1).transpose(1, 2) for part in parts)
        shares = (q @ k.transpose(-1, -2) / math.sqrt(C // heads) + hidden_places).softmax(-1)
        if training:
            shares = self.dropout(shares, self.config["attention_probs_dropout_prob"])
        return self.linear((shares @ v).transpose(1, 2).reshape(B, T, C), f"{layer}.attention.output.dense")

    def logits(self, ids, types, mask, training):
        W, places = self.weights, torch.arange(ids.shape[1])
        tables = {"word": ids, "position": places, "token_type": types}
        x = sum(F.embedding(of, W[f"backbone.embeddings.{table}_embeddings.weight"]) for table, of in tables.items())
        x = self.dropped(self.norm(x, "backbone.embeddings.LayerNorm"), training)
        hidden_places = (1.0 - mask.float())[:, None, None] * -1e9
        for i in range(self.config["num_hidden_layers"]):
            layer = f"backbone.encoder.layer.{i}"
            seen = self.dropped(self.attended(x, hidden_places, layer, training), training)
            x = self.norm(x + seen, f"{layer}.attention.output.LayerNorm")
            inner = F.gelu(self.linear(x, f"{layer}.intermediate.dense"))
            x = self.norm(x + self.dropped(self.linear(inner, f"{layer}.output.dense"), training), f"{layer}.output.LayerNorm")
        pooled = torch.tanh(self.linear(x[:, 0], "backbone.pooler.dense"))
        return self.linear(self.dropped(pooled, training), "classifier")


def batch_of(rows, length):
    padded = lambda values: torch.tensor([row + [0] * (length - len(row)) for row in values])
    mask = padded([[1] * len(row["ids"]) for row in rows])
    labels = torch.tensor([row["label"] for row in rows])
    return padded([row["ids"] for row in rows]), padded([row["types"] for row in rows]), mask, labels


def accuracy(model, rows):
    with torch.inference_mode():
        right = 0
        for start in range(0, len(rows), 64):
            group = rows[start : start + 64]
            *batch, labels = batch_of(group, max(len(row["ids"]) for row in group))
            right += (model.logits(*batch, training=False).argmax(-1) == labels).sum().item()
    return right / len(rows)


def main():
    request = json.load(open(sys.argv[1], encoding="utf-8"))
    training, rows = request["training"], request["train"]
    weights = {name: value.requires_grad_() for name, value in read_safetensors(request["weights"]).items()}
    dropout = {"own": OwnDropout, "shared": SharedDropout}[request["dropout"]](request["seed"])
    model = Classifier(request["config"], weights, dropout)
    decayed = lambda name, value: value.dim() >= 2 and "bias" not in name
    groups = [
        {"params": [v for n, v in weights.items() if decayed(n, v)], "weight_decay": training["weightDecay"]},
        {"params": [v for n, v in weights.items() if not decayed(n, v)], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, eps=training["epsilon"])
    step = 0
    for epoch, batches in enumerate(request["epochs"], 1):
        total = 0.0
        for group in batches:
            dropout.begin(step + 1)
            for parameters in optimizer.param_groups:
                parameters["lr"] = request["rates"][step]
            *batch, labels = batch_of([rows[i] for i in group["rows"]], group["length"])
            optimizer.zero_grad()
            loss = F.cross_entropy(model.logits(*batch, training=True), labels)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights.values(), training["maxGradNorm"])
            optimizer.step()
            total += loss.item()
            step += 1
        print(json.dumps({"epoch": epoch, "loss": total / len(batches), "accuracy": accuracy(model, request["dev"])}), flush=True)


main()

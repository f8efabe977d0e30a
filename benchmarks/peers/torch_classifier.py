"""Trains BERT from scratch to classify texts in PyTorch, beside which `npm run results` trains the same model.

Reads one JSON object from the file named on the command line: {"config": {...}, "training": {...}, "seed": 0, "labels": 3,
"train": [{"ids": [...], "types": [...], "label": 1}, ...], "dev": [...]}; writes a line of JSON an epoch, {"epoch": 1, "accuracy": x}.
The rows come from the caller, so that both sides read the same tokens; first weights, order and dropout are PyTorch's.
"""

import json
import math
import sys

import torch
from torch import nn
import torch.nn.functional as F


class Layer(nn.Module):
    def __init__(self, config):
        super().__init__()
        C, self.heads, rate = config["hidden_size"], config["num_attention_heads"], config["hidden_dropout_prob"]
        self.query, self.key, self.value, self.output = (nn.Linear(C, C) for _ in range(4))
        self.inner, self.outer = nn.Linear(C, config["intermediate_size"]), nn.Linear(config["intermediate_size"], C)
        self.attention_norm, self.output_norm = nn.LayerNorm(C, eps=1e-12), nn.LayerNorm(C, eps=1e-12)
        self.dropout, self.attention_dropout = nn.Dropout(rate), nn.Dropout(config["attention_probs_dropout_prob"])

    def forward(self, x, mask):
        B, T, C = x.shape
        q, k, v = (part(x).view(B, T, self.heads, -1).transpose(1, 2) for part in (self.query, self.key, self.value))
        weights = (q @ k.transpose(-1, -2) / math.sqrt(C // self.heads) + mask).softmax(-1)
        mixed = (self.attention_dropout(weights) @ v).transpose(1, 2).reshape(B, T, C)
        x = self.attention_norm(x + self.dropout(self.output(mixed)))
        return self.output_norm(x + self.dropout(self.outer(F.gelu(self.inner(x)))))


class Classifier(nn.Module):
    def __init__(self, config, labels):
        super().__init__()
        C = config["hidden_size"]
        self.words = nn.Embedding(config["vocab_size"], C, padding_idx=0)
        self.positions = nn.Embedding(config["max_position_embeddings"], C)
        self.types = nn.Embedding(2, C)
        self.norm, self.dropout = nn.LayerNorm(C, eps=1e-12), nn.Dropout(config["hidden_dropout_prob"])
        self.layers = nn.ModuleList(Layer(config) for _ in range(config["num_hidden_layers"]))
        self.pooler, self.classifier = nn.Linear(C, C), nn.Linear(C, labels)
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, std=0.02)
            if isinstance(module, nn.Linear):
                nn.init.zeros_(module.bias)
        with torch.no_grad():
            self.words.weight[0].zero_()

    def forward(self, ids, types, mask):
        places = torch.arange(ids.shape[1])
        x = self.dropout(self.norm(self.words(ids) + self.types(types) + self.positions(places)))
        hidden_places = (1.0 - mask.float())[:, None, None] * -1e9
        for layer in self.layers:
            x = layer(x, hidden_places)
        return self.classifier(self.dropout(torch.tanh(self.pooler(x[:, 0]))))


def batch_of(rows):
    T = max(len(row["ids"]) for row in rows)
    padded = lambda values: torch.tensor([row + [0] * (T - len(row)) for row in values])
    mask = padded([[1] * len(row["ids"]) for row in rows])
    labels = torch.tensor([row["label"] for row in rows])
    return padded([row["ids"] for row in rows]), padded([row["types"] for row in rows]), mask, labels


def accuracy(model, rows):
    model.eval()
    with torch.inference_mode():
        right = 0
        for start in range(0, len(rows), 64):
            *batch, labels = batch_of(rows[start : start + 64])
            right += (model(*batch).argmax(-1) == labels).sum().item()
    model.train()
    return right / len(rows)


def main():
    request = json.load(open(sys.argv[1], encoding="utf-8"))
    training, rows = request["training"], request["train"]
    torch.manual_seed(request["seed"])
    model = Classifier(request["config"], request["labels"])
    plain = [p for name, p in model.named_parameters() if name.endswith("bias") or "norm" in name]
    decayed = [p for name, p in model.named_parameters() if not (name.endswith("bias") or "norm" in name)]
    groups = [{"params": decayed, "weight_decay": training["weightDecay"]}, {"params": plain, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=training["learningRate"], eps=training["epsilon"])
    total = training["epochs"] * math.ceil(len(rows) / training["batchSize"])
    warmup = training["warmupSteps"]
    scale = lambda s: s / warmup if s < warmup else max(0.0, (total - s) / max(1, total - warmup))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, scale)
    for epoch in range(1, training["epochs"] + 1):
        order = torch.randperm(len(rows)).tolist()
        for start in range(0, len(rows), training["batchSize"]):
            *batch, labels = batch_of([rows[i] for i in order[start : start + training["batchSize"]]])
            optimizer.zero_grad()
            F.cross_entropy(model(*batch), labels).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), training["maxGradNorm"])
            optimizer.step()
            schedule.step()
        print(json.dumps({"epoch": epoch, "accuracy": accuracy(model, request["dev"])}), flush=True)


main()

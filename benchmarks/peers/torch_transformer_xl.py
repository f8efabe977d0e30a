"""Transformer-XL in PyTorch, beside which `npm run results` trains the same model on characters.

Reads one JSON object from the file named on the command line:
  {"config": {...}, "seed": 0, "weights": FILE}
    writes the first weights to that file, as the reference's programs draw them from this seed, and a line, {"parameters": n};
  the same with "training": {"streams": 16, "length": 32, "rates": [...], "clip": 0.25}, "validation": {"streams": 8, "segments": 50},
  "every": 300 and "texts": {"train": [...], "validation": [...]}, tokens,
    trains too, and writes {"step": 300, "loss": x} every so often.
"""

import json
import sys

import torch
import torch.nn.functional as F
from safetensors_file import write_safetensors


def first_weights(config, seed):
    """
    Named and drawn in the order of the original's modules, once as PyTorch fills them, then anew: normal with 0.02, norms around 1,
    biases 0. What is drawn for nothing counts too, as the next draw goes on from there.
    """
    C, inner, places = config["hidden_size"], config["inner_size"], config["heads"] * config["head_size"]
    torch.manual_seed(seed)
    linear = torch.nn.Linear
    modules = {"word_emb.emb_layers.0": torch.nn.Embedding(config["vocabulary_size"], C)}
    for i in range(config["layers"]):
        layer = f"layers.{i}"
        modules[f"{layer}.dec_attn.qkv_net"] = linear(C, 3 * places, bias=False)
        modules[f"{layer}.dec_attn.o_net"] = linear(places, C, bias=False)
        modules[f"{layer}.dec_attn.layer_norm"] = torch.nn.LayerNorm(C)
        modules[f"{layer}.dec_attn.r_net"] = linear(C, places, bias=False)
        modules[f"{layer}.pos_ff.CoreNet.0"] = linear(C, inner)
        modules[f"{layer}.pos_ff.CoreNet.3"] = linear(inner, C)
        modules[f"{layer}.pos_ff.layer_norm"] = torch.nn.LayerNorm(C)
    modules["crit.out_layers.0"] = linear(C, config["vocabulary_size"])
    named = {f"{name}.{part}": value for name, module in modules.items() for part, value in module.named_parameters()}
    del named["crit.out_layers.0.weight"]  # it is the embedding
    biases = {name: torch.empty(config["heads"], config["head_size"]) for name in ("r_w_bias", "r_r_bias")}
    weights = {name: value.detach() for name, value in {**biases, **named}.items()}
    for name, value in weights.items():
        if name.endswith(".bias"):
            value.zero_()
        else:
            value.normal_(1.0 if "layer_norm" in name else 0.0, 0.02)
    return weights


class TransformerXL:
    """Q tokens and M remembered ones, B streams, C channels; all is [time, B, ...]."""

    def __init__(self, config, weights):
        self.config, self.weights = config, weights

    def linear(self, x, name, bias=True):
        return F.linear(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"] if bias else None)

    def norm(self, x, name):
        return F.layer_norm(x, x.shape[-1:], self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def attended(self, x, memory, distances, mask, layer):
        heads, size = self.config["heads"], self.config["head_size"]
        Q, B, _ = x.shape
        q, k, v = self.linear(torch.cat([memory, x]), f"{layer}.qkv_net", bias=False).chunk(3, -1)
        q, k, v = (part.view(part.shape[0], B, heads, size) for part in (q[-Q:], k, v))
        r = self.linear(distances, f"{layer}.r_net", bias=False).view(-1, heads, size)
        content = torch.einsum("ibnd,jbnd->ijbn", q + self.weights["r_w_bias"], k)
        distance = torch.einsum("ibnd,jnd->ijbn", q + self.weights["r_r_bias"], r)
        scores = (content + shifted(distance)) * size**-0.5
        shares = scores.masked_fill(mask[:, :, None, None], float("-inf")).softmax(1)
        mixed = torch.einsum("ijbn,jbnd->ibnd", shares, v).reshape(Q, B, heads * size)
        return self.linear(mixed, f"{layer}.o_net", bias=False)

    def loss(self, ids, targets, memory):
        """The mean loss, and the memory for the segment that follows: `memory` is one tensor [M, B, C] a layer, or None."""
        C, layers, kept = self.config["hidden_size"], self.config["layers"], self.config["memory_length"]
        Q, B = ids.shape
        memory = memory or [torch.empty(0, B, C) for _ in range(layers)]
        M = memory[0].shape[0]
        distances = sinusoids(torch.arange(M + Q - 1, -1, -1.0), C)
        mask = torch.ones(Q, M + Q).triu(1 + M).bool()
        x, seen = F.embedding(ids, self.weights["word_emb.emb_layers.0.weight"]) * C**0.5, []
        for i, remembered in enumerate(memory):
            layer = f"layers.{i}"
            seen.append(torch.cat([remembered, x])[max(0, M + Q - kept) :].detach())
            x = self.norm(x + self.attended(x, remembered, distances, mask, f"{layer}.dec_attn"), f"{layer}.dec_attn.layer_norm")
            inner = F.relu(self.linear(x, f"{layer}.pos_ff.CoreNet.0"))
            x = self.norm(x + self.linear(inner, f"{layer}.pos_ff.CoreNet.3"), f"{layer}.pos_ff.layer_norm")
        logits = F.linear(x, self.weights["word_emb.emb_layers.0.weight"], self.weights["crit.out_layers.0.bias"])
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten()), seen


def shifted(x):
    """Row i moves to the left so that column j is about the distance between i and j (Dai et al. 2019, appendix B)."""
    Q, K, B, N = x.shape
    return torch.cat([x.new_zeros(Q, 1, B, N), x], 1).view(K + 1, Q, B, N)[1:].view(Q, K, B, N)


def sinusoids(distances, size):
    angles = distances[:, None] / 10000 ** (torch.arange(0.0, size, 2.0) / size)
    return torch.cat([angles.sin(), angles.cos()], -1)


def segments(tokens, streams, length):
    """(ids, targets) of one segment after another, each [length, streams]."""
    rows = torch.tensor(tokens[: len(tokens) // streams * streams]).view(streams, -1).t()
    for start in range(0, len(rows) - length, length):
        yield rows[start : start + length], rows[start + 1 : start + length + 1]


def evaluate(model, tokens, streams, count, length):
    total, memory = 0.0, None
    with torch.inference_mode():
        for _, (ids, targets) in zip(range(count), segments(tokens, streams, length)):
            loss, memory = model.loss(ids, targets, memory)
            total += loss.item()
    return total / count


def train(request, weights):
    training, validation, texts = request["training"], request["validation"], request["texts"]
    model = TransformerXL(request["config"], {name: value.requires_grad_() for name, value in weights.items()})
    optimizer = torch.optim.Adam(weights.values())
    measure = lambda: evaluate(model, texts["validation"], validation["streams"], validation["segments"], training["length"])
    say = lambda step: print(json.dumps({"step": step, "loss": measure()}), flush=True)
    say(0)
    memory, batches = None, segments(texts["train"], training["streams"], training["length"])
    for step, (rate, (ids, targets)) in enumerate(zip(training["rates"], batches), 1):
        optimizer.param_groups[0]["lr"] = rate
        loss, memory = model.loss(ids, targets, memory)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights.values(), training["clip"])
        optimizer.step()
        if step % request["every"] == 0:
            say(step)


def main():
    request = json.load(open(sys.argv[1], encoding="utf-8"))
    weights = first_weights(request["config"], request["seed"])
    write_safetensors(request["weights"], weights)
    print(json.dumps({"parameters": sum(value.numel() for value in weights.values())}), flush=True)
    if "training" in request:
        train(request, weights)


main()

"""What the peers of the benchmarks share: the protocol, weights that both sides work out, and AdamW at its fastest.

A peer reads one JSON object a line from standard input and answers each with one line:
  {"threads": 2, ...what to build}  ->  {"ready": true, ...facts}, with "check" where both sides must agree on numbers
  {"steps": 4}                      ->  {"milliseconds": [...], "processorMilliseconds": [...], "loss": x, "peakMB": n}
It ends with the input.
"""

import json
import resource
import sys
import time

import torch


def serve(build):
    """Builds what the first line asks for, then takes steps.

    `build(request)` gives an object with `facts`, a dict; `batch()`, which is not timed; and `step(batch)`, a number.
    """
    work = None
    for line in sys.stdin:
        request = json.loads(line)
        if work is None:
            torch.set_num_threads(request["threads"])
            work = build(request)
            versions = {"version": torch.__version__, "threads": torch.get_num_threads()}
            print(json.dumps({"ready": True, **versions, **work.facts}), flush=True)
            continue
        timed = [timed_step(work) for _ in range(request["steps"])]
        answer = {
            "milliseconds": [t[0] for t in timed],
            "processorMilliseconds": [t[1] for t in timed],
            "loss": timed[-1][2],
            "peakMB": peak_megabytes(),
        }
        print(json.dumps(answer), flush=True)


def timed_step(work):
    batch = work.batch()
    processor, start = time.process_time(), time.perf_counter()
    value = work.step(batch)
    return (time.perf_counter() - start) * 1000, (time.process_time() - processor) * 1000, value


def peak_megabytes():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1024 * 1024 if sys.platform == "darwin" else 1024)  # Bytes there, kilobytes elsewhere.


def formula(name, shape):
    """The weights that a parameter of this name starts with on both sides: `src/engine/formula.ts` has the same."""
    count = 1
    for size in shape:
        count *= size
    seed = 2166136261
    for byte in name.encode():
        seed = ((seed ^ byte) * 16777619) & 0xFFFFFFFF
    unit = mixed(torch.arange(count, dtype=torch.int64) + seed).double() / 2**32 - 0.5
    values = 1 + 0.1 * unit if name.lower().endswith("norm.weight") else 0.07 * unit
    return values.float().view(shape)


def integers(count, below, call):
    """int64 [count] in 0 … below − 1, the same on both sides; a new `call` gives new ones."""
    words = mixed(torch.arange(count, dtype=torch.int64) + 1_000_003 * call)
    return (words.double() / 2**32 * below).long()


def mixed(x):
    """32 bits that look random for each place: a hash of Wellons, "lowbias32"."""
    x = x & 0xFFFFFFFF
    x = ((x ^ (x >> 16)) * 0x7FEB352D) & 0xFFFFFFFF
    x = ((x ^ (x >> 15)) * 0x846CA68B) & 0xFFFFFFFF
    return x ^ (x >> 16)


class Trainer:
    """A step of AdamW with clipping on a loss. `adamw` says which variant was the fastest here."""

    def __init__(self, parameters, rule):
        self.parameters = list(parameters)
        self.clip = rule["clip"]
        self.optimizer, self.variant = fastest_adamw(self.parameters, rule)

    def step(self, loss_of):
        self.optimizer.zero_grad(set_to_none=True)
        loss = loss_of()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, self.clip)
        self.optimizer.step()
        return loss.item()

    def check(self, loss_of):
        """The loss and the norm of its gradient, at the weights as they are."""
        self.optimizer.zero_grad(set_to_none=True)
        loss = loss_of()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.parameters, float("inf")).item()
        self.optimizer.zero_grad(set_to_none=True)
        return [loss.item(), norm]


# Versions differ in what they have and in what they take by default.
ADAMW_VARIANTS = {"for-loop": {"foreach": False}, "foreach": {"foreach": True}, "fused": {"fused": True}}
# So that trying them does not raise the peak of memory.
SAMPLE_ELEMENTS = 4_000_000


def fastest_adamw(parameters, rule):
    options = {
        "lr": rule["learningRate"],
        "betas": (rule["beta1"], rule["beta2"]),
        "eps": rule["epsilon"],
        "weight_decay": rule["weightDecay"],
    }
    sample, elements = [], 0
    for parameter in parameters:
        if elements + parameter.numel() <= SAMPLE_ELEMENTS:
            elements += parameter.numel()
            sample.append(torch.zeros_like(parameter).requires_grad_())
            sample[-1].grad = torch.ones_like(parameter)
    seconds = {}
    for variant, flags in ADAMW_VARIANTS.items():
        try:
            optimizer = torch.optim.AdamW(sample, **options, **flags)
            seconds[variant] = min(timed_seconds(optimizer.step) for _ in range(5))
        except (TypeError, RuntimeError):
            continue
    variant = min(seconds, key=seconds.get)
    return torch.optim.AdamW(parameters, **options, **ADAMW_VARIANTS[variant]), variant


def timed_seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start

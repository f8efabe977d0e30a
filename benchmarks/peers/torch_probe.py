"""Prints how fast PyTorch is as it was started: {"gflops": of a matrix product, "milliseconds": of a part of a training step}."""

import json
import statistics
import time

import torch
import torch.nn.functional as F

N, C, H = 1024, 384, 1536


def times(count, work):
    seconds = []
    for _ in range(count):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return seconds


a, b = torch.randn(N, C), torch.randn(C, H)
fastest = min(times(40, lambda: a @ b))

x = torch.randn(N, C, requires_grad=True)
inner, outer = (torch.nn.Linear(*sizes) for sizes in ((C, H), (H, C)))


# Products and loops between them: threads of the one may be in the way of those of the other.
def part():
    y = x
    for _ in range(2):
        y = F.layer_norm(y + outer(F.gelu(inner(y))), (C,))
    y.square().mean().backward()


part()
print(json.dumps({"gflops": 2 * N * C * H / fastest / 1e9, "milliseconds": 1000 * statistics.median(times(12, part))}))

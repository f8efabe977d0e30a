"""What TensorBoard itself reads from a folder of event files: {"scalars": {tag: [[step, value], ...]}, "texts": {...}}."""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

events = EventAccumulator(sys.argv[1])
events.Reload()
scalars = {tag: [[event.step, event.value] for event in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
texts = {
    tag: [event.tensor_proto.string_val[0].decode() for event in events.Tensors(tag)] for tag in events.Tags()["tensors"]
}
print(json.dumps({"scalars": scalars, "texts": texts}))

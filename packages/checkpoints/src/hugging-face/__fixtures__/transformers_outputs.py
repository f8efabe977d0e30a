"""Opens the folders that Tenon has saved with transformers, and saves a new random model of each kind for Tenon to open.

Reads a list of {"folder", "inputs"} from the standard input: the model is in folder/tenon. Writes folder/float32, in many
shards, and folder/bfloat16. Prints for each what the three models compute, and what did not fit in loading the first.
"""
import json
import sys

import torch
import transformers

NUMBERS = ("regression", "multi_label_classification")  # torch wants their labels as floats


def open_model(path):
    config = transformers.AutoConfig.from_pretrained(path)
    if config.pad_token_id is None:
        config.pad_token_id = 0  # a decoder's classifier finds the end of a text by it
    model_class = getattr(transformers, config.architectures[0])
    return model_class.from_pretrained(path, config=config, dtype=torch.float32, output_loading_info=True)


def compute(model, inputs):
    tensors = {name: torch.tensor(value) for name, value in inputs.items()}
    if model.config.problem_type in NUMBERS:
        tensors["labels"] = tensors["labels"].float()
    with torch.no_grad():
        outputs = model.eval()(**tensors)
    return {name: value.flatten().tolist() for name, value in outputs.items() if isinstance(value, torch.Tensor)}


def new_model(model):
    new = type(model)(model.config)
    with torch.no_grad():
        for parameter in new.parameters():
            if parameter.requires_grad:  # not a table of sinusoids
                parameter.add_(0.2 * torch.randn_like(parameter))  # so that no norm is 1 and no bias 0
        if hasattr(new, "final_logits_bias"):
            new.final_logits_bias.normal_()
    return new


def visit(folder, inputs):
    model, info = open_model(f"{folder}/tenon")
    answer = {"problems": {kind: sorted(map(str, names)) for kind, names in info.items() if names}}
    new_model(model).save_pretrained(f"{folder}/float32", max_shard_size="8KB")
    new_model(model).bfloat16().save_pretrained(f"{folder}/bfloat16")
    answer["tenon"] = compute(model, inputs)  # last, since a loss may write a problem_type into the configuration
    for name in ("float32", "bfloat16"):
        answer[name] = compute(open_model(f"{folder}/{name}")[0], inputs)
    return answer


transformers.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()
torch.manual_seed(1)
print(json.dumps([visit(**case) for case in json.load(sys.stdin)]))

"""Reads texts from the standard input, opens the folders that are named with transformers, and prints what each makes of the texts."""
import json
import sys

from transformers import AutoTokenizer


def open_and_encode(folder, texts):
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    ids = [tokenizer(text)["input_ids"] for text in texts]
    decoded = [tokenizer.decode(one, skip_special_tokens=True, clean_up_tokenization_spaces=False) for one in ids]
    return {"ids": ids, "decoded": decoded}


texts = json.load(sys.stdin)
print(json.dumps([open_and_encode(folder, texts) for folder in sys.argv[1:]]))

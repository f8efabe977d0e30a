import { BERT_CLASSES } from './bert-classes.ts';
import { GPT2_CLASSES } from './gpt2-classes.ts';
import type { ModelClass } from './model-class.ts';

/** Every class that can be run. A new one is a line in its model's file, a new model a file and a line here. */
export const CLASSES: Readonly<Record<string, ModelClass>> = { ...BERT_CLASSES, ...GPT2_CLASSES };

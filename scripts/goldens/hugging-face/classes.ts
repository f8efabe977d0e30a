import { BERT_CLASSES } from './bert-classes.ts';
import { GPT_CLASSES } from './gpt-classes.ts';
import type { ModelClass } from './model-class.ts';

/** Every class that can be run. A new one is a line in its model's file, a new model a file and a line here. */
export const CLASSES: Readonly<Record<string, ModelClass>> = { ...BERT_CLASSES, ...GPT_CLASSES };

import { type Json, TenonError } from '@tenon/core';
import { type ActivationName, activationNames, isActivationName } from '@tenon/layers';

/** Keys of Hugging Face's `config.json` that any model may have and that do not change what it computes. */
const HARMLESS = [
  'architectures',
  'model_type',
  'torch_dtype',
  'dtype',
  'transformers_version',
  '_name_or_path',
  'name_or_path',
  '_num_labels',
  'num_labels',
  'id2label',
  'label2id',
  'problem_type',
  'finetuning_task',
  'task_specific_params',
  'tokenizer_class',
  'use_cache',
  'gradient_checkpointing',
  'output_attentions',
  'output_hidden_states',
  'output_past',
  'return_dict',
  'return_dict_in_generate',
  'output_scores',
  'torchscript',
  'use_bfloat16',
  'tf_legacy_loss',
  'chunk_size_feed_forward',
  'attn_implementation',
  '_attn_implementation_autoset',
  'pad_token_id',
  'sep_token_id',
  'decoder_start_token_id',
  'prefix',
  'is_decoder',
  // Wishes for generation, which older files keep here.
  'do_sample',
  'early_stopping',
  'max_length',
  'min_length',
  'num_beams',
  'num_beam_groups',
  'diversity_penalty',
  'num_return_sequences',
  'temperature',
  'top_k',
  'top_p',
  'typical_p',
  'repetition_penalty',
  'length_penalty',
  'no_repeat_ngram_size',
  'encoder_no_repeat_ngram_size',
  'exponential_decay_length_penalty',
  'bad_words_ids',
  'suppress_tokens',
  'begin_suppress_tokens',
  'forced_bos_token_id',
  'forced_eos_token_id',
  'remove_invalid_values',
];

/**
 * Reads a Hugging Face `config.json` field by field, and in the end says which keys nobody read: one that
 * this model does not know may well change its numbers.
 */
export class ConfigReader {
  readonly #modelType: string;
  readonly #fields: { [key: string]: Json };
  readonly #read = new Set<string>(HARMLESS);

  /** @throws {TenonError} when it is no object, or another model's. */
  constructor(modelType: string, json: Json) {
    this.#modelType = modelType;
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      throw new TenonError({
        subject: `${modelType} config`,
        expected: 'an object',
        got: Array.isArray(json) ? 'an array' : String(json),
        advice: 'Pass what JSON.parse makes of config.json.',
      });
    }
    this.#fields = json;
    const type = json['model_type'] ?? modelType;
    if (type !== modelType)
      this.#fail('model_type', JSON.stringify(modelType), type, 'Load it with its own model.');
  }

  /** A number of at least 0. */
  number(name: string, fallback: number): number {
    const [, value] = this.#take(name, fallback);
    if (typeof value === 'number' && value >= 0) return value;
    return this.#fail(name, 'a number of at least 0', value, 'Correct it in config.json.');
  }

  /** A whole number of at least 1. Of several names for one thing the first that is present counts. */
  count(names: string | readonly string[], fallback?: number): number {
    const [name, value] = this.#take(names, fallback);
    if (Number.isInteger(value) && (value as number) >= 1) return value as number;
    return this.#fail(name, 'a whole number of at least 1', value, 'Correct it in config.json.');
  }

  /** A token id, or `undefined` where it is absent or null. */
  id(name: string): number | undefined {
    const [, value] = this.#take(name, null);
    if (value === null) return undefined;
    if (Number.isInteger(value) && (value as number) >= 0) return value as number;
    return this.#fail(name, 'a token id', value, 'Correct it in config.json.');
  }

  boolean(name: string, fallback: boolean): boolean {
    const [, value] = this.#take(name, fallback);
    if (typeof value === 'boolean') return value;
    return this.#fail(name, 'true or false', value, 'Correct it in config.json.');
  }

  /** A dropout rate in [0, 1). */
  rate(name: string, fallback: number): number {
    const [, value] = this.#take(name, fallback);
    if (typeof value === 'number' && value >= 0 && value < 1) return value;
    return this.#fail(name, 'a rate in [0, 1)', value, 'Correct it in config.json.');
  }

  activation(name: string, fallback: ActivationName): ActivationName {
    const [, value] = this.#take(name, fallback);
    if (isActivationName(value)) return value;
    return this.#fail(name, `one of ${activationNames.join(', ')}`, value, 'This model has no such variant.');
  }

  /** Whether the field is present and not null. */
  has(name: string): boolean {
    return (this.#fields[name] ?? null) !== null;
  }

  /** Fields that the model cannot act upon: each must be absent, null or the one value that changes nothing. */
  only(allowed: Readonly<Record<string, boolean>>): void {
    for (const [name, expected] of Object.entries(allowed)) {
      const [, value] = this.#take(name, expected);
      if (value !== expected && value !== null) {
        this.#fail(name, String(expected), value, 'This model has no such variant.');
      }
    }
  }

  /** Fields of this model that do not change what the backbone computes. */
  ignore(pattern: RegExp): void {
    for (const name of Object.keys(this.#fields)) if (pattern.test(name)) this.#read.add(name);
  }

  /** @throws {TenonError} naming every key that nobody read. */
  finish(): void {
    const unknown = Object.keys(this.#fields).filter((name) => !this.#read.has(name) && this.has(name));
    if (unknown.length === 0) return;
    throw new TenonError({
      subject: `${this.#modelType} config`,
      expected: 'only keys whose meaning is known',
      got: unknown.join(', '),
      advice: 'Remove them if they do not change what the model computes.',
    });
  }

  #take(names: string | readonly string[], fallback: Json | undefined): [string, Json | undefined] {
    const all = typeof names === 'string' ? [names] : names;
    for (const name of all) this.#read.add(name);
    const name = all.find((candidate) => this.has(candidate)) ?? all[0]!;
    return [name, this.has(name) ? this.#fields[name] : fallback];
  }

  #fail(name: string, expected: string, value: Json | undefined, advice: string): never {
    const got = value === undefined ? 'nothing' : JSON.stringify(value);
    throw new TenonError({ subject: `${this.#modelType} config, ${name}`, expected, got, advice });
  }
}

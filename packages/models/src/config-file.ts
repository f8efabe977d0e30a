// How a model's config and Hugging Face's config.json translate into each other.
import { type Json, TenonError } from '@tenon/core';
import { type ActivationName, activationNames, isActivationName } from '@tenon/layers';

/** One field of a config: its keys in `config.json`, and how its value is read. */
interface Field<T> {
  /** The key that is written, then older ones that are read as well. */
  readonly keys: readonly string[];
  /** Where the key is absent or null. */
  readonly fallback: T;
  /** A null in the file does not mean the fallback but that there is none. */
  readonly nullIsNone?: true;
  readonly expected: string;
  accepts(value: Json): boolean;
  /** From the file's value to the config's, and back; absent where they are the same. */
  readonly read?: (value: Json) => T;
  readonly write?: (value: T) => Json;
}

const isWhole = (value: Json): boolean => Number.isInteger(value);

/** A whole number of at least 1. */
export function count<F extends number | undefined>(
  key: string,
  fallback: F,
  ...older: string[]
): Field<number | F> {
  const accepts = (value: Json): boolean => isWhole(value) && (value as number) >= 1;
  return { keys: [key, ...older], fallback, expected: 'a whole number of at least 1', accepts };
}

/** A whole number of at least 0. */
export function countOrNone(key: string, fallback: number): Field<number> {
  const accepts = (value: Json): boolean => isWhole(value) && (value as number) >= 0;
  return { keys: [key], fallback, expected: 'a whole number of at least 0', accepts };
}

/** A whole number of at least 1; the file says −1 where there is none. */
export function limit(key: string, fallback: number | undefined): Field<number | undefined> {
  return {
    keys: [key],
    fallback,
    expected: 'a whole number of at least 1, or -1 for none',
    accepts: (value) => isWhole(value) && ((value as number) >= 1 || value === -1),
    read: (value) => (value === -1 ? undefined : (value as number)),
    write: (value) => value ?? -1,
  };
}

/** One of several, which `config.json` numbers from 0. */
export function numbered<T extends string>(key: string, names: readonly T[], fallback: T): Field<T> {
  return {
    keys: [key],
    fallback,
    expected: `a whole number below ${names.length}`,
    accepts: (value) => isWhole(value) && names[value as number] !== undefined,
    read: (value) => names[value as number] ?? fallback,
    write: (name) => names.indexOf(name),
  };
}

/** A list of whole numbers. */
export function counts(key: string, fallback: readonly number[]): Field<readonly number[]> {
  const accepts = (value: Json): boolean => Array.isArray(value) && value.every(isWhole);
  return { keys: [key], fallback, expected: 'a list of whole numbers', accepts };
}

/** A list of true and false. */
export function booleans(key: string, fallback: readonly boolean[]): Field<readonly boolean[]> {
  const accepts = (value: Json): boolean =>
    Array.isArray(value) && value.every((item) => typeof item === 'boolean');
  return { keys: [key], fallback, expected: 'a list of true and false', accepts };
}

/** A number of at least 0. */
export function number(key: string, fallback: number): Field<number> {
  const accepts = (value: Json): boolean => typeof value === 'number' && value >= 0;
  return { keys: [key], fallback, expected: 'a number of at least 0', accepts };
}

/** A dropout rate. */
export function rate<F extends number | undefined>(key: string, fallback: F): Field<number | F> {
  const accepts = (value: Json): boolean => typeof value === 'number' && value >= 0 && value < 1;
  return { keys: [key], fallback, expected: 'a number in [0, 1)', accepts };
}

export function boolean(key: string, fallback: boolean, ...older: string[]): Field<boolean> {
  return {
    keys: [key, ...older],
    fallback,
    expected: 'true or false',
    accepts: (value) => typeof value === 'boolean',
  };
}

/** The number of a token; without a fallback, one that the model may be without. */
export function tokenId<F extends number | undefined = undefined>(
  key: string,
  fallback?: F,
): Field<number | F> {
  const accepts = (value: Json): boolean => isWhole(value) && (value as number) >= 0;
  return {
    keys: [key],
    fallback: fallback as F, // F is undefined where it is left out
    expected: 'a token id',
    accepts,
  };
}

/** The number of a token that a model has unless the file says null. */
export function tokenIdOrNull(key: string, fallback: number): Field<number | undefined> {
  return { ...tokenId<number | undefined>(key, fallback), nullIsNone: true };
}

export function activationName(key: string, fallback: ActivationName): Field<ActivationName> {
  return {
    keys: [key],
    fallback,
    expected: `one of ${activationNames.join(', ')}`,
    accepts: isActivationName,
  };
}

/** One of several, for which `config.json` has other words; of two for the same the first is written. */
export function choice<T extends string>(
  key: string,
  fallback: T,
  words: Readonly<Record<string, T>>,
): Field<T> {
  const accepts = (value: Json): boolean => typeof value === 'string' && Object.hasOwn(words, value);
  return {
    keys: [key],
    fallback,
    expected: `one of ${Object.keys(words).join(', ')}`,
    accepts,
    read: (value) => words[value as string] ?? fallback,
    write: (name) => Object.keys(words).find((word) => words[word] === name) ?? null,
  };
}

export interface ConfigFileOptions<Config> {
  readonly fields: { readonly [K in keyof Config]: Field<Config[K]> };
  /** Keys that ask for a variant which the model has not, and the value that asks for nothing. */
  readonly only: Readonly<Record<string, boolean | number | string>>;
  /** Keys of this model that do not change what the backbone computes. */
  readonly ignored: RegExp;
}

/** Keys that any model may have and that do not change what it computes. */
const HARMLESS = new RegExp(
  `^(${[
    'model_type|architectures|torch_dtype|dtype|transformers_version|_?name_or_path|_attn_implementation.*',
    '_?num_labels|id2label|label2id|problem_type|finetuning_task|task_specific_params|tokenizer_class|prefix',
    'use_cache|use_bfloat16|torchscript|gradient_checkpointing|chunk_size_feed_forward|tf_legacy_loss|is_decoder',
    'output_.*|return_dict.*|(pad|sep|decoder_start)_token_id',
    // Wishes for generation, which older files keep here.
    'do_sample|early_stopping|(max|min)_length|num_beams|num_beam_groups|num_return_sequences|diversity_penalty',
    'temperature|top_k|top_p|typical_p|repetition_penalty|length_penalty|(encoder_)?no_repeat_ngram_size',
    'bad_words_ids|(begin_)?suppress_tokens|forced_(bos|eos)_token_id|exponential_decay_length_penalty',
    'remove_invalid_values',
  ].join('|')})$`,
);

/**
 * Makes `parseConfig` and `formatConfig` of a model. A key that is not known may well change the numbers:
 * reading a file that has one is an error that names it.
 */
export function configFile<Config extends object>(
  modelType: string,
  { fields, only, ignored }: ConfigFileOptions<Config>,
): { parseConfig(json: Json): Config; formatConfig(config: Config): { [key: string]: Json } } {
  const entries = Object.entries<Field<unknown>>(fields as Record<string, Field<unknown>>);
  const known = new Set([...Object.keys(only), ...entries.flatMap(([, field]) => field.keys)]);
  const fail = (subject: string, expected: string, got: string, advice: string): never => {
    throw new TenonError({ subject, expected, got, advice });
  };

  const parseConfig = (json: Json): Config => {
    const title = `${modelType} config`;
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      const got = Array.isArray(json) ? 'an array' : String(json);
      return fail(title, 'an object', got, 'Pass what JSON.parse makes of config.json.');
    }
    const type = json['model_type'] ?? modelType;
    if (type !== modelType) {
      fail(`${title}, model_type`, `"${modelType}"`, JSON.stringify(type), 'Load it with its own model.');
    }
    const unknown = Object.keys(json).filter(
      (key) => json[key] !== null && !known.has(key) && !HARMLESS.test(key) && !ignored.test(key),
    );
    if (unknown.length > 0) {
      const advice = 'Remove them if they do not change what the model computes.';
      fail(title, 'only keys whose meaning is known', unknown.join(', '), advice);
    }
    for (const [key, value] of Object.entries(only)) {
      const got = json[key] ?? value;
      if (got !== value)
        fail(
          `${title}, ${key}`,
          JSON.stringify(value),
          JSON.stringify(got),
          'This model has no such variant.',
        );
    }
    const config: Record<string, unknown> = {};
    for (const [name, { keys, fallback, nullIsNone, expected, accepts, read }] of entries) {
      const key = keys.find((candidate) => (json[candidate] ?? null) !== null);
      if (key === undefined) {
        const isNone = nullIsNone && keys.some((candidate) => json[candidate] === null);
        if (fallback !== undefined && !isNone) config[name] = fallback;
        continue;
      }
      const value = json[key]!;
      if (!accepts(value))
        fail(`${title}, ${key}`, expected, JSON.stringify(value), 'Correct it in config.json.');
      const translated = read ? read(value) : value;
      if (translated !== undefined) config[name] = translated;
    }
    return config as Config; // every field is there or may be absent: the type of `fields` asks for it
  };

  const formatConfig = (config: Config): { [key: string]: Json } => {
    const json: { [key: string]: Json } = { model_type: modelType };
    for (const [name, { keys, write }] of entries) {
      const value = (config as Record<string, Json>)[name];
      json[keys[0]!] = write ? write(value) : (value ?? null);
    }
    return json;
  };
  return { parseConfig, formatConfig };
}

import type { Attributes, Literal } from '../onnx/model.ts';
import { isLiteral, type LazyValue, sameShape } from './value.ts';

// Recording asks for the number of each operation that a tfjs call makes, thousands in a training step. Texts to look
// them up by would be a third of its time; so they are found by a number that is computed from the parts, and compared.

/** What an operation is, but for the values that it reads and for literals' numbers that may change. */
export interface Structure {
  readonly type: string;
  readonly domain: string;
  readonly attributes: Attributes;
  readonly inputs: readonly (LazyValue | Literal)[];
  /** Shapes of the outputs: they may follow from numbers that may change. */
  readonly outputs: readonly { readonly shape: readonly number[] }[];
}

interface Entry {
  readonly number: number;
  readonly type: string;
  readonly domain: string;
  readonly attributes: Attributes;
  /** Null where a value is read, which this is not to keep alive. */
  readonly inputs: readonly (Literal | null)[];
  /** Null where they follow from the inputs' shapes and the rest. */
  readonly outputs: readonly (readonly number[])[] | null;
  readonly outputCount: number;
  /** Another one with the same hash. */
  readonly next: Entry | undefined;
}

/**
 * Gives equal structures equal numbers. Bounded: when full it forgets, and structures seen before get new numbers.
 * Numbers are never given twice, so forgetting costs a rebuilt session, never a wrong one.
 */
export class Structures {
  readonly #capacity: number;
  readonly #entries = new Map<number, Entry>();
  #size = 0;
  #next = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  number(structure: Structure): number {
    const hash = hashOf(structure);
    const first = this.#entries.get(hash);
    for (let entry = first; entry; entry = entry.next) if (isOne(structure, entry)) return entry.number;
    if (this.#size >= this.#capacity) {
      this.#entries.clear();
      this.#size = 0;
      this.#entries.set(hash, entryOf(structure, this.#next, undefined));
    } else this.#entries.set(hash, entryOf(structure, this.#next, first));
    this.#size++;
    return this.#next++;
  }
}

/** Mixes a whole number into a hash. */
export function mixed(hash: number, part: number): number {
  const product = Math.imul(hash ^ part, 0x9e3779b1);
  return product ^ (product >>> 15);
}

/** Mixes any number into a hash. */
function mixedNumber(hash: number, part: number): number {
  const whole = part | 0;
  if (whole === part) return mixed(hash, whole);
  DOUBLE[0] = part;
  return mixed(mixed(hash, WORDS[0]!), WORDS[1]!);
}

/** Whether two literals have the same numbers: -0 is another one than 0. */
export function sameNumbers(a: number | readonly number[], b: number | readonly number[]): boolean {
  if (typeof a === 'number' || typeof b === 'number') return Object.is(a, b);
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

export function mixedNumbers(hash: number, values: number | readonly number[]): number {
  if (typeof values === 'number') return mixedNumber(hash, values);
  let result = hash;
  for (const value of values) result = mixedNumber(result, value);
  return mixed(result, values.length);
}

const DOUBLE = new Float64Array(1);
const WORDS = new Int32Array(DOUBLE.buffer);

/** Numbers of texts: types of operations and elements, names of attributes. There are some hundreds at most. */
const texts = new Map<string, number>();

function textNumber(text: string): number {
  let known = texts.get(text);
  if (known === undefined) {
    known = texts.size;
    texts.set(text, known);
  }
  return known;
}

function hashOf({ type, attributes, inputs, outputs }: Structure): number {
  let hash = mixed(textNumber(type), outputs.length);
  for (const name in attributes) hash = mixed(hash, textNumber(name));
  for (const name in attributes) {
    const value = attributes[name]!;
    if (typeof value === 'string') hash = mixed(hash, textNumber(value));
    else if (typeof value === 'number') hash = mixedNumber(hash, value);
    else hash = 'float' in value ? mixedNumber(hash, value.float) : mixedNumbers(hash, value);
  }
  let changes = false;
  for (const input of inputs) {
    if (!isLiteral(input)) hash = mixed(hash, 1);
    else {
      hash = mixed(hash, textNumber(input.type));
      for (const dim of input.dims) hash = mixed(hash, dim);
      if (input.mayChange) changes = true;
      else hash = mixedNumbers(hash, input.values);
    }
  }
  if (changes) for (const { shape } of outputs) for (const dim of shape) hash = mixed(hash, dim);
  return hash;
}

function entryOf(structure: Structure, number: number, next: Entry | undefined): Entry {
  const { type, domain, attributes, outputs } = structure;
  // Copies: the lists may be a caller's, to change.
  const inputs = structure.inputs.map((input) => (isLiteral(input) ? structuredClone(input) : null));
  const changes = inputs.some((input) => input?.mayChange);
  return {
    number,
    type,
    domain,
    attributes: structuredClone(attributes),
    inputs,
    outputs: changes ? outputs.map(({ shape }) => [...shape]) : null,
    outputCount: outputs.length,
    next,
  };
}

function isOne(structure: Structure, entry: Entry): boolean {
  const { type, domain, attributes, inputs, outputs } = structure;
  if (type !== entry.type || domain !== entry.domain || outputs.length !== entry.outputCount) return false;
  if (inputs.length !== entry.inputs.length) return false;
  for (let i = 0; i < inputs.length; i++) {
    const [input, other] = [inputs[i]!, entry.inputs[i]!];
    if (!isLiteral(input)) {
      if (other) return false;
    } else if (!other || !sameLiteral(input, other)) return false;
  }
  if (entry.outputs) {
    for (let i = 0; i < outputs.length; i++) {
      if (!sameShape(outputs[i]!.shape, entry.outputs[i]!)) return false;
    }
  }
  return sameAttributes(attributes, entry.attributes);
}

function sameLiteral(a: Literal, b: Literal): boolean {
  if (a.type !== b.type || a.mayChange !== b.mayChange || !sameShape(a.dims, b.dims)) return false;
  return a.mayChange !== undefined || sameNumbers(a.values, b.values);
}

function sameAttributes(a: Attributes, b: Attributes): boolean {
  for (const name in b) if (!(name in a)) return false;
  for (const name in a) {
    const [value, other] = [a[name]!, b[name]];
    if (typeof value === 'string' || other === undefined || typeof other === 'string') {
      if (value !== other) return false;
    } else if (isFloatAttribute(value) || isFloatAttribute(other)) {
      if (!isFloatAttribute(value) || !isFloatAttribute(other)) return false;
      if (!Object.is(value.float, other.float)) return false;
    } else if (!sameNumbers(value, other)) return false;
  }
  return true;
}

function isFloatAttribute(
  value: number | readonly number[] | { readonly float: number },
): value is { readonly float: number } {
  return typeof value === 'object' && 'float' in value;
}

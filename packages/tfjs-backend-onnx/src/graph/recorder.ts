import type { Attributes, ElementType, Literal } from '../onnx/model.ts';
import { mixed, mixedNumbers, Structures, sameNumbers } from './structures.ts';
import { type HostWork, isLiteral, LazyValue, leaf, type Operation, sameShape } from './value.ts';

// One recorder for the process, as tfjs has one engine. Equal operations on equal inputs are recorded
// once: the gradient of a kernel with several outputs asks for each of them in a closure (and tidy) of
// its own, and all of them meet in one operation.

export interface OutputType {
  readonly shape: readonly number[];
  readonly type: ElementType;
}

const structures = new Structures(1 << 16);
/** By a hash of structure and inputs; those with the same one are chained. */
let recorded = new Map<number, Operation>();
let recordedOperations = 0;
let aliases = new Map<string, LazyValue>();
let nextOperation = 0;
let kernelOfNow = '';

/** Records an operation with one output, or finds the equal one recorded since the last run. */
export function record(
  type: string,
  inputs: readonly (LazyValue | Literal)[],
  output: OutputType,
  attributes: Attributes = NO_ATTRIBUTES,
  domain = '',
): LazyValue {
  return recordAll(type, inputs, [output], attributes, domain)[0]!;
}

/** Records an operation with several outputs, or one that runs on the host. */
export function recordAll(
  type: string,
  inputs: readonly (LazyValue | Literal)[],
  outputs: readonly OutputType[],
  attributes: Attributes = NO_ATTRIBUTES,
  domain = '',
  host: HostWork | null = null,
): readonly LazyValue[] {
  const key = structures.number({ type, domain, attributes, inputs, outputs });
  let hash = key;
  for (const input of inputs) {
    if (!isLiteral(input)) hash = mixed(hash, input.id);
    else if (input.mayChange) hash = mixedNumbers(hash, input.values);
  }
  const first = recorded.get(hash);
  for (let known = first; known; known = known.next) {
    if (known.key === key && readsTheSame(known.inputs, inputs)) return known.outputs;
  }

  const operation: Operation = {
    id: nextOperation++,
    type,
    domain,
    inputs,
    attributes,
    outputs: outputs.map(({ shape, type }, index) => {
      const value = new LazyValue(shape, type);
      value.output = index;
      return value;
    }),
    key,
    kernel: kernelOfNow,
    host,
    failure: null,
    visit: -1,
    position: 0,
    place: null,
    next: first,
  };
  for (const value of operation.outputs) value.operation = operation;
  recorded.set(hash, operation);
  recordedOperations++;
  return operation.outputs;
}

/** The same numbers under another shape: free if they are there, a Reshape in the graph otherwise. */
export function reshape(value: LazyValue, shape: readonly number[]): LazyValue {
  if (sameShape(value.shape, shape)) return value;
  if (!value.storage) {
    const before = value.operation!.type === 'Reshape' ? (value.operation!.inputs[0] as LazyValue) : value;
    if (sameShape(before.shape, shape)) return before;
    return record('Reshape', [before, integers(shape)], { shape, type: value.type });
  }
  const identity = `${value.id}:${shape}`;
  let alias = aliases.get(identity);
  if (!alias) {
    alias = leaf(shape, value.type, value.storage);
    aliases.set(identity, alias);
  }
  return alias;
}

/** Consecutive rows of a matrix. */
export function rowsOf(value: LazyValue, start: number, count: number): LazyValue {
  const shape = value.shape.with(0, count);
  if (sameShape(value.shape, shape)) return value;
  const range = [integers([start]), integers([start + count]), integers([0])];
  return record('Slice', [value, ...range], { shape, type: value.type });
}

/**
 * Asks the graph to compute a value at this place of the recording, as far as what it depends on lets it.
 * For a value that would otherwise be computed with its last reader, keeping large operands in memory.
 */
export function computeHere(value: LazyValue): void {
  if (value.operation) value.operation.place ??= nextOperation++;
}

/** A list of int64 as ONNX takes shapes, axes and indices. */
export function integers(values: readonly number[]): Literal {
  return { type: 'int64', dims: [values.length], values };
}

/** A scalar that is part of the graph. */
export function constant(value: number, type: ElementType = 'float32'): Literal {
  return { type, dims: [], values: value };
}

/** A number, or a list of them, from a call's attributes that may well be another at the next call. */
export function changeable(
  values: number | readonly number[],
  type: 'float32' | 'int32',
  mayChange: 'seldom' | 'often' = 'seldom',
): Literal {
  return { type, dims: typeof values === 'number' ? [] : [values.length], values, mayChange };
}

/** Forgets what was recorded before a run: its values now have their numbers, or are dead. */
export function startOver(): void {
  recorded = new Map();
  recordedOperations = 0;
  aliases = new Map();
}

/** Operations recorded since the last run, dead ones included. */
export function recordedCount(): number {
  return recordedOperations;
}

/** Runs `body` on that argument, with what it records marked as recorded by that tfjs kernel. */
export function recordingFor<Argument, Result>(
  kernel: string,
  body: (argument: Argument) => Result,
  argument: Argument,
): Result {
  const outer = kernelOfNow;
  kernelOfNow = kernel;
  try {
    return body(argument);
  } finally {
    kernelOfNow = outer;
  }
}

/** The tfjs kernel that records, or computes on the host, right now. */
export function currentKernel(): string {
  return kernelOfNow;
}

/** The number of a leaf's shape and type in a graph's signature. */
export function leafKey({ type, shape }: LazyValue): number {
  return structures.number({ ...LEAF, inputs: [{ type, dims: shape, values: 0 }] });
}

/** Of one structure: the same values are read, and the same numbers where they may change. */
function readsTheSame(a: readonly (LazyValue | Literal)[], b: readonly (LazyValue | Literal)[]): boolean {
  for (let i = 0; i < a.length; i++) {
    const [one, other] = [a[i]!, b[i]!];
    if (one === other) continue;
    if (!isLiteral(one) || !isLiteral(other)) return false;
    if (one.mayChange && !sameNumbers(one.values, other.values)) return false;
  }
  return true;
}

const NO_ATTRIBUTES: Attributes = {};
const LEAF = { type: 'leaf', domain: '', attributes: NO_ATTRIBUTES, outputs: [] };

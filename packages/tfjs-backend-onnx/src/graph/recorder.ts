import { type Attributes, type ElementType, type Literal, literalText, numberText } from '../onnx/model.ts';
import { Interner } from './interner.ts';
import { type HostWork, isLiteral, LazyValue, leaf, type Operation, sameShape } from './value.ts';

// One recorder for the process, as tfjs has one engine. Equal operations on equal inputs are recorded
// once: the gradient of a kernel with several outputs asks for each of them in a closure (and tidy) of
// its own, and all of them meet in one operation.

export interface OutputType {
  readonly shape: readonly number[];
  readonly type: ElementType;
}

const keys = new Interner(1 << 16);
let recorded = new Map<string, Operation>();
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
  let description = `${domain}:${type}/${outputs.length}`;
  if (attributes !== NO_ATTRIBUTES) description += JSON.stringify(attributes, exactNumbers);
  let identity = '';
  for (const input of inputs) {
    if (isLiteral(input) && input.mayChange) {
      // The shapes of the outputs may follow from numbers that are not part of the description.
      description += `|${input.mayChange}${input.type}[${input.dims}]${outputs.map(({ shape }) => `[${shape}]`)}`;
      identity += `,${literalText(input)}`;
    } else if (isLiteral(input)) description += `|${literalText(input)}`;
    else {
      description += '|';
      identity += `,${input.id}`;
    }
  }
  const key = keys.number(description);
  identity = key + identity;
  const known = recorded.get(identity);
  if (known) return known.outputs;

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
  };
  for (const value of operation.outputs) value.operation = operation;
  recorded.set(identity, operation);
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
  aliases = new Map();
}

/** Operations recorded since the last run, dead ones included. */
export function recordedCount(): number {
  return recorded.size;
}

/** Runs `body` with what it records marked as recorded by that tfjs kernel. */
export function recordingFor<T>(kernel: string, body: () => T): T {
  const outer = kernelOfNow;
  kernelOfNow = kernel;
  try {
    return body();
  } finally {
    kernelOfNow = outer;
  }
}

/** The tfjs kernel that records, or computes on the host, right now. */
export function currentKernel(): string {
  return kernelOfNow;
}

/** The number of a leaf's shape and type in a graph's signature. */
export function leafKey(value: LazyValue): number {
  return keys.number(`${value.type}[${value.shape}]`);
}

const NO_ATTRIBUTES: Attributes = {};

function exactNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? numberText(value) : value;
}

import { tensor as makeTensor, type Tensor } from '@tensorflow/tfjs-core';
import { formatShape, TenonError } from './errors.ts';
import { ownTensor } from './kernels/own-tensor.ts';

/** What a stored tensor is made of. Everything is handed out as float32 or int32. */
export type StoredDtype =
  | 'float64'
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint64'
  | 'uint32'
  | 'uint16'
  | 'uint8'
  | 'bool';

/** A tensor that can be read when it is needed: from memory, a file, or another one by a rule. */
export interface StoredTensor {
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  /** Row-major values. Floating point of any width comes as float32, integers and booleans as int32. */
  read(): Float32Array | Int32Array;
  /** Every read gives an array of its own, for the reader to keep. @default false */
  readonly fresh?: boolean;
}

/** Names to tensors, in the order of the model. Nothing is read until it is asked for. */
export type StateDict = Map<string, StoredTensor>;

/** A stored tensor over values in memory. */
export function storedTensor(values: Float32Array | Int32Array, shape: readonly number[]): StoredTensor {
  return { dtype: values instanceof Float32Array ? 'float32' : 'int32', shape, read: () => values };
}

/** A stored tensor that reads a live one when asked. The tensor must live until then. */
export function storedFromTensor(tensor: Tensor): StoredTensor {
  return {
    dtype: tensor.dtype === 'float32' ? 'float32' : 'int32',
    shape: tensor.shape,
    read() {
      const values = tensor.dataSync();
      return values instanceof Uint8Array ? Int32Array.from(values) : values; // booleans
    },
  };
}

/** A stored tensor over a copy of what a live one holds now. */
export function storedCopy(tensor: Tensor): StoredTensor {
  const { shape, read } = storedFromTensor(tensor);
  return storedTensor(read().slice(), shape);
}

/** A float32 tensor with the stored values. An array that is the reader's to keep becomes the tensor's own. */
export function tensorFromStored(stored: StoredTensor): Tensor {
  const values = stored.read();
  if (stored.fresh && values instanceof Float32Array) return ownTensor(values, stored.shape);
  return makeTensor(values, [...stored.shape], 'float32');
}

/**
 * A counter that was stored as a single number, as `storedTensor(Int32Array.of(count), [])` stores it.
 *
 * @param subject What is spoken of, for the message.
 * @throws {TenonError} when it is not a whole number of at least 0.
 */
export function countFromStored(subject: string, stored: StoredTensor): number {
  const value = stored.read()[0]!;
  if (Number.isInteger(value) && value >= 0) return value;
  throw new TenonError({
    subject,
    expected: 'a whole number of at least 0',
    got: String(value),
    advice: 'Load what stateDict() gave.',
  });
}

/** The stored tensor as a matrix `[rows, columns]` with rows and columns exchanged when it is read. */
export function transposed(stored: StoredTensor): StoredTensor {
  const [rows, columns] = stored.shape;
  if (stored.shape.length !== 2 || rows === undefined || columns === undefined) {
    throw new TenonError({
      subject: 'transposed',
      expected: 'a matrix',
      got: `shape ${formatShape(stored.shape)}`,
      advice: 'Transpose only two-dimensional weights.',
    });
  }
  return {
    dtype: stored.dtype,
    shape: [columns, rows],
    fresh: true,
    read() {
      const source = stored.read();
      const target =
        source instanceof Float32Array ? new Float32Array(source.length) : new Int32Array(source.length);
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          target[column * rows + row] = source[row * columns + column]!;
        }
      }
      return target;
    },
  };
}

/** Every way in which a state dict does not fit a module, gathered before anything is changed. */
export interface StateDictMismatch {
  missing: string[];
  unexpected: string[];
  misshaped: { name: string; expected: readonly number[]; got: readonly number[] }[];
}

/** Compares what a module or an optimiser expects with what a state dict holds. Nothing is read. */
function compareStateDict(
  expected: ReadonlyMap<string, { readonly shape: readonly number[] }>,
  weights: StateDict,
): StateDictMismatch {
  const mismatch: StateDictMismatch = { missing: [], unexpected: [], misshaped: [] };
  for (const [name, { shape }] of expected) {
    const stored = weights.get(name);
    if (stored === undefined) mismatch.missing.push(name);
    else if (stored.shape.join() !== shape.join()) {
      mismatch.misshaped.push({ name, expected: shape, got: stored.shape });
    }
  }
  for (const name of weights.keys()) if (!expected.has(name)) mismatch.unexpected.push(name);
  return mismatch;
}

/**
 * Checks that a state dict fits.
 *
 * @param subject What is spoken of: a file, "state dict".
 * @throws {StateDictError} naming every missing, unexpected and mis-shaped entry at once.
 */
export function assertStateDict(
  expected: ReadonlyMap<string, { readonly shape: readonly number[] }>,
  weights: StateDict,
  subject = 'state dict',
): void {
  const mismatch = compareStateDict(expected, weights);
  if (mismatch.missing.length + mismatch.unexpected.length + mismatch.misshaped.length > 0) {
    throw new StateDictError(mismatch, subject);
  }
}

/** Thrown when a state dict does not fit: lists all missing, unexpected and mis-shaped names at once. */
export class StateDictError extends TenonError {
  override readonly name: string = 'StateDictError';
  readonly mismatch: StateDictMismatch;

  constructor(mismatch: StateDictMismatch, subject = 'state dict') {
    const { missing, unexpected, misshaped } = mismatch;
    const parts = [
      missing.length > 0 ? `missing ${missing.join(', ')}` : '',
      unexpected.length > 0 ? `unexpected ${unexpected.join(', ')}` : '',
      ...misshaped.map(
        (m) => `${m.name} of shape ${formatShape(m.got)} instead of ${formatShape(m.expected)}`,
      ),
    ].filter((part) => part !== '');
    super({
      subject,
      expected: 'exactly the parameters of the model in their shapes',
      got: parts.join('; '),
      advice: 'Check that the checkpoint belongs to this model and configuration.',
    });
    this.mismatch = mismatch;
  }
}

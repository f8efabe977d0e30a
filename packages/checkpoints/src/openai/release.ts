// OpenAI's release of GPT: the arrays of its training program, without names, joined and cut into pieces.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatShape, type StoredTensor, TenonError } from '@tenon/core';
import { type NpyFile, openNpy } from './npy.ts';

/** An open release. Its arrays can be read until it is closed. */
export interface OpenAIFiles {
  /** In the order of `params_shapes.json`. Each is read when asked for, from one piece or several. */
  readonly arrays: readonly StoredTensor[];
  close(): void;
  [Symbol.dispose](): void;
}

/**
 * Opens `params_shapes.json` and `params_0.npy`, `params_1.npy` and so on: numbers one after another, in pieces that
 * end in the middle of arrays.
 *
 * @throws {TenonError} when a file is missing or damaged, or the shapes do not add up to the numbers.
 */
export function openOpenAI(folder: string): OpenAIFiles {
  const shapesFile = join(folder, 'params_shapes.json');
  const shapes = readShapes(shapesFile);
  const pieces: NpyFile[] = [];
  const close = (): void => {
    for (const piece of pieces) piece.close();
  };
  try {
    for (const name of pieceNames(folder)) pieces.push(openNpy(join(folder, name)));
    const held = pieces.reduce((sum, { length }) => sum + length, 0);
    const wanted = shapes.reduce((sum, shape) => sum + sizeOf(shape), 0);
    if (held !== wanted) {
      throw new TenonError({
        subject: shapesFile,
        expected: `shapes of ${held} numbers, as many as the pieces hold`,
        got: String(wanted),
        advice: 'Fetch the release again: pieces or shapes of another one are among it.',
      });
    }
    let start = 0;
    const arrays = shapes.map((shape) => {
      const [place, size] = [start, sizeOf(shape)];
      start += size;
      return { dtype: 'float32', shape, fresh: true, read: () => gather(pieces, place, size) } as const;
    });
    return { arrays, close, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}

const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, dimension) => product * dimension, 1);

/** `size` numbers from number `place` of all pieces on. */
function gather(pieces: readonly NpyFile[], place: number, size: number): Float32Array {
  const values = new Float32Array(size);
  let start = 0;
  for (const piece of pieces) {
    const from = Math.max(place, start);
    const until = Math.min(place + size, start + piece.length);
    if (from < until) values.set(piece.read(from - start, until - from), from - place);
    start += piece.length;
  }
  return values;
}

/** The pieces in their order. */
function pieceNames(folder: string): string[] {
  const count = readdirSync(folder).filter((name) => /^params_\d+\.npy$/.test(name)).length;
  return Array.from({ length: Math.max(1, count) }, (_, i) => `params_${i}.npy`);
}

function readShapes(path: string): readonly (readonly number[])[] {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw wrongShapes(path, (error as Error).message, error);
  }
  if (!Array.isArray(json)) throw wrongShapes(path, 'no list');
  const wrong = json.find((shape) => !isShape(shape));
  if (wrong === undefined) return json;
  throw wrongShapes(path, Array.isArray(wrong) ? formatShape(wrong.slice(0, 8)) : typeof wrong);
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size > 0);
}

function wrongShapes(path: string, got: string, cause?: unknown): TenonError {
  const advice = "Pass the folder 'model' of OpenAI's finetune-transformer-lm, or the one above it.";
  return new TenonError({ subject: path, expected: 'a list of shapes in JSON', got, advice }, { cause });
}

import type { Literal } from '../onnx/model.ts';
import { isLiteral, type LazyValue, type Operation } from './value.ts';

/** A value that a graph computes, and the place of its numbers in those of an output. */
export interface Target {
  readonly value: LazyValue;
  /** The number of the output. */
  readonly output: number;
  /** The place of the first of them. */
  readonly offset: number;
}

/** Rows that would be computed and then joined to an output are computed where they belong in it. */
export function assembled(outputs: readonly LazyValue[]): Target[] {
  const all = new Set(outputs);
  return outputs.flatMap((value, output) => {
    const { type, inputs, attributes } = value.operation!;
    const parts = inputs.filter((input): input is LazyValue => !isLiteral(input));
    const isOwn = (part: LazyValue): boolean => part.operation !== null && !all.has(part);
    const distinct = new Set(parts).size === parts.length;
    if (type !== 'Concat' || attributes['axis'] !== 0 || !distinct || !parts.every(isOwn)) {
      return [{ value, output, offset: 0 }];
    }
    for (const part of parts) all.add(part);
    let offset = 0;
    return parts.map((part) => {
      const target = { value: part, output, offset };
      offset += part.size;
      return target;
    });
  });
}

/** Rows of a matrix that is in memory are read where they are: such slices become leaves. Gives the operations that remain. */
export function withoutSlicesOfLeaves(
  operations: readonly Operation[],
  targets: readonly Target[],
): Operation[] {
  const wanted = new Set(targets.map(({ value }) => value));
  return operations.filter((operation) => {
    const [base, starts, , axes, steps] = operation.inputs;
    const [rows] = operation.outputs;
    if (operation.type !== 'Slice' || steps || isLiteral(base!) || !isLiteral(starts!) || !axes) return true;
    const first = isLiteral(axes) && onlyNumber(axes) === 0 ? onlyNumber(starts) : -1;
    if (first < 0 || !base!.storage?.array || rows!.holders > 0 || wanted.has(rows!)) return true;
    rows!.storage = base!.storage;
    rows!.offset = base!.offset + (base!.size / base!.shape[0]!) * first;
    rows!.operation = null;
    return false;
  });
}

/** The number of a literal with one, or -1. */
function onlyNumber({ values }: Literal): number {
  return typeof values !== 'number' && values.length === 1 ? values[0]! : -1;
}

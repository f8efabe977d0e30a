import { isLiteral, type LazyValue, type Memory, type Operation, sameShape } from '../graph/value.ts';
import { literalText } from '../onnx/model.ts';
import type { Recording, Source } from './record.ts';

/** What two recordings of one function differ in, in words; null where they compute the same. */
export function difference(before: Recording, now: Recording): string | null {
  const [was, is] = [new View(before), new View(now)];
  for (const [i, operation] of was.operations.entries()) {
    const text = operationDifference(operation, is.operations[i], was, is);
    if (text) return text;
  }
  const more = is.operations[was.operations.length];
  if (more) return `${name(more)}, which it did not record before`;
  const assigned = ({ effects }: Recording): string => effects.map(({ variable }) => variable.id).join();
  if (assigned(before) !== assigned(now)) return 'assignments to other variables than before';
  const same = was.results.every((value, i) => is.results[i] && was.same(value, is, is.results[i]));
  if (!same || JSON.stringify(before.resultShape) !== JSON.stringify(now.resultShape)) {
    return 'other results than before';
  }
  return null;
}

function operationDifference(
  before: Operation,
  now: Operation | undefined,
  was: View,
  is: View,
): string | null {
  if (!now) return `no ${name(before)}, which it recorded before`;
  if (describe(before) !== describe(now)) return `${name(now)} in the place of ${name(before)}`;
  for (const [i, input] of before.inputs.entries()) {
    const other = now.inputs[i]!;
    if (isLiteral(input) || isLiteral(other) || was.same(input, is, other)) continue;
    const [source, sourceNow] = [was.source(input), is.source(other)];
    if (source?.kind === 'constant' && sourceNow?.kind === 'constant') {
      return `${numbersThatDiffer(input, other)}, written by JavaScript and read by the tfjs kernel ${now.kernel}`;
    }
    const from =
      source?.kind === 'captured'
        ? `another captured ${other.type} [${other.shape}] tensor`
        : 'another operand';
    return `${from} of ${name(now)}`;
  }
  return null;
}

/** A recording with its values' places. */
class View {
  readonly operations: readonly Operation[];
  readonly results: readonly LazyValue[];
  readonly #sources: Recording['sources'];
  readonly #places = new Map<LazyValue, string>();

  constructor({ plan, sources, results, effects }: Recording) {
    this.operations = plan?.operations ?? [];
    this.results = [...results, ...effects.map(({ value }) => value)];
    this.#sources = sources;
    for (const [i, { outputs }] of this.operations.entries()) {
      for (const value of outputs) this.#places.set(value, `${i}.${value.output}`);
    }
  }

  /** Where a leaf comes from. */
  source(value: LazyValue): Source | undefined {
    return value.storage ? this.#sources.get(value.storage) : undefined;
  }

  same(value: LazyValue, other: View, counterpart: LazyValue): boolean {
    if (value.type !== counterpart.type || !sameShape(value.shape, counterpart.shape)) return false;
    const place = this.#places.get(value);
    if (place !== undefined) return place === other.#places.get(counterpart);
    const [a, b] = [this.source(value), other.source(counterpart)];
    if (a?.kind === 'argument') return b?.kind === 'argument' && a.index === b.index;
    if (a?.kind === 'captured') return b?.kind === 'captured' && a.tensor === b.tensor;
    return b?.kind === 'constant' && firstDifference(value.storage!, counterpart.storage!) < 0;
  }
}

function firstDifference(before: Memory, now: Memory): number {
  return before.array!.findIndex((number, i) => !Object.is(number, now.array![i]));
}

function numbersThatDiffer(before: LazyValue, now: LazyValue): string {
  const place = Math.max(0, firstDifference(before.storage!, now.storage!));
  const [was, is] = [before, now].map(({ storage }) => storage!.array![place]);
  return `the number ${is} instead of ${was} at place ${place} of a ${now.type} [${now.shape}] tensor`;
}

function describe(operation: Operation): string {
  const literals = operation.inputs.filter(isLiteral).map((literal) => literalText(literal).slice(0, 80));
  const attributes =
    Object.keys(operation.attributes).length > 0 ? [JSON.stringify(operation.attributes)] : [];
  const shapes = operation.outputs.map(({ type, shape }) => `${type} [${shape}]`);
  return `${operation.type}(${[...literals, ...attributes].join(', ')}) -> ${shapes.join(', ')}`;
}

function name(operation: Operation): string {
  return `${describe(operation)} by the tfjs kernel ${operation.kernel}`;
}

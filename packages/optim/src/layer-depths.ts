import { TenonError } from '@tenon/core';

/**
 * How deep each parameter lies in its model, told from the paths alone: 0 for the embeddings, 1 for the first layer
 * and so on, and one more than the last layer for what comes after: a final norm, a pooler, the head.
 *
 * The layers are the array whose elements have the most parameters (`backbone.h.0.…`, `encoder.layer.11.…`), or several
 * such arrays of elements alike, as ELMo's two directions are. What stands before them in the module counts as
 * embeddings. Where no layer is among the names, all have depth 0.
 *
 * @param names paths of parameters in the order of the module, as `module.parameters()` has them.
 * @throws {TenonError} when it is not clear which array is the layers, as in an encoder–decoder.
 * @example
 * ```ts
 * import { layerDepths } from '@tenon/optim';
 *
 * const depths = layerDepths(['wte.weight', 'h.0.attn.weight', 'h.1.attn.weight', 'ln_f.weight', 'classifier.weight']);
 * console.log([...depths.values()]); // [ 0, 1, 2, 3, 3 ]
 * ```
 */
export function layerDepths(names: Iterable<string>): Map<string, number> {
  const all = [...names];
  const placed = all.map(placeOf);
  const layers = layerArrays(placed);
  const isLayer = (place: Place | undefined): place is Place =>
    place !== undefined && layers.has(place.array);
  const first = placed.findIndex(isLayer);
  if (first < 0) return new Map(all.map((name) => [name, 0]));
  const last = Math.max(...placed.filter(isLayer).map(({ index }) => index));
  return new Map(
    all.map((name, i) => {
      const place = placed[i];
      if (isLayer(place)) return [name, place.index + 1];
      return [name, i < first ? 0 : last + 2];
    }),
  );
}

/** A parameter inside of an array: `encoder.layer`, 3, `output.dense.weight`. */
interface Place {
  readonly array: string;
  readonly index: number;
  readonly rest: string;
}

function placeOf(name: string): Place | undefined {
  const parts = name.split('.');
  const at = parts.findIndex((part) => /^\d+$/.test(part));
  if (at < 0) return undefined;
  return {
    array: parts.slice(0, at).join('.'),
    index: Number(parts[at]),
    rest: parts.slice(at + 1).join('.'),
  };
}

/** Elements with fewer parameters than this are single maps, as ELMo's convolutions are, and no layers beside others. */
const FEWEST = 4;

function layerArrays(placed: readonly (Place | undefined)[]): ReadonlySet<string> {
  const sizes = new Map<string, Set<string>>();
  for (const place of placed) {
    if (place === undefined) continue;
    const inside = sizes.get(place.array) ?? new Set();
    sizes.set(place.array, inside.add(place.rest));
  }
  const largest = Math.max(0, ...[...sizes.values()].map((inside) => inside.size));
  const layers = [...sizes].filter(([, { size }]) => size === largest).map(([array]) => array);
  const rival = [...sizes].find(([, { size }]) => size < largest && size >= FEWEST && size > largest / 2);
  if (rival === undefined) return new Set(layers);
  throw new TenonError({
    subject: 'depth of the layers',
    expected: 'one stack of layers',
    got: `${[...layers, rival[0]].join(' and ')}`,
    advice: 'Say how deep each parameter lies: layerwiseDecay({ decay, depths: (name) => … }).',
  });
}

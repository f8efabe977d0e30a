import type { Tensor } from '@tensorflow/tfjs-core';

/** A tensor, or tensors in arrays and plain objects, nested as you like. */
export type TensorTree =
  | Tensor
  | null
  | undefined
  | readonly TensorTree[]
  | { readonly [name: string]: TensorTree };

/** The same shape with numbers of leaves in the places of the tensors. */
export type TreeShape =
  | number
  | null
  | undefined
  | readonly TreeShape[]
  | { readonly [name: string]: TreeShape };

/** Gathers a tree's tensors, and what is left when they are numbered. @throws where something else is in it */
export function flatten(tree: unknown, where: string, tensors: Tensor[]): TreeShape {
  if (tree === null || tree === undefined) return tree;
  if (isTensor(tree)) return tensors.push(tree) - 1;
  if (Array.isArray(tree)) return tree.map((part, i) => flatten(part, `${where}[${i}]`, tensors));
  if (tree instanceof Map) {
    throw unexpected(where, 'a Map', 'Pass Object.fromEntries(map).');
  }
  if (typeof tree === 'object' && isPlain(tree)) {
    return Object.fromEntries(
      Object.entries(tree).map(([name, part]) => [name, flatten(part, `${where}.${name}`, tensors)]),
    );
  }
  if (typeof tree === 'number' || typeof tree === 'boolean') {
    throw unexpected(
      where,
      `the ${typeof tree} ${tree}`,
      'Pass tf.scalar(x), so that a replay sees the number it is given.',
    );
  }
  const got = typeof tree === 'object' ? `an object of class ${tree.constructor?.name}` : `a ${typeof tree}`;
  throw unexpected(where, got, 'Let the function capture what is not made of tensors.');
}

/** Puts tensors in the places of their numbers. */
export function unflatten(shape: TreeShape, tensors: readonly Tensor[]): unknown {
  if (typeof shape === 'number') return tensors[shape];
  if (shape === null || shape === undefined) return shape;
  if (isList(shape)) return shape.map((part) => unflatten(part, tensors));
  return Object.fromEntries(Object.entries(shape).map(([name, part]) => [name, unflatten(part, tensors)]));
}

function isTensor(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && 'dataId' in value && 'shape' in value;
}

function isList(shape: TreeShape): shape is readonly TreeShape[] {
  return Array.isArray(shape);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function unexpected(where: string, got: string, advice: string): Error {
  return new Error(
    `compile: expected ${where} to be a tensor, or tensors in arrays and plain objects, got ${got}. ${advice}`,
  );
}

import {
  encodeModel,
  type Initializer,
  type Literal,
  literalText,
  type Node,
  type Port,
} from '../onnx/model.ts';
import type { Provider } from '../options.ts';
import type { Constant } from './constants.ts';
import { orderMarkers } from './order-markers.ts';
import { integers } from './recorder.ts';
import type { Schedule } from './schedule.ts';
import { type HostArray, isLiteral, type LazyValue, type Operation } from './value.ts';
import { webgpuForm } from './webgpu-form.ts';

/** Operators whose outputs after the first cost less when nobody asks for them. */
const OPTIONAL_OUTPUTS: readonly string[] = ['LayerNormalization', 'MaxPool'];

/** The name of a scheduled value in its ONNX graph; equal structures give equal names. */
export function valueName(value: LazyValue): string {
  return value.operation ? `v${value.operation.position}_${value.output}` : `leaf${value.position}`;
}

/** The name of a changeable literal that is an input of its graph. */
export function literalName(index: number): string {
  return `literal${index}`;
}

/** The name of an operation in its ONNX graph: the tfjs kernel that recorded it, and its place in the schedule. */
export function operationName(operation: Operation): string {
  return `${operation.kernel}#${operation.position}`;
}

/**
 * Writes a schedule as an ONNX model.
 * @param constants for every leaf and every changeable literal what to build in, or null where it is an input
 * @param provider what will run it: operators that it lacks are written in another form
 */
export function buildModel(
  schedule: Schedule,
  constants: readonly (Constant | HostArray)[],
  provider: Provider,
): Uint8Array<ArrayBuffer> {
  const initializers = new Map<string, Literal & { name: string }>();
  const initializer = (literal: Literal): string => {
    const key = literalText(literal);
    let known = initializers.get(key);
    if (!known) {
      known = { ...literal, name: `constant${initializers.size}` };
      initializers.set(key, known);
    }
    return known.name;
  };

  const inputs: Port[] = [];
  const weights: Initializer[] = [];
  const leafNames = schedule.leaves.map((leaf, index) => {
    const values = constants[index]!;
    if (ArrayBuffer.isView(values)) {
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      weights.push({ type: leaf.type, dims: leaf.shape, bytes, name: valueName(leaf) });
      return valueName(leaf);
    }
    if (values !== null) return initializer({ type: leaf.type, dims: [], values });
    inputs.push(port(leaf));
    return valueName(leaf);
  });

  const read = new Set([
    ...schedule.outputs,
    ...schedule.order,
    ...schedule.operations.flatMap(({ inputs }) => inputs),
  ]);
  const literalNames = schedule.changeable.map((literal, index) => {
    if (constants[schedule.leaves.length + index] !== null) return initializer(literal);
    inputs.push({ name: literalName(index), type: literal.type, dims: literal.dims });
    return literalName(index);
  });

  let literals = 0;
  const nodes = schedule.operations.flatMap((operation): Node[] => {
    const node: Node = {
      name: operationName(operation),
      type: operation.type,
      domain: operation.domain,
      attributes: operation.attributes,
      inputs: operation.inputs.map((input) => {
        if (isLiteral(input)) return input.mayChange ? literalNames[literals++]! : initializer(input);
        return input.operation ? valueName(input) : leafNames[input.position]!;
      }),
      outputs: operation.outputs.map((value, index) => {
        const left = index > 0 && OPTIONAL_OUTPUTS.includes(operation.type) && !read.has(value);
        return left ? '' : valueName(value);
      }),
    };
    return provider === 'webgpu' ? webgpuForm(node, operation, initializer) : [node];
  });
  const outputs = schedule.targets.map(({ value }) => port(value));
  for (const { name, value, shape } of orderMarkers(schedule.order)) {
    const one = initializer(integers(shape));
    const slice = [initializer(integers(shape.map(() => 0))), one, initializer(integers([...shape.keys()]))];
    const scalar = value.shape.length === 0;
    nodes.push({
      name,
      type: scalar ? 'Reshape' : 'Slice',
      domain: '',
      inputs: [valueName(value), ...(scalar ? [one] : slice)],
      outputs: [name],
      attributes: {},
    });
    outputs.push({ name, type: value.type, dims: shape });
  }
  return encodeModel({ nodes, inputs, outputs, initializers: [...initializers.values(), ...weights] });
}

function port(value: LazyValue): Port {
  return { name: valueName(value), type: value.type, dims: value.shape };
}

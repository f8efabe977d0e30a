import {
  type HostArray,
  isLiteral,
  type LazyValue,
  type Memory,
  type Operation,
  sameShape,
} from '../graph/value.ts';
import type { Literal, Port } from '../onnx/model.ts';
import type { HostType } from '../runtime/buffer-pool.ts';
import type { Example, SizePlan } from './dynamic-axes.ts';
import { constantFormula, constantOf, type Formula, formulaText } from './formula.ts';
import { GraphBuilder } from './graph-builder.ts';
import { addPortably } from './portable-forms.ts';
import type { Recording } from './record-forward.ts';
import { SizeExpressions } from './size-expressions.ts';
import { attributesAtAllSizes, comparableAttributes } from './window-attributes.ts';

/** A tensor that the function captured. */
export interface Weight {
  readonly name: string;
  readonly type: HostType;
  readonly shape: readonly number[];
  readonly numbers: HostArray;
}

export interface EmitOptions {
  readonly opset: number;
  readonly privateOperators: boolean;
  readonly examples: ReadonlyMap<string, Example>;
  /** Whether that int32 input or output is int64 in the model. */
  isWide(name: string): boolean;
  /** Names and shapes of captured tensors by their memory. */
  readonly weightNames: ReadonlyMap<Memory, { readonly name: string; readonly shape: readonly number[] }>;
  /** Names that the caller gives to axes of an output. */
  outputAxes(output: string, rank: number): ReadonlyMap<number, string>;
}

export interface EmittedGraph {
  readonly graph: GraphBuilder;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly weights: readonly Weight[];
}

/** A value in the graph being written. */
interface Emitted {
  readonly name: string;
  readonly shape: readonly Formula[];
}

/**
 * One graph of several recordings of one function at different sizes. Their operations must correspond;
 * each number that differs becomes a formula of the sizes, computed in the graph.
 */
export function emitGraph(
  recordings: readonly Recording[],
  plan: SizePlan,
  options: EmitOptions,
): EmittedGraph {
  checkCorrespondence(recordings, plan);
  return new Emitter(recordings, plan, options).emit();
}

class Emitter {
  readonly #recordings: readonly Recording[];
  readonly #first: Recording;
  readonly #plan: SizePlan;
  readonly #options: EmitOptions;
  readonly #graph = new GraphBuilder();
  readonly #sizes: SizeExpressions;
  readonly #inputs = new Map<string, Emitted>();
  readonly #weights = new Map<Memory, Weight>();
  /** Every value of the first recording. */
  readonly #values = new Map<LazyValue, Emitted>();

  constructor(recordings: readonly Recording[], plan: SizePlan, options: EmitOptions) {
    this.#recordings = recordings;
    this.#first = recordings[0]!;
    this.#plan = plan;
    this.#options = options;
    this.#sizes = new SizeExpressions(this.#graph, plan.sizes);
  }

  emit(): EmittedGraph {
    const { schedule, outputs } = this.#first;
    for (const name of [...this.#options.examples.keys(), ...outputs.keys()]) this.#graph.name(name);
    const inputs = [...this.#options.examples].map(([name, example]) => this.#input(name, example));
    schedule.leaves.forEach((leaf, position) => {
      this.#values.set(leaf, this.#leaf(leaf, position));
    });
    // A value that is an output, and not widened or given out twice, bears the output's name.
    const wanted = new Map<LazyValue, string>();
    for (const [name, value] of outputs)
      if (!wanted.has(value) && !this.#isWide(name, value)) wanted.set(value, name);
    const read = new Set(outputs.values());
    for (const { inputs } of schedule.operations)
      for (const input of inputs) if (!isLiteral(input)) read.add(input);
    for (const operation of schedule.operations) this.#operation(operation, read, wanted);
    const ports = [...outputs].map(([name, value]) => this.#output(name, value, wanted.get(value)));
    return { graph: this.#graph, inputs, outputs: ports, weights: [...this.#weights.values()] };
  }

  #isWide(name: string, { type }: { readonly type: string }): boolean {
    return type === 'int32' && this.#options.isWide(name);
  }

  #input(name: string, { shape, type }: Example): Port {
    const formulas = shape.map((dim, axis) => {
      const size = this.#plan.axes.get(name)?.get(axis);
      if (!size) return constantFormula(dim);
      this.#graph.see(size, name, axis);
      return { terms: [{ factor: 1, sizes: [size] }], divisor: 1 };
    });
    const wide = this.#isWide(name, { type });
    this.#inputs.set(name, {
      name: wide ? this.#graph.cast(name, 'int64', 'int32') : name,
      shape: formulas,
    });
    return { name, type: wide ? 'int64' : type, dims: formulas.map(dim) };
  }

  #output(name: string, value: LazyValue, bears: string | undefined): Port {
    const emitted = this.#values.get(value)!;
    const wide = this.#isWide(name, value);
    if (wide)
      this.#graph.node('Cast', [emitted.name], {
        attributes: { to: 7 },
        name: `${name}_int64`,
        outputs: [name],
      });
    else if (bears !== name)
      this.#graph.node('Identity', [emitted.name], { name: `${name}_copy`, outputs: [name] });
    const names = this.#options.outputAxes(name, value.shape.length);
    for (const axis of names.keys()) {
      if (constantOf(emitted.shape[axis]!) === null) continue;
      throw new Error(
        `exportOnnx: expected axis ${axis} of the output ${name} to differ with ${this.#plan.sizes.map((size) => size.name).join(', ') || 'a dynamic size'}, ` +
          `got ${value.shape[axis]} always. Leave it out of dynamicAxes.`,
      );
    }
    const dims = emitted.shape.map((formula, axis) => names.get(axis) ?? dim(formula));
    return { name, type: wide ? 'int64' : value.type, dims };
  }

  /** An input, a captured tensor, or a tensor that JavaScript wrote meanwhile. */
  #leaf(leaf: LazyValue, position: number): Emitted {
    const leaves = this.#recordings.map(({ schedule }) => schedule.leaves[position]!);
    const what = `the ${leaf.type} [${leaf.shape}] tensor that ${this.#userOf(leaf)} reads`;
    const shapes = leaves.map(({ shape }) => shape);
    const input = this.#first.inputs.get(leaf.storage!);
    if (input !== undefined) {
      const from = this.#inputs.get(input)!;
      return this.#reshaped(from, this.#sizes.shape(shapes, what), `${input}_reshaped`);
    }
    const arrays = leaves.map(numbersOf);
    const captured = leaves.every(
      ({ shape }, i) => sameShape(shape, leaf.shape) && sameNumbers(arrays[i]!, arrays[0]!),
    );
    if (captured) return this.#captured(leaf);
    const type = leaf.type as HostType;
    const formulas = this.#sizes.shape(shapes, what);
    if (arrays.some((array) => array.length !== 1)) {
      return { name: this.#sizes.hostData(arrays, shapes, type, what), shape: formulas };
    }
    const number = this.#sizes.number(
      arrays.map((array) => array[0]!),
      type,
      what,
    );
    return this.#reshaped({ name: number, shape: [] }, formulas, 'number');
  }

  #captured(leaf: LazyValue): Emitted {
    const storage = leaf.storage!;
    const named = this.#options.weightNames.get(storage);
    const shape = leaf.shape.map(constantFormula);
    if (!named && leaf.shape.length === 0)
      return { name: this.#graph.scalar(numbersOf(leaf)[0]!, leaf.type), shape };
    let weight = this.#weights.get(storage);
    if (!weight) {
      weight = {
        name: this.#graph.name(named?.name ?? `weight_${this.#weights.size}`),
        type: leaf.type as HostType,
        shape: named?.shape ?? leaf.shape,
        numbers: numbersOf(leaf),
      };
      this.#weights.set(storage, weight);
    }
    return this.#reshaped(
      { name: weight.name, shape: weight.shape.map(constantFormula) },
      shape,
      `${weight.name}_reshaped`,
    );
  }

  #reshaped(from: Emitted, shape: readonly Formula[], name: string): Emitted {
    if (texts(from.shape) === texts(shape)) return from;
    return { name: this.#sizes.reshape(from.name, from.shape, shape, name), shape };
  }

  #operation(
    operation: Operation,
    read: ReadonlySet<LazyValue>,
    wanted: ReadonlyMap<LazyValue, string>,
  ): void {
    const all = this.#recordings.map(({ schedule }) => schedule.operations[operation.position]!);
    const name = this.#graph.name(`${operation.kernel}_${operation.position}`);
    const lastRead = operation.outputs.findLastIndex((output) => read.has(output));
    const outputs = operation.outputs.slice(0, lastRead + 1).map((output, index) => {
      if (!read.has(output)) return '';
      return wanted.get(output) ?? (index === 0 ? name : this.#graph.name(`${name}_${index}`));
    });
    const shapes = operation.outputs.map((_, index) => all.map(({ outputs }) => outputs[index]!.shape));

    if (operation.host) {
      throw new Error(
        `exportOnnx: expected operations of ONNX, got ${describe(operation)}, which runs in this process. Leave it out of the function.`,
      );
    }
    if (operation.type === 'Reshape') {
      const target = this.#sizes.shape(
        shapes[0]!,
        `the shape that the tfjs kernel ${operation.kernel} reshapes to`,
      );
      const from = this.#values.get(operation.inputs[0] as LazyValue)!; // recorded as a value with a literal shape
      this.#sizes.reshape(from.name, from.shape, target, name, outputs[0]!);
    } else {
      addPortably(
        {
          ...operation,
          attributes: attributesAtAllSizes(all, describe(operation)),
          name,
          outputs,
          inputs: operation.inputs.map((input, index) => {
            if (!isLiteral(input)) return this.#values.get(input)!.name;
            const literals = all.map(({ inputs }) => inputs[index] as Literal); // they correspond
            return this.#sizes.literal(literals, `input ${index} of ${describe(operation)}`);
          }),
          inputRanks: operation.inputs.map((input) => (isLiteral(input) ? input.dims : input.shape).length),
          literals: operation.inputs.map((input) => (isLiteral(input) ? input : null)),
        },
        this.#graph,
        this.#options.opset,
        this.#options.privateOperators,
      );
    }
    outputs.forEach((output, index) => {
      if (output === '') return;
      const value = operation.outputs[index]!;
      const shape = this.#sizes.shapeOf(output, shapes[index]!);
      this.#values.set(value, { name: output, shape });
      if (!wanted.has(value))
        this.#graph.values.push({ name: output, type: value.type, dims: shape.map(dim) });
    });
  }

  #userOf(leaf: LazyValue): string {
    const user = this.#first.schedule.operations.find(({ inputs }) => inputs.includes(leaf));
    return `the tfjs kernel ${user?.kernel}`;
  }
}

/** @throws where the recordings are not of the same operations on the same tensors */
function checkCorrespondence(recordings: readonly Recording[], plan: SizePlan): void {
  const [first, ...others] = recordings.map(signature);
  others.forEach((other, index) => {
    const at = first!.findIndex((text, position) => text !== other[position]);
    if (at < 0 && other.length === first!.length) return;
    const sizes = (recording: number): string =>
      plan.sizes.map(({ name, values }) => `${name} ${values[recording]}`).join(', ') || 'other numbers';
    throw new Error(
      `exportOnnx: expected the same operations at all sizes, got ${first![at] ?? 'none'} at ${sizes(0)} and ` +
        `${other[at < 0 ? first!.length : at] ?? 'none'} at ${sizes(index + 1)} (operation ${at < 0 ? first!.length : at}). ` +
        'Let the function do the same whatever the sizes and the data, or leave an axis out of dynamicAxes.',
    );
  });
}

/** For each operation, and for the outputs, a text that says all but the sizes. */
function signature({ schedule, inputs, outputs }: Recording): string[] {
  const source = (input: Operation['inputs'][number]): string => {
    if (isLiteral(input)) return `${input.type} constant`;
    if (input.operation) return `${input.operation.position}.${input.output}`;
    return inputs.get(input.storage!) ?? `tensor ${input.position}`;
  };
  return [
    ...schedule.operations.map(
      (operation) =>
        `${describe(operation)} ${JSON.stringify(comparableAttributes(operation))} of (${operation.inputs.map(source).join(', ')})`,
    ),
    `outputs ${[...outputs].map(([name, value]) => `${name}: ${source(value)}`).join(', ')}`,
  ];
}

function describe({ kernel, type }: Operation): string {
  return kernel === type ? `the tfjs kernel ${kernel}` : `the tfjs kernel ${kernel} (as ${type})`;
}

function numbersOf({ storage, type, shape }: LazyValue): HostArray {
  if (storage!.array) return storage!.array;
  throw new Error(
    `exportOnnx: expected captured tensors in this process's memory, got a ${type} [${shape}] tensor on a device. ` +
      'Name it in parameters, or read it before (await x.data()).',
  );
}

function sameNumbers(a: HostArray, b: HostArray): boolean {
  return a === b || (a.length === b.length && a.every((number, i) => Object.is(number, b[i])));
}

function dim(formula: Formula): number | string {
  return constantOf(formula) ?? formulaText(formula);
}

function texts(shape: readonly Formula[]): string {
  return shape.map(formulaText).join();
}

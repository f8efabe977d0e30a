import { type DataId, engine, getBackend, setBackend, type Tensor, tensor } from '@tensorflow/tfjs-core';
import packageJson from '../../package.json' with { type: 'json' };
import type { OnnxBackend } from '../backend.ts';
import type { Memory } from '../graph/value.ts';
import type { Model } from '../onnx/model.ts';
import {
  axisNames,
  type DynamicAxes,
  type Example,
  inputAxes,
  readExamples,
  resized,
  type SizePlan,
  sizePlans,
} from './dynamic-axes.ts';
import { type EmittedGraph, emitGraph } from './emit-graph.ts';
import { irVersion, NEWEST_OPSET, OLDEST_OPSET } from './portable-forms.ts';
import { type ExportableFunction, type Recording, recordForward } from './record-forward.ts';
import { RecordingGuard } from './recording-guard.ts';
import { writeFiles } from './write-files.ts';
import { writeModel } from './write-model.ts';

const DEFAULT_OPSET = 17;

type Parameters = ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>;

export interface ExportOnnxOptions {
  /**
   * Axes whose size may differ from run to run, with a name for each size, as torch.onnx.export takes them:
   * `{ input_ids: { 0: 'batch_size', 1: 'sequence_length' } }`. Equal names are equal sizes. Outputs follow by
   * themselves; named here, their axes get these names. @default none
   */
  readonly dynamicAxes?: DynamicAxes;
  /** Version of the standard's operators, 13 to 21. @default 17, which ONNX Runtime reads since 1.13 */
  readonly opset?: number;
  /** int32 inputs and outputs that are int64 in the model, as the field has its token ids: all of them, or these. @default false */
  readonly int64?: boolean | readonly string[];
  /** Names for captured tensors, such as `model.parameters()`; others have the variable's name, or a number. */
  readonly parameters?: Parameters;
  /** Allow operators that only ONNX Runtime has. @default false */
  readonly privateOperators?: boolean;
  /** Bytes from which on a weight goes into the file `FILE_data` beside the model. @default 1024 where the model exceeds 2 GB, otherwise never */
  readonly externalDataThreshold?: number;
  /** Sizes to record the function with, three or more for each name of dynamicAxes. @default chosen near the example's */
  readonly sizes?: Readonly<Record<string, readonly number[]>>;
  /** Name of the graph inside the model. @default 'model' */
  readonly name?: string;
}

/**
 * Writes a function of tensors as a standard ONNX model, which ONNX Runtime, transformers.js and others run.
 *
 * The function is recorded, not computed, with the tensors and variables that it captures as the model's
 * weights. With dynamic axes it is recorded at several sizes; what differs is computed from the sizes in the model.
 * It must be synchronous, do the same at each call, read nothing (`dataSync`) that depends on its inputs, and use
 * operations that this backend puts into graphs.
 *
 * @param fn takes the inputs by name, and returns a tensor (the output `output`) or tensors by name
 * @param exampleInputs tensors of the types, ranks and fixed sizes that the model shall take
 * @returns the model's bytes; with `file` the names of the files written
 * @throws where something has no place in a model: what it is, and the tfjs kernel that uses it
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { exportOnnx } from '@tenon/tfjs-backend-onnx';
 *
 * const weight = tf.variable(tf.ones([4, 2]), true, 'weight');
 * const bytes = await exportOnnx(({ x }) => tf.relu(tf.matMul(x, weight)), { x: tf.zeros([1, 4]) }, {
 *   dynamicAxes: { x: { 0: 'batch_size' } },
 * });
 * console.log(bytes.length > 0); // true
 * ```
 */
export function exportOnnx<Inputs extends Readonly<Record<string, Tensor>>>(
  fn: ExportableFunction<NoInfer<Inputs>>,
  exampleInputs: Inputs,
  options: ExportOnnxOptions & { readonly file: string },
): Promise<string[]>;
export function exportOnnx<Inputs extends Readonly<Record<string, Tensor>>>(
  fn: ExportableFunction<NoInfer<Inputs>>,
  exampleInputs: Inputs,
  options?: ExportOnnxOptions & { readonly file?: undefined },
): Promise<Uint8Array<ArrayBuffer>>;
export async function exportOnnx(
  fn: ExportableFunction<never>,
  exampleInputs: Readonly<Record<string, Tensor>>,
  options: ExportOnnxOptions & { readonly file?: string | undefined } = {},
): Promise<string[] | Uint8Array<ArrayBuffer>> {
  // It is called with tensors of the examples' names, types and ranks.
  const exported = fn as ExportableFunction;
  checkOptions(options, exampleInputs);
  const examples = await readExamples(exampleInputs);
  const axes = inputAxes(options.dynamicAxes ?? {}, examples);
  const plans = sizePlans(axes, examples, options.sizes ?? {});
  return onOnnxBackend(options.parameters ?? {}, (backend, guard) => {
    // From here on nothing waits: the weights are written from the variables' own memory.
    const emitted = firstThatFits(
      plans,
      (plan) => recordAll(backend, guard, exported, examples, plan),
      (plan, recordings) => emit(backend, recordings, examples, plan, options),
    );
    const fileName = options.file?.split(/[\\/]/).at(-1) ?? null;
    const model = modelOf(emitted, options);
    const written = writeModel(model, emitted.weights, fileName, options.externalDataThreshold);
    return options.file === undefined ? written.model.finish() : writeFiles(options.file, written);
  });
}

function checkOptions(options: ExportOnnxOptions, inputs: Readonly<Record<string, Tensor>>): void {
  const { opset = DEFAULT_OPSET, int64 } = options;
  if (!Number.isInteger(opset) || opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
    throw new Error(
      `exportOnnx: expected opset to be a whole number from ${OLDEST_OPSET} to ${NEWEST_OPSET}, got ${opset}.`,
    );
  }
  const wrong = Array.isArray(int64) && int64.find((name) => inputs[name] && inputs[name].dtype !== 'int32');
  if (wrong) {
    throw new Error(
      `exportOnnx: expected int64 to name int32 tensors, got the input ${wrong} of ${inputs[wrong]!.dtype}.`,
    );
  }
}

/** Runs `body` under a guard, with this backend as tfjs' current one, which owes no tensor its numbers. */
async function onOnnxBackend<T>(
  parameters: Parameters,
  body: (backend: OnnxBackend, guard: RecordingGuard) => T,
): Promise<T> {
  const before = getBackend();
  if (before !== 'onnx' && !(await setBackend('onnx')))
    throw new Error("exportOnnx: expected the backend 'onnx' to work here, got none: tfjs has printed why.");
  try {
    const backend = engine().backend as OnnxBackend; // of that name
    await backend.allComputed();
    for (const [, { storage, dataId }] of namedTensors(backend, parameters))
      if (!storage.array) await backend.read(dataId); // from its device
    const guard = new RecordingGuard();
    return backend.recordUnder(guard, () => body(backend, guard));
  } finally {
    if (before !== 'onnx') await setBackend(before);
  }
}

/**
 * The graph of the first plan whose sizes the function takes. Where recordings do not fit together, sizes may have
 * met others by chance: another plan is tried, but none whose sizes have something in common, which would hide
 * what the function does at others.
 */
function firstThatFits(
  plans: readonly SizePlan[],
  record: (plan: SizePlan) => Recording[],
  emit: (plan: SizePlan, recordings: readonly Recording[]) => EmittedGraph,
): EmittedGraph {
  const errors: unknown[] = [];
  let misfit = false;
  for (const plan of plans) {
    if (misfit && plan.uniform) break;
    let recordings: Recording[];
    try {
      recordings = record(plan);
    } catch (error) {
      errors.push(error);
      continue;
    }
    try {
      return emit(plan, recordings);
    } catch (error) {
      errors.push(error);
      misfit = true;
    }
  }
  throw errors[0];
}

function recordAll(
  backend: OnnxBackend,
  guard: RecordingGuard,
  fn: ExportableFunction,
  examples: ReadonlyMap<string, Example>,
  plan: SizePlan,
): Recording[] {
  return Array.from({ length: plan.recordings }, (_, recording) => {
    const inputs = [...examples].map(([name, example]) => {
      const { numbers, shape, type } = resized(example, plan.axes.get(name)!, recording);
      return [name, tensor(numbers, [...shape], type)] as const;
    });
    try {
      return recordForward(backend, guard, fn, Object.fromEntries(inputs));
    } finally {
      for (const [, input] of inputs) input.dispose();
    }
  });
}

function emit(
  backend: OnnxBackend,
  recordings: readonly Recording[],
  examples: ReadonlyMap<string, Example>,
  plan: SizePlan,
  options: ExportOnnxOptions,
): EmittedGraph {
  const { dynamicAxes = {}, int64 = false } = options;
  const outputs = recordings[0]!.outputs;
  const unknown = [...Object.keys(dynamicAxes), ...(Array.isArray(int64) ? int64 : [])].find(
    (name) => !examples.has(name) && !outputs.has(name),
  );
  if (unknown !== undefined) {
    throw new Error(
      `exportOnnx: expected names among ${[...examples.keys(), ...outputs.keys()].join(', ')}, got ${unknown}.`,
    );
  }
  return emitGraph(recordings, plan, {
    opset: options.opset ?? DEFAULT_OPSET,
    privateOperators: options.privateOperators ?? false,
    examples,
    isWide: (name) => (Array.isArray(int64) ? int64.includes(name) : int64 === true),
    weightNames: new Map(
      namedTensors(backend, options.parameters ?? {}).map(([name, { storage, shape }]) => [
        storage,
        { name, shape },
      ]),
    ),
    outputAxes: (output, rank) => axisNames(output, dynamicAxes[output] ?? [], rank),
  });
}

/**
 * What this backend holds of the variables that have a name of their own (tfjs gives numbers to the others), then of
 * the tensors that the caller names.
 */
function namedTensors(
  backend: OnnxBackend,
  parameters: Parameters,
): readonly (readonly [string, { storage: Memory; shape: readonly number[]; dataId: DataId }])[] {
  const variables = Object.entries(engine().registeredVariables).filter(([name]) => !/^\d+$/.test(name));
  const given: [string, Tensor][] = parameters instanceof Map ? [...parameters] : Object.entries(parameters);
  return [...variables, ...given].flatMap(([name, { dataId, shape, dtype }]) => {
    // Those that live on another backend were not captured.
    if (!backend.data.has(dataId) || dtype === 'string' || dtype === 'complex64') return [];
    const { storage } = backend.value({ dataId, shape, dtype });
    return storage ? [[name, { storage, shape, dataId }] as const] : [];
  });
}

function modelOf({ graph, inputs, outputs }: EmittedGraph, options: ExportOnnxOptions): Model {
  const { opset = DEFAULT_OPSET, name = 'model' } = options;
  const read = new Set(graph.nodes.flatMap((node) => node.inputs));
  const domains = new Set(['', ...graph.nodes.map(({ domain }) => domain)]);
  return {
    nodes: graph.nodes,
    inputs,
    outputs,
    initializers: [...graph.literals.values()].filter((literal) => read.has(literal.name)),
    values: graph.values,
    name,
    irVersion: irVersion(opset),
    operatorSets: [...domains].map((domain) => ({ domain, version: domain === '' ? opset : 1 })),
    producer: { name: packageJson.name, version: packageJson.version },
  };
}

import { ProtobufWriter } from './protobuf-writer.ts';

/** The element types this engine uses. uint8 is what masks are kept in; int64 never leaves a graph: ONNX wants it for shapes, axes and indices. */
export type ElementType = 'float32' | 'int32' | 'bool' | 'uint8' | 'int64';

/** A value that is part of the graph itself; a single number stands for a tensor filled with it. */
export interface Literal {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly values: readonly number[] | number;
  /**
   * Set where the numbers may differ from call to call. Those that seldom do are built in until then, and an input from
   * then on; those that often do are an input at once.
   */
  readonly mayChange?: 'seldom' | 'often';
}

/** A text of its own for every literal: -0 is another number than 0. */
export function literalText({ type, dims, values }: Literal): string {
  return `${type}[${dims}]${typeof values === 'number' ? numberText(values) : values.map(numberText)}`;
}

/** A text of its own for every number, those that JSON and templates write alike included. */
function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : `${value}`;
}

type Attribute = number | string | readonly number[] | { readonly float: number };
export type Attributes = Readonly<Record<string, Attribute>>;

export interface Port {
  readonly name: string;
  readonly type: ElementType | 'bfloat16';
  /** A text names a size that is known only when the graph runs; null where any shape will do. */
  readonly dims: readonly (number | string)[] | null;
}

export interface Node {
  readonly name: string;
  readonly type: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

/** Numbers that are kept in memory as ONNX wants them: little-endian, row by row. */
interface Numbers {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
}

/** Numbers that lie in a file beside the model's. */
interface NumbersElsewhere {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly external: { readonly location: string; readonly offset: number; readonly length: number };
}

export type Initializer = (Literal | Numbers | NumbersElsewhere) & { readonly name: string };

export interface Model {
  readonly nodes: readonly Node[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly initializers: readonly Initializer[];
  /** Types and shapes of values in between, for whoever looks at the graph. */
  readonly values?: readonly Port[];
  /** @default what this engine's own graphs need */
  readonly operatorSets?: readonly OperatorSet[];
  /** @default 9, which goes with version 20 of the standard operators */
  readonly irVersion?: number;
  readonly name?: string;
  readonly producer?: { readonly name: string; readonly version: string };
}

interface OperatorSet {
  /** '' is the standard's own. */
  readonly domain: string;
  readonly version: number;
}

const IR_VERSION = 9;
const OPERATOR_SETS: readonly OperatorSet[] = [
  { domain: '', version: 20 },
  { domain: 'com.microsoft', version: 1 },
];

/** onnx.TensorProto.DataType */
const TYPE_CODE: Record<Port['type'], number> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  bfloat16: 16,
};

/** The element type's number in attributes such as Cast's `to`. */
export function typeCode(type: Port['type']): number {
  return TYPE_CODE[type];
}

/** Serialises a model. */
export function encodeModel(model: Model): Uint8Array<ArrayBuffer> {
  return modelWriter(model).finish();
}

/** Serialises a model in pieces that refer to its numbers without copying them; field numbers are those of onnx.proto. */
export function modelWriter(model: Model): ProtobufWriter {
  const graph = new ProtobufWriter(1 << 16);
  for (const node of model.nodes) graph.message(1, encodeNode(node));
  graph.text(2, model.name ?? 'graph');
  for (const initializer of model.initializers) graph.message(5, encodeTensor(initializer));
  for (const port of model.inputs) graph.message(11, encodePort(port));
  for (const port of model.outputs) graph.message(12, encodePort(port));
  for (const port of model.values ?? []) graph.message(13, encodePort(port));

  const writer = new ProtobufWriter(1 << 16);
  writer.integer(1, model.irVersion ?? IR_VERSION);
  if (model.producer) {
    writer.text(2, model.producer.name);
    writer.text(3, model.producer.version);
  }
  writer.message(7, graph);
  for (const { domain, version } of model.operatorSets ?? OPERATOR_SETS) {
    const operatorSet = new ProtobufWriter();
    operatorSet.text(1, domain);
    operatorSet.integer(2, version);
    writer.message(8, operatorSet);
  }
  return writer;
}

function encodeNode(node: Node): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const input of node.inputs) writer.text(1, input);
  for (const output of node.outputs) writer.text(2, output);
  writer.text(3, node.name);
  writer.text(4, node.type);
  for (const [name, value] of Object.entries(node.attributes))
    writer.message(5, encodeAttribute(name, value));
  if (node.domain) writer.text(7, node.domain);
  return writer;
}

function encodeAttribute(name: string, value: Attribute): ProtobufWriter {
  const writer = new ProtobufWriter();
  writer.text(1, name);
  if (typeof value === 'number') {
    writer.integer(3, value);
    writer.integer(20, 2);
  } else if (typeof value === 'string') {
    writer.text(4, value);
    writer.integer(20, 3);
  } else if ('float' in value) {
    writer.float(2, value.float);
    writer.integer(20, 1);
  } else {
    for (const element of value) writer.integer(8, element);
    writer.integer(20, 7);
  }
  return writer;
}

function encodeTensor(tensor: Initializer): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const dim of tensor.dims) writer.integer(1, dim);
  writer.integer(2, TYPE_CODE[tensor.type]);
  writer.text(8, tensor.name);
  if ('external' in tensor) {
    for (const [key, value] of Object.entries(tensor.external)) {
      const entry = new ProtobufWriter();
      entry.text(1, key);
      entry.text(2, String(value));
      writer.message(13, entry);
    }
    writer.integer(14, 1);
  } else writer.bytes(9, 'bytes' in tensor ? tensor.bytes : literalBytes(tensor));
  return writer;
}

function literalBytes({ type, dims, values }: Literal): Uint8Array {
  const numbers =
    typeof values === 'number' ? new Array<number>(dims.reduce((a, b) => a * b, 1)).fill(values) : values;
  switch (type) {
    case 'float32':
      return new Uint8Array(Float32Array.from(numbers).buffer);
    case 'int32':
      return new Uint8Array(Int32Array.from(numbers).buffer);
    case 'int64':
      return new Uint8Array(BigInt64Array.from(numbers, BigInt).buffer);
    case 'bool':
    case 'uint8':
      return Uint8Array.from(numbers);
  }
}

function encodePort({ name, type, dims }: Port): ProtobufWriter {
  const tensorType = new ProtobufWriter();
  tensorType.integer(1, TYPE_CODE[type]);
  if (dims) {
    const shape = new ProtobufWriter();
    for (const size of dims) {
      const dim = new ProtobufWriter();
      if (typeof size === 'number') dim.integer(1, size);
      else dim.text(2, size);
      shape.message(1, dim);
    }
    tensorType.message(2, shape);
  }
  const typeProto = new ProtobufWriter();
  typeProto.message(1, tensorType);
  const writer = new ProtobufWriter();
  writer.text(1, name);
  writer.message(2, typeProto);
  return writer;
}

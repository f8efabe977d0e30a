import { ProtobufWriter } from './protobuf-writer.ts';

/** The element types this engine uses. int64 never leaves a graph: ONNX wants it for shapes, axes and indices. */
export type ElementType = 'float32' | 'int32' | 'bool' | 'int64';

/** A value that is part of the graph itself; a single number stands for a tensor filled with it. */
export interface Literal {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly values: readonly number[] | number;
}

/** A text of its own for every literal: -0 is another number than 0. */
export function literalText({ type, dims, values }: Literal): string {
  return `${type}[${dims}]${typeof values === 'number' ? numberText(values) : values.map(numberText)}`;
}

/** A text of its own for every number, those that JSON and templates write alike included. */
export function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : `${value}`;
}

type Attribute = number | string | readonly number[] | { readonly float: number };
export type Attributes = Readonly<Record<string, Attribute>>;

export interface Port {
  readonly name: string;
  readonly type: ElementType;
  /** Null where any shape will do. */
  readonly dims: readonly number[] | null;
}

export interface Node {
  readonly name: string;
  readonly type: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

export interface Model {
  readonly nodes: readonly Node[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly initializers: readonly (Literal & { readonly name: string })[];
}

const IR_VERSION = 9;
const OPERATOR_SETS = [
  { domain: '', version: 20 },
  { domain: 'com.microsoft', version: 1 },
];

/** onnx.TensorProto.DataType */
const TYPE_CODE: Record<ElementType, number> = { float32: 1, int32: 6, int64: 7, bool: 9 };

/** The element type's number in attributes such as Cast's `to`. */
export function typeCode(type: ElementType): number {
  return TYPE_CODE[type];
}

/** Serialises a model; field numbers are those of onnx.proto. */
export function encodeModel(model: Model): Uint8Array<ArrayBuffer> {
  const graph = new ProtobufWriter(1 << 16);
  for (const node of model.nodes) graph.message(1, encodeNode(node));
  graph.text(2, 'graph');
  for (const initializer of model.initializers) graph.message(5, encodeTensor(initializer));
  for (const port of model.inputs) graph.message(11, encodePort(port));
  for (const port of model.outputs) graph.message(12, encodePort(port));

  const writer = new ProtobufWriter(1 << 16);
  writer.integer(1, IR_VERSION);
  writer.message(7, graph);
  for (const { domain, version } of OPERATOR_SETS) {
    const operatorSet = new ProtobufWriter();
    operatorSet.text(1, domain);
    operatorSet.integer(2, version);
    writer.message(8, operatorSet);
  }
  return writer.finish();
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

function encodeTensor(tensor: Literal & { readonly name: string }): ProtobufWriter {
  const data = literalBytes(tensor);
  const writer = new ProtobufWriter(64 + data.length);
  for (const dim of tensor.dims) writer.integer(1, dim);
  writer.integer(2, TYPE_CODE[tensor.type]);
  writer.text(8, tensor.name);
  writer.bytes(9, data);
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
      dim.integer(1, size);
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

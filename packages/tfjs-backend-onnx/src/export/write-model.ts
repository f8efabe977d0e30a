import { type Initializer, type Model, modelWriter } from '../onnx/model.ts';
import type { ProtobufWriter } from '../onnx/protobuf-writer.ts';
import type { Weight } from './emit-graph.ts';

/** A protocol buffer, and so an ONNX file, has fewer bytes than this. */
const LARGEST_FILE = 2 ** 31 - 1;
/** What a model of millions of nodes takes besides its weights, generously. */
const ROOM_FOR_NODES = 2 ** 26;
/** Smaller tensors stay in the model's file even where the others do not. */
const SMALLEST_EXTERNAL = 1024;
/** So that weights can be mapped into memory: pages of Linux, and for the large ones what Windows maps. */
const PAGE = 4096;
const LARGE_PAGE = 65_536;

/** A model whose weights are the tensors' own memory, not copied yet. */
export interface WrittenModel {
  readonly model: ProtobufWriter;
  /** What goes into the file of the weights, if there is one. */
  readonly data: readonly Uint8Array[] | null;
}

/**
 * @param file the model's file name, after which that of the weights is named, or null where there is no file
 * @param threshold bytes from which on a weight goes into a file of its own @default only where all are too large for one file
 * @throws where a file is needed and there is none
 */
export function writeModel(
  model: Model,
  weights: readonly Weight[],
  file: string | null,
  threshold: number | undefined,
): WrittenModel {
  const total = weights.reduce((sum, { numbers }) => sum + numbers.byteLength, ROOM_FOR_NODES);
  const from = threshold ?? (total > LARGEST_FILE ? SMALLEST_EXTERNAL : Number.POSITIVE_INFINITY);
  const data: Uint8Array[] = [];
  let length = 0;
  const initializers = weights.map((weight): Initializer => {
    const { name, type, shape: dims, numbers } = weight;
    const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    if (bytes.length < from) return { name, type, dims, bytes };
    if (file === null) {
      throw new Error(
        `exportOnnx: expected a model that fits into one file, got weights of ${total - ROOM_FOR_NODES} bytes. ` +
          'Pass file: they go into a second file beside it.',
      );
    }
    const page = bytes.length >= 2 ** 20 ? LARGE_PAGE : PAGE;
    const offset = Math.ceil(length / page) * page;
    data.push(new Uint8Array(offset - length), bytes);
    length = offset + bytes.length;
    return { name, type, dims, external: { location: dataFile(file), offset, length: bytes.length } };
  });
  const written = modelWriter({ ...model, initializers: [...model.initializers, ...initializers] });
  return { model: written, data: data.length > 0 ? data : null };
}

/** The name that transformers.js and optimum give it. */
export function dataFile(file: string): string {
  return `${file}_data`;
}

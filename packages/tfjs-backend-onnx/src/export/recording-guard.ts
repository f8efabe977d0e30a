import type { HostType } from '../runtime/buffer-pool.ts';
import { type HostMemory, isLiteral, type LazyValue, type Operation } from '../graph/value.ts';

/**
 * Stands beside the backend while a forward pass is recorded for export: nothing runs that depends on the
 * pass's inputs, and no memory is lent anew, since the graph's constants may lie in it.
 */
export class RecordingGuard {
  /** The inputs by their memory, which reshapes of a tensor share. */
  readonly inputs: ReadonlyMap<HostMemory, string>;
  /** Memory that lost its last holder meanwhile. */
  readonly released: { readonly type: HostType; readonly storage: HostMemory }[] = [];

  constructor(inputs: ReadonlyMap<HostMemory, string>) {
    this.inputs = inputs;
  }

  /** @throws where the value depends on an input and so is not known while recording */
  assertKnown(value: LazyValue, reader: string): void {
    const input = this.#inputOf(value);
    if (input === null) return;
    const from = value.operation ? `, made by the tfjs kernel ${value.operation.kernel},` : '';
    throw new Error(
      `exportOnnx: expected a forward pass that is recorded without being computed, got a ${value.type} [${value.shape}] tensor${from} ` +
        `that depends on the input '${input}' and is read by ${reader}. ${advice(reader)}`,
    );
  }

  /** The name of an input that the value is computed from. */
  #inputOf(value: LazyValue): string | null {
    if (value.storage) return this.inputs.get(value.storage) ?? null;
    const seen = new Set<Operation>([value.operation!]);
    for (const operation of seen) {
      for (const input of operation.inputs) {
        if (isLiteral(input)) continue;
        if (input.operation) seen.add(input.operation);
        else if (this.inputs.has(input.storage!)) return this.inputs.get(input.storage!)!;
      }
    }
    return null;
  }
}

function advice(reader: string): string {
  return reader.startsWith('the tfjs kernel')
    ? 'This kernel has no ONNX form here (report() lists what falls back): compute it with other operations, or outside of the function and pass it as an input.'
    : 'Keep data(), dataSync() and array() out of the function: compute with tfjs operations.';
}

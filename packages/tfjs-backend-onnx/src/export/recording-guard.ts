import type { Guard } from '../graph/guard.ts';
import { isLiteral, type LazyValue, type Memory, type Operation } from '../graph/value.ts';

/**
 * Stands beside the backend during an export: nothing runs that depends on the recorded function's inputs,
 * and no memory is lent anew, since a recording's numbers may lie in it.
 */
export class RecordingGuard implements Guard {
  /** Inputs by their memory, which reshapes of a tensor share. */
  readonly inputs: Map<Memory, string> = new Map();
  /** Values whose memory lost its last holder meanwhile. */
  readonly released: LazyValue[] = [];
  readonly replay: null = null;

  /**
   * @param kernel the tfjs kernel that wants to read it on the host, or nothing where the function itself does
   * @throws where the value depends on an input and so is not known while recording
   */
  assertKnown(value: LazyValue, kernel?: string): void {
    const input = this.#inputOf(value);
    if (input === null) return;
    const reader =
      kernel === undefined ? 'by the function' : `by the tfjs kernel ${kernel}, which has no ONNX form here`;
    const from = value.operation ? ` made by the tfjs kernel ${value.operation.kernel}` : '';
    const advice =
      kernel === undefined
        ? 'Leave data(), dataSync() and array() out of the function.'
        : 'Use other operations, or compute it outside of the function and pass it in as an input.';
    throw new Error(
      `exportOnnx: expected nothing to be read while the function is recorded, got a ${value.type} [${value.shape}] tensor${from} ` +
        `that depends on the input '${input}', read ${reader}. ${advice}`,
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

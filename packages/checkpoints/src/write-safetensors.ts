import type { StateDict } from '@tenon/core';
import { writeWhole } from './durable/write-file.ts';
import { safetensorsPieces } from './safetensors/format.ts';

/**
 * Writes tensors to a safetensors file, one after another, so that no more than one is held besides what
 * the state dict itself holds. The file is never half-written: the old one stays until the new one is whole.
 *
 * @param metadata strings to go with them; Python's transformers wants `{ format: 'pt' }`.
 * @throws {TenonError} with the system's reason, a full disk for instance; then the old file is kept.
 */
export async function writeSafetensors(
  file: string,
  weights: StateDict,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeWhole(file, safetensorsPieces(weights, metadata));
}

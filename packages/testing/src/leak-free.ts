import { TenonError } from '@tenon/core';
import { memory } from '@tensorflow/tfjs-core';

/**
 * Asserts that a function leaves no tensor behind. It is run twice, and the second time counts: what is
 * made once and kept is not a leak.
 *
 * @throws {TenonError} with the number of tensors that were left.
 */
export async function leakFree(work: () => void | Promise<void>): Promise<void> {
  await work();
  const before = memory();
  await work();
  const after = memory();
  const tensors = after.numTensors - before.numTensors;
  const buffers = after.numDataBuffers - before.numDataBuffers;
  if (tensors === 0 && buffers === 0) return;
  throw new TenonError({
    subject: 'live tensors',
    expected: 'as many after the work as before',
    got: `${tensors} more tensors and ${buffers} more buffers`,
    advice: 'Dispose of them, or wrap the work in tidy.',
  });
}

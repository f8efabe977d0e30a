import { encodeModel, typeCode } from '../onnx/model.ts';
import type { SynchronousSession } from './runtime.ts';

// onnxruntime-node copies every output into a new array, also where it was given the memory to write it to: half a
// gigabyte in a training step of GPT-2 Small, and the garbage collections that this brings about. It does so after the
// run, one output after the other, and stops with an error at one whose type JavaScript does not have. So a graph with
// large outputs gets such an output before all others: by then the numbers are in our memory. See
// docs/decisions/0014-outputs-are-not-copied.md.

type Run = SynchronousSession['run'];

/** The output's name. */
const STOP = 'stop';

/** What onnxruntime-node says of an output of type 16, bfloat16. */
const MESSAGE = 'Tensor type (16) is not supported.';

/** From so many bytes of outputs on, copies take longer than throwing an error, some 15 microseconds. */
export const WORTH_STOPPING: number = 2 ** 20;

const stop = encodeModel({
  nodes: [
    {
      name: STOP,
      type: 'Cast',
      domain: '',
      inputs: ['stop-number'],
      outputs: [STOP],
      attributes: { to: typeCode('bfloat16') },
    },
  ],
  inputs: [],
  outputs: [{ name: STOP, type: 'bfloat16', dims: [] }],
  initializers: [{ name: 'stop-number', type: 'float32', dims: [], values: 0 }],
  operatorSets: [],
});

/** The model with that output. Two serialised messages one after the other are read as one with the contents of both. */
export function stoppingAfterRun(model: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(stop.length + model.length);
  both.set(stop);
  both.set(model, stop.length);
  return both;
}

/**
 * Runs such a model: its outputs are in the memory that was given for them. Where anything else is said than what stops
 * it, the run without that output decides: it fails with the reason, or outputs are copied from then on.
 * @param run a run of the model's session
 */
export function untilStop(run: Run): Run {
  let stops = true;
  return (feeds, fetches) => {
    if (stops) {
      try {
        return run(feeds, { ...fetches, [STOP]: null });
      } catch (error) {
        if (error instanceof Error && error.message === MESSAGE) return {};
      }
    }
    const results = run(feeds, fetches);
    stops = false;
    return results;
  };
}

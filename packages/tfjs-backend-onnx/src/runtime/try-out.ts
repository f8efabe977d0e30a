import { encodeModel } from '../onnx/model.ts';
import { defaultOptions } from '../options.ts';
import type { NamedTensors, Runtime, Session } from './runtime.ts';
import { type Steps, waitFor } from './steps.ts';

/**
 * Runs the smallest graph: whether a machine has a provider is known only then.
 *
 * @param advice what the provider needs
 * @throws where it does not run
 */
export function* tryOut(runtime: Runtime, advice: string): Steps<void> {
  const port = { type: 'float32', dims: [1] } as const;
  const bytes = encodeModel({
    nodes: [{ name: 'try', type: 'Neg', domain: '', inputs: ['x'], outputs: ['y'], attributes: {} }],
    inputs: [{ name: 'x', ...port }],
    outputs: [{ name: 'y', ...port }],
    initializers: [],
  });
  try {
    const options = defaultOptions(runtime.provider, 1);
    const session = yield* waitFor<Session>(runtime.build({ bytes, onDevice: [], onCpu: [] }, options));
    yield* waitFor<NamedTensors>(
      session.run({ x: runtime.tensor('float32', Float32Array.of(1), [1]) }, { y: null }),
    );
    session.dispose();
  } catch (cause) {
    throw new Error(
      `onnx backend: expected a machine that runs ${runtime.description}, got: ${firstLine(cause)}. ${advice}`,
      { cause },
    );
  }
}

export function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]!.replace(/\.$/, '');
}

import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { record, startOver } from '../graph/recorder.ts';
import { type Schedule, schedule } from '../graph/schedule.ts';
import type { LazyValue, Memory } from '../graph/value.ts';
import type { RecordingGuard } from './recording-guard.ts';

/** The function to export: tensors by name to one tensor, or to tensors by name. */
export type ExportableFunction<Inputs = Readonly<Record<string, Tensor>>> = (
  inputs: Inputs,
) => Tensor | Readonly<Record<string, Tensor>>;

/** A forward pass, recorded and not run. */
export interface Recording {
  readonly schedule: Schedule;
  /** The inputs' names by their memory. */
  readonly inputs: ReadonlyMap<Memory, string>;
  readonly outputs: ReadonlyMap<string, LazyValue>;
}

/** Records `fn` on these inputs, under a guard. The backend must be tfjs' current one, and owe no tensor its numbers. */
export function recordForward(
  backend: OnnxBackend,
  guard: RecordingGuard,
  fn: ExportableFunction,
  inputs: Readonly<Record<string, Tensor>>,
): Recording {
  // An operation found again would stand at another place.
  startOver();
  const names = new Map(
    Object.entries(inputs).map(([name, tensor]) => [backend.value(tensor).storage!, name]),
  );
  for (const [memory, name] of names) guard.inputs.set(memory, name);
  const outputs = new Map<string, LazyValue>();
  tidy(() => {
    for (const [name, tensor] of Object.entries(namedOutputs(fn(inputs)))) {
      const value = backend.value(tensor);
      outputs.set(name, value.storage ? record('Identity', [value], value) : value);
    }
  });
  return { schedule: schedule([...new Set(outputs.values())]), inputs: names, outputs };
}

function namedOutputs(returned: ReturnType<ExportableFunction>): Readonly<Record<string, Tensor>> {
  const named = isTensor(returned) ? { output: returned } : returned;
  const bad = Object.entries(named ?? {}).find(([, tensor]) => !isTensor(tensor));
  if (bad || Object.keys(named ?? {}).length === 0) {
    throw new Error(
      `exportOnnx: expected the function to return a tensor or an object of tensors by name, got ${bad ? `${bad[0]}: ${typeof bad[1]}` : String(returned)}. ` +
        'It cannot be async: nothing is computed while it is recorded.',
    );
  }
  return named;
}

function isTensor(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && 'dataId' in value;
}

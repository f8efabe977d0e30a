import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { record, startOver } from '../graph/recorder.ts';
import { type Schedule, schedule } from '../graph/schedule.ts';
import type { HostMemory, LazyValue } from '../graph/value.ts';
import { RecordingGuard } from './recording-guard.ts';

/** The function to export: tensors by name to one tensor, or to tensors by name. */
export type ExportableFunction = (inputs: Readonly<Record<string, Tensor>>) => Tensor | Readonly<Record<string, Tensor>>;

/** A forward pass, recorded and not run. */
export interface Recording {
  readonly schedule: Schedule;
  /** The inputs' names by their memory. */
  readonly inputs: ReadonlyMap<HostMemory, string>;
  readonly outputs: ReadonlyMap<string, LazyValue>;
}

/** Records `fn` on these inputs. The backend must be tfjs' current one. */
export function recordForward(
  backend: OnnxBackend,
  fn: ExportableFunction,
  inputs: Readonly<Record<string, Tensor>>,
): Recording {
  // What is pending belongs to others. Then the recorder forgets: an operation found again would stand at another place.
  backend.flush();
  startOver();
  const names = new Map(Object.entries(inputs).map(([name, tensor]) => [backend.memoryOf(tensor), name]));
  backend.beginExport(new RecordingGuard(names));
  try {
    return tidy(() => {
      const returned = namedOutputs(fn(inputs));
      const outputs = new Map<string, LazyValue>();
      for (const [name, tensor] of Object.entries(returned)) {
        const value = backend.value(tensor);
        const taken = value.storage !== null || [...outputs.values()].includes(value);
        outputs.set(name, taken ? record('Identity', [value], value, { output: name }) : value);
      }
      return { schedule: schedule([...outputs.values()]), inputs: names, outputs };
    });
  } finally {
    backend.endExport();
  }
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

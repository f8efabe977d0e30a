import type { Attributes } from '../onnx/model.ts';
import { type OutputType, recordAll } from './recorder.ts';
import type { HostWork, LazyValue } from './value.ts';

export interface HostOperation extends HostWork {
  /** Its name. Equal names, attributes and inputs mean equal outputs: it is then recorded once. */
  readonly type: string;
  readonly inputs: readonly LazyValue[];
  readonly outputs: readonly OutputType[];
  readonly attributes: Attributes;
}

/**
 * Records an operation that runs in this process, between two graphs: random numbers, an update in place, a
 * scatter that would copy its base. Reading only what is there already, it runs before the graph; reading what
 * the graph computes, after it, and a second graph computes what depends on it (stages.ts).
 *
 * An output that takes over an input's memory finds the input's numbers there: the memory itself where nobody
 * else reads it, a copy otherwise. All other outputs come with whatever numbers their memory held before.
 */
export function hostOperation({
  type,
  inputs,
  outputs,
  attributes,
  ...host
}: HostOperation): readonly LazyValue[] {
  return recordAll(type, inputs, outputs, attributes, HOST, host);
}

/** Tells a host operation from an ONNX operator of the same name. */
const HOST = 'tenon.host';

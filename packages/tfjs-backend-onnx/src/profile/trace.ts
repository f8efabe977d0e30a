/** What one node of a graph took, over all runs. */
export interface NodeTime {
  /** ONNX Runtime's name of the node: that of the recorded operation, with what it was fused with. */
  readonly name: string;
  /** The ONNX operator that ran; after fusion not always one that was recorded. */
  readonly operator: string;
  /** The tfjs kernel that recorded it, or null where the name does not say. */
  readonly kernel: string | null;
  /** The execution provider that ran it, such as CPUExecutionProvider. */
  readonly provider: string;
  readonly calls: number;
  readonly ms: number;
}

/** An event of ONNX Runtime's trace, in Chrome's trace format; times in microseconds. */
interface TraceEvent {
  readonly cat?: string;
  readonly name?: string;
  readonly dur?: number;
  readonly args?: { readonly op_name?: string; readonly provider?: string };
}

const SUFFIX = '_kernel_time';

/** Adds up a trace by node. */
export function nodeTimes(trace: string): NodeTime[] {
  // ONNX Runtime's own file.
  const events = JSON.parse(trace) as TraceEvent[];
  const nodes = new Map<string, NodeTime>();
  for (const { cat, name, dur = 0, args } of events) {
    if (cat !== 'Node' || !name?.endsWith(SUFFIX)) continue;
    const node = name.slice(0, -SUFFIX.length);
    const before = nodes.get(node);
    nodes.set(node, {
      name: node,
      operator: args?.op_name ?? 'unknown',
      // Operations are named kernel#position (graph/build-model.ts); fusions add to the name of one of theirs.
      kernel: /([A-Za-z_]\w*)#\d+/.exec(node)?.[1] ?? null,
      provider: args?.provider ?? 'unknown',
      calls: (before?.calls ?? 0) + 1,
      ms: (before?.ms ?? 0) + dur / 1000,
    });
  }
  return [...nodes.values()];
}

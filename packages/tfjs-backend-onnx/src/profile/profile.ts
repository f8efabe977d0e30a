import { engine } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.ts';
import { report } from '../report.ts';
import { type NodeTime, nodeTimes } from './trace.ts';

/** A line of a profile's table. */
export interface ProfileEntry {
  readonly name: string;
  readonly calls: number;
  readonly ms: number;
}

/** Where the time of a function went, in milliseconds. */
export interface Profile<T = unknown> {
  /** What the function returned. */
  readonly result: T;
  /** From the call to the moment when all that it recorded was computed. */
  readonly totalMs: number;
  /** In ONNX Runtime, computing. */
  readonly runMs: number;
  /** Building sessions: for these measurements each graph is built anew. */
  readonly buildMs: number;
  /** In recorded operations that run in this process. */
  readonly hostMs: number;
  /** In kernels of the cpu backend. */
  readonly fallbackMs: number;
  /** The rest: recording, and the function's own JavaScript. */
  readonly javascriptMs: number;
  /** Graphs run. */
  readonly runs: number;
  /** Graphs built; the other runs found theirs. */
  readonly sessionBuilds: number;
  /** Time in ONNX Runtime by ONNX operator, the longest first. Empty on builds that write no trace (WebAssembly). */
  readonly operators: readonly ProfileEntry[];
  /** The same by the tfjs kernel that recorded the operator; a fused one counts for the kernel that it is named after. */
  readonly kernels: readonly ProfileEntry[];
  /** The same by node of a graph. */
  readonly nodes: readonly NodeTime[];
  /** Time in ONNX Runtime that no tfjs kernel is known for: between operators, and in those that keep the order. */
  readonly unattributedMs: number;
  /** Kernels of the cpu backend. */
  readonly fallbacks: readonly ProfileEntry[];
  /** All this as text, with the `top` longest of each list. @default 10 */
  table(top?: number): string;
  toString(): string;
}

export interface ProfileOptions {
  /** Keep ONNX Runtime's traces in this folder, for chrome://tracing or Perfetto. @default none are kept */
  readonly traces?: string;
}

/**
 * Measures a function: time by ONNX operator, and by the tfjs kernel that recorded it.
 *
 * Graphs that run meanwhile are compiled anew with ONNX Runtime's profiler on, which makes small operators somewhat
 * slower. Call the function's work more than once inside where the first time is not what you want to know.
 *
 * @throws where tfjs' current backend is another one, or another profile is being taken
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { profile } from '@tenon/tfjs-backend-onnx';
 *
 * await tf.setBackend('onnx');
 * const x = tf.ones([256, 256]);
 * const measured = await profile(() => tf.tidy(() => tf.softmax(tf.matMul(x, x)).dataSync()));
 * console.log(measured.kernels[0]); // { name: 'BatchMatMul', calls: 1, ms: ... }
 * console.log(measured.table());
 * ```
 */
export async function profile<T>(
  fn: () => T | Promise<T>,
  options: ProfileOptions = {},
): Promise<Profile<T>> {
  if (engine().backendName !== 'onnx') {
    throw new Error(
      `profile: expected the backend onnx to be tfjs' current one, got ${engine().backendName}. Do \`await tf.setBackend('onnx')\` first.`,
    );
  }
  const backend = engine().backend as OnnxBackend; // of that name
  const fs = globalThis.process?.getBuiltinModule?.('node:fs');
  const path = globalThis.process?.getBuiltinModule?.('node:path');
  const os = globalThis.process?.getBuiltinModule?.('node:os');
  await backend.allComputed();
  const folder =
    fs && path && os ? fs.mkdtempSync(path.join(os.tmpdir(), `tenon-profile-${process.pid}-`)) : null;
  try {
    const before = { ...backend.statistics, fallbacks: fallbackTimes() };
    let result: T;
    let totalMs: number;
    backend.executor.graphs.startProfiling(folder);
    try {
      const start = performance.now();
      result = await fn();
      await backend.allComputed();
      totalMs = performance.now() - start;
    } finally {
      backend.executor.graphs.stopProfiling();
    }
    const traces = folder ? fs!.readdirSync(folder) : [];
    const nodes = traces.flatMap((file) => nodeTimes(fs!.readFileSync(path!.join(folder!, file), 'utf8')));
    if (options.traces !== undefined && folder) fs!.cpSync(folder, options.traces, { recursive: true });
    const { runMs, buildMs, hostMs, runs, sessionBuilds } = backend.statistics;
    const fallbacks = [...fallbackTimes()].map(([name, { calls, ms }]): ProfileEntry => {
      const known = before.fallbacks.get(name);
      return { name, calls: calls - (known?.calls ?? 0), ms: ms - (known?.ms ?? 0) };
    });
    return new Measured(result, nodes, {
      totalMs,
      runMs: runMs - before.runMs,
      buildMs: buildMs - before.buildMs,
      hostMs: hostMs - before.hostMs,
      runs: runs - before.runs,
      sessionBuilds: sessionBuilds - before.sessionBuilds,
      fallbacks: longestFirst(fallbacks.filter(({ calls }) => calls > 0)),
    });
  } finally {
    if (folder) fs!.rmSync(folder, { recursive: true, force: true });
  }
}

type Figures = Pick<
  Profile,
  'totalMs' | 'runMs' | 'buildMs' | 'hostMs' | 'runs' | 'sessionBuilds' | 'fallbacks'
>;

class Measured<T> implements Profile<T> {
  readonly result: T;
  readonly totalMs: number;
  readonly runMs: number;
  readonly buildMs: number;
  readonly hostMs: number;
  readonly fallbackMs: number;
  readonly javascriptMs: number;
  readonly runs: number;
  readonly sessionBuilds: number;
  readonly operators: readonly ProfileEntry[];
  readonly kernels: readonly ProfileEntry[];
  readonly nodes: readonly NodeTime[];
  readonly unattributedMs: number;
  readonly fallbacks: readonly ProfileEntry[];

  constructor(result: T, nodes: readonly NodeTime[], figures: Figures) {
    this.result = result;
    this.totalMs = figures.totalMs;
    this.runMs = figures.runMs;
    this.buildMs = figures.buildMs;
    this.hostMs = figures.hostMs;
    this.runs = figures.runs;
    this.sessionBuilds = figures.sessionBuilds;
    this.fallbacks = figures.fallbacks;
    this.fallbackMs = sum(figures.fallbacks);
    this.javascriptMs = Math.max(0, this.totalMs - this.runMs - this.buildMs - this.hostMs - this.fallbackMs);
    this.nodes = longestFirst(nodes);
    this.operators = grouped(nodes, ({ operator }) => operator);
    this.kernels = grouped(nodes, ({ kernel }) => kernel);
    this.unattributedMs = Math.max(0, this.runMs - sum(this.kernels));
  }

  table(top = 10): string {
    const parts = [
      ['ONNX Runtime', this.runMs],
      ['building graphs', this.buildMs],
      ['host operations', this.hostMs],
      ['fallbacks', this.fallbackMs],
      ['recording and other JavaScript', this.javascriptMs],
    ] as const;
    return [
      `${formatted(this.totalMs)} ms: ${parts.map(([name, ms]) => `${name} ${formatted(ms)}`).join(', ')}`,
      `${this.runs} runs, ${this.sessionBuilds} graphs built for them`,
      ...list('ONNX operator', this.operators, top, this.runMs),
      ...list('tfjs kernel', this.kernels, top, this.runMs),
      `of no known kernel: ${formatted(this.unattributedMs)} ms`,
      ...list('fallback', this.fallbacks, top, this.fallbackMs),
    ].join('\n');
  }

  toString(): string {
    return this.table();
  }
}

function fallbackTimes(): Map<string, { readonly calls: number; readonly ms: number }> {
  return new Map(
    report().map(({ kernel, fallback, fallbackMs }) => [kernel, { calls: fallback, ms: fallbackMs }]),
  );
}

function grouped(nodes: readonly NodeTime[], groupOf: (node: NodeTime) => string | null): ProfileEntry[] {
  const groups = new Map<string, ProfileEntry>();
  for (const node of nodes) {
    const name = groupOf(node);
    if (name === null) continue;
    const { calls, ms } = groups.get(name) ?? { calls: 0, ms: 0 };
    groups.set(name, { name, calls: calls + node.calls, ms: ms + node.ms });
  }
  return longestFirst([...groups.values()]);
}

function longestFirst<E extends { readonly ms: number }>(entries: readonly E[]): E[] {
  return entries.toSorted((a, b) => b.ms - a.ms);
}

function sum(entries: readonly ProfileEntry[]): number {
  return entries.reduce((total, { ms }) => total + ms, 0);
}

function list(title: string, entries: readonly ProfileEntry[], top: number, whole: number): string[] {
  if (entries.length === 0) return [];
  const shown = entries.slice(0, top);
  const rest = entries.slice(top);
  const lines =
    rest.length > 0
      ? [
          ...shown,
          {
            name: `${rest.length} others`,
            calls: rest.reduce((total, { calls }) => total + calls, 0),
            ms: sum(rest),
          },
        ]
      : shown;
  const width = Math.max(title.length, ...lines.map(({ name }) => name.length));
  return [
    '',
    `${title.padEnd(width)}  ${'calls'.padStart(7)}  ${'ms'.padStart(9)}  ${'%'.padStart(5)}`,
    ...lines.map(({ name, calls, ms }) => {
      const share = whole > 0 ? (100 * ms) / whole : 0;
      return `${name.padEnd(width)}  ${String(calls).padStart(7)}  ${formatted(ms).padStart(9)}  ${share.toFixed(1).padStart(5)}`;
    }),
  ];
}

function formatted(ms: number): string {
  return ms.toFixed(2);
}

import type { OnnxBackendOptions, Provider } from '../options.ts';
import { providerOptions } from './provider-options.ts';
import type { Model } from './runtime.ts';

/**
 * How ONNX Runtime runs our graphs; docs: https://onnxruntime.ai/docs/performance/tune-performance/.
 * `TENON_ONNX_PROFILE=PREFIX` makes it write its own trace of every session to PREFIX_*.json.
 */
export function sessionOptions(options: OnnxBackendOptions, provider: Provider, model: Model): object {
  const prefix = model.tracePrefix ?? process.env['TENON_ONNX_PROFILE'];
  return {
    ...providerOptions(provider, 'cpu', model),
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    // The arena keeps what it has: where it does not, a step of GPT-2 Small takes a twelfth longer.
    enableCpuMemArena: model.keepsMemory !== false,
    // Saves nothing here and costs memory: outputs are ours, shapes are known.
    enableMemPattern: false,
    // Errors reach the caller as exceptions; printed as well they would look like a second one.
    logSeverityLevel: 4,
    extra: {
      // Threads that wait for the next operator look out for it for a moment, being slow to wake, and then sleep: those
      // that spin for long take the cores from whoever else needs them.
      session: { intra_op: { allow_spinning: '1', spin_duration_us: '100' } },
      // It would put back the transpositions that graph/mat-mul.ts takes out of the products.
      optimization: { disable_specified_optimizers: 'MatmulTransposeFusion' },
    },
    ...(prefix && { enableProfiling: true, profileFilePrefix: prefix }),
  };
}

import type * as OnnxRuntimeWeb from 'onnxruntime-web';
import type { Provider } from '../options.ts';
import { providerOptions } from './provider-options.ts';
import type { AsynchronousRuntime, AsynchronousSession } from './runtime.ts';

/** What is used of onnxruntime-web, or of another package with its interface. */
export type Ort = Pick<typeof OnnxRuntimeWeb, 'env' | 'InferenceSession' | 'Tensor'>;

type Feeds = OnnxRuntimeWeb.InferenceSession.FeedsType;
type Fetches = OnnxRuntimeWeb.InferenceSession.FetchesType;

/** ONNX Runtime in a browser. */
export function webRuntime(ort: Ort, provider: Extract<Provider, 'cpu' | 'webgpu'>): AsynchronousRuntime {
  const name = provider === 'cpu' ? 'wasm' : provider;
  return {
    synchronous: false,
    description: `ONNX Runtime ${ort.env.versions.web ?? ort.env.versions.common} for browsers, ${name}`,
    provider,
    outputs: provider === 'webgpu' ? 'device' : 'new',
    tensor: (type, numbers, shape) => new ort.Tensor(type, numbers, shape),
    view: (tensor, dims) =>
      // A tensor of this library that is on a device has its buffer.
      ort.Tensor.fromGpuBuffer((tensor as OnnxRuntimeWeb.Tensor).gpuBuffer, {
        dataType: tensor.type as 'float32' | 'int32' | 'bool',
        dims,
      }),
    async build(model): Promise<AsynchronousSession> {
      const session = await ort.InferenceSession.create(model.bytes, {
        ...providerOptions(provider, 'wasm', model),
        graphOptimizationLevel: 'all',
        enableMemPattern: false,
        // Errors reach the caller as exceptions.
        logSeverityLevel: 4,
        extra: { optimization: { disable_specified_optimizers: 'MatmulTransposeFusion' } },
      });
      let latest: Promise<unknown> = Promise.resolve();
      return {
        run(feeds, fetches) {
          // All tensors that enter are those that `tensor` and earlier runs made.
          const run = session.run(feeds as Feeds, fetches as Fetches, { logSeverityLevel: 4 });
          latest = run.catch(() => {});
          return run;
        },
        dispose: () => void latest.then(() => session.release()),
      };
    },
  };
}

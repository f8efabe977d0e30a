import { createRequire } from 'node:module';
import type { Tensor, TensorConstructor, TensorFactory } from 'onnxruntime-node';
import type { Provider } from '../options.ts';
import type { Fetches, NamedTensors, SynchronousRuntime, SynchronousSession } from './runtime.ts';
import { sessionOptions } from './session-options.ts';
import { finish } from './steps.ts';
import { stoppingAfterRun, untilStop, WORTH_STOPPING } from './stop.ts';
import { firstLine, tryOut } from './try-out.ts';

/** The part of onnxruntime-node's native binding that this engine uses: unlike `InferenceSession`, it runs synchronously. */
interface NativeSession {
  loadModel(buffer: ArrayBufferLike, byteOffset: number, byteLength: number, options: object): void;
  run(
    feeds: Record<string, Tensor>,
    fetches: Record<string, Tensor | null>,
    options: object,
  ): Record<string, Tensor>;
  dispose(): void;
}

interface BindingModule {
  readonly initOrt: () => void;
  readonly binding: { readonly InferenceSession: new () => NativeSession };
}

/** The version whose binding this engine was tested with; the binding is not a public interface. */
const TESTED_VERSION = '1.30.0';

/** There is no native library here, or not the one tested. */
export class MissingLibrary extends Error {}

interface NativeLibrary {
  readonly createSession: () => NativeSession;
  readonly Tensor: TensorConstructor & TensorFactory;
}

/**
 * ONNX Runtime's native library, computing on that provider.
 * @throws {MissingLibrary} where it is not installed, has no binary for this platform, or is not the version tested
 * @throws where the machine does not have the provider
 */
export function nativeRuntime(
  provider: Provider,
  load: (path: string) => unknown = createRequire(import.meta.url),
): SynchronousRuntime {
  return runtimeOn(provider, loadLibrary(load));
}

function runtimeOn(provider: Provider, { createSession, Tensor }: NativeLibrary): SynchronousRuntime {
  const runtime: SynchronousRuntime = {
    synchronous: true,
    description: `ONNX Runtime ${TESTED_VERSION}, native${provider === 'cpu' ? '' : `, ${provider}`}`,
    provider,
    // The binding leaves outputs on a device for WebGPU alone; CUDA's come to this process's memory.
    outputs: provider === 'webgpu' ? 'device' : 'filled',
    tensor: (type, numbers, shape) => new Tensor(type, numbers, shape),
    view: (tensor, dims) =>
      // A tensor of this library that is on a device has its buffer.
      Tensor.fromGpuBuffer((tensor as Tensor).gpuBuffer, { dataType: tensor.type as 'float32', dims }),
    build(model, options): SynchronousSession {
      const session = createSession();
      const settings = sessionOptions(options, provider, model);
      const { outputBytes = 0 } = model;
      // The output costs a copy of the model.
      const stops = provider === 'cpu' && outputBytes >= WORTH_STOPPING + model.bytes.length;
      const bytes = stops ? stoppingAfterRun(model.bytes) : model.bytes;
      session.loadModel(bytes.buffer, bytes.byteOffset, bytes.byteLength, settings);
      // All tensors that enter are those that `tensor` and earlier runs made.
      const run = (feeds: NamedTensors, fetches: Fetches): NamedTensors =>
        session.run(feeds as Record<string, Tensor>, fetches as Record<string, Tensor | null>, {});
      return {
        run: stops ? untilStop(run) : run,
        dispose: () => session.dispose(),
      };
    },
    on: (other) => runtimeOn(other, { createSession, Tensor }),
  };
  if (provider !== 'cpu') finish(tryOut(runtime, NEEDS[provider]));
  return runtime;
}

const NEEDS: Record<Exclude<Provider, 'cpu'>, string> = {
  webgpu:
    "WebGPU needs a graphics driver with Vulkan (Linux: libvulkan1 and the card's driver), Direct3D 12 or Metal. " +
    "Install it, or choose provider 'cpu'.",
  cuda:
    'CUDA needs Linux on x64, an NVIDIA card, CUDA 12 with cuDNN 9, and the provider that onnxruntime-node downloads ' +
    'when it is installed with `npm install onnxruntime-node --onnxruntime-node-install=cuda12`. ' +
    "Install them, or choose provider 'cpu'.",
};

function loadLibrary(load: (path: string) => unknown): NativeLibrary {
  let version: string;
  let native: BindingModule;
  let Tensor: NativeLibrary['Tensor'];
  try {
    ({ version } = load('onnxruntime-node/package.json') as { version: string });
    native = load('onnxruntime-node/dist/binding.js') as BindingModule;
    ({ Tensor } = load('onnxruntime-node') as Pick<NativeLibrary, 'Tensor'>);
    native.initOrt();
  } catch (cause) {
    throw new MissingLibrary(
      `onnx backend: expected onnxruntime-node ${TESTED_VERSION} with a native library for ${process.platform}-${process.arch}, ` +
        `got: ${firstLine(cause)}. ` +
        `Run \`npm install onnxruntime-node@${TESTED_VERSION}\`; where its install script cannot reach the network, ` +
        'add `onnxruntime-node-install=skip` to .npmrc (the library is inside the package). ' +
        'It exists for Linux (glibc), Windows and macOS on arm64.',
      { cause },
    );
  }
  if (version !== TESTED_VERSION) {
    throw new MissingLibrary(
      `onnx backend: expected onnxruntime-node ${TESTED_VERSION}, got ${version}. ` +
        `Run \`npm install onnxruntime-node@${TESTED_VERSION}\`.`,
    );
  }
  return { Tensor, createSession: () => new native.binding.InferenceSession() };
}

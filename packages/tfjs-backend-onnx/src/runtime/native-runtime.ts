import { createRequire } from 'node:module';
import type { Tensor, TensorConstructor } from 'onnxruntime-node';
import type { SynchronousRuntime, SynchronousSession } from './runtime.ts';
import { sessionOptions } from './session-options.ts';

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

/**
 * Loads ONNX Runtime's native library.
 * @throws where it is not installed, has no binary for this platform, or is another version than the one tested
 */
export function loadNativeRuntime(
  load: (path: string) => unknown = createRequire(import.meta.url),
): SynchronousRuntime {
  let version: string;
  let native: BindingModule;
  let Tensor: TensorConstructor;
  try {
    ({ version } = load('onnxruntime-node/package.json') as { version: string });
    native = load('onnxruntime-node/dist/binding.js') as BindingModule;
    ({ Tensor } = load('onnxruntime-node') as { Tensor: TensorConstructor });
    native.initOrt();
  } catch (cause) {
    throw new Error(
      `onnx backend: expected onnxruntime-node ${TESTED_VERSION} with a native library for ${process.platform}-${process.arch}, ` +
        `got: ${cause instanceof Error ? cause.message.split('\n')[0] : cause}. ` +
        `Run \`npm install onnxruntime-node@${TESTED_VERSION}\`; where its install script cannot reach the network, ` +
        'add `onnxruntime-node-install=skip` to .npmrc (the library is inside the package). ' +
        'It exists for Linux (glibc), Windows and macOS on arm64; elsewhere use another tfjs backend.',
      { cause },
    );
  }
  if (version !== TESTED_VERSION) {
    throw new Error(
      `onnx backend: expected onnxruntime-node ${TESTED_VERSION}, got ${version}. ` +
        `Run \`npm install onnxruntime-node@${TESTED_VERSION}\`.`,
    );
  }
  return {
    synchronous: true,
    description: `ONNX Runtime ${version}, native`,
    tensor: (type, numbers, shape) => new Tensor(type, numbers, shape),
    build(model, options): SynchronousSession {
      const session = new native.binding.InferenceSession();
      session.loadModel(model.buffer, model.byteOffset, model.byteLength, sessionOptions(options));
      return {
        // All tensors that enter are those that `tensor` and earlier runs made.
        run: (feeds, fetches) =>
          session.run(feeds as Record<string, Tensor>, fetches as Record<string, Tensor | null>, {}),
        dispose: () => session.dispose(),
      };
    },
  };
}

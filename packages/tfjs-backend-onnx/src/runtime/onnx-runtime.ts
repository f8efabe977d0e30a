import { createRequire } from 'node:module';
import type { Tensor, TensorConstructor } from 'onnxruntime-node';

/** The part of onnxruntime-node's native binding that this engine uses: unlike `InferenceSession`, it runs synchronously. */
export interface NativeSession {
  loadModel(buffer: ArrayBufferLike, byteOffset: number, byteLength: number, options: object): void;
  run(
    feeds: Record<string, Tensor>,
    fetches: Record<string, Tensor>,
    options: object,
  ): Record<string, Tensor>;
  endProfiling(): void;
  dispose(): void;
}

export interface OnnxRuntime {
  readonly version: string;
  readonly Tensor: TensorConstructor;
  createSession(): NativeSession;
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
export function loadOnnxRuntime(
  load: (path: string) => unknown = createRequire(import.meta.url),
): OnnxRuntime {
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
  return { version, Tensor, createSession: () => new native.binding.InferenceSession() };
}

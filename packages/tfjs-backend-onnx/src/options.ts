/** What ONNX Runtime computes on: its name for it is execution provider. */
export type Provider = (typeof PROVIDERS)[number];

const PROVIDERS = ['cpu', 'webgpu', 'cuda'] as const;

export interface OnnxBackendOptions {
  /** What computes. @default TENON_ONNX_PROVIDER from the environment, or 'cpu' */
  readonly provider: Provider;
  /** Threads that one operation may use. @default the cores this process may use, hardware threads of one core counted once */
  readonly threads: number;
  /** Compiled graphs that are kept, the least recently used one making room. @default 64 */
  readonly cachedSessions: number;
  /** Operations recorded without anything being read before they are run all the same. @default 16384 */
  readonly pendingOperations: number;
  /** Bytes of disposed tensors that recorded operations still want to read before these are run all the same. @default 2 ** 30 */
  readonly pendingBytes: number;
}

export function defaultOptions(provider: Provider, threads: number): OnnxBackendOptions {
  return { provider, threads, cachedSessions: 64, pendingOperations: 16_384, pendingBytes: 2 ** 30 };
}

/** Checks options and completes them. @throws where a number is not a positive integer, or a provider is unknown */
export function completeOptions(
  changes: Partial<OnnxBackendOptions>,
  before: OnnxBackendOptions,
): OnnxBackendOptions {
  for (const [name, value] of Object.entries(changes)) {
    if (!(name in before)) {
      throw new Error(
        `onnx backend: expected an option among ${Object.keys(before).join(', ')}, got ${name}.`,
      );
    }
    if (name === 'provider') knownProvider(value);
    else if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
      throw new Error(`onnx backend: expected ${name} to be a positive integer, got ${value}.`);
    }
  }
  return { ...before, ...changes };
}

/** @throws where there is no provider of that name */
export function knownProvider(name: unknown): Provider {
  const known = PROVIDERS.find((provider) => provider === name);
  if (known) return known;
  throw new Error(
    `onnx backend: expected the provider to be one of ${PROVIDERS.join(', ')}, got ${name}. ` +
      'Choose one by configure({ provider }) or the environment variable TENON_ONNX_PROVIDER.',
  );
}

import type { Provider } from '../options.ts';
import type { Model } from './runtime.ts';

/**
 * The session options that name a provider and say where outputs stay, alike in all of ONNX Runtime's packages.
 *
 * @param host the package's name for the cpu, which does what the provider has no kernel for
 */
export function providerOptions<Host extends string>(
  provider: Provider,
  host: Host,
  { onDevice, onCpu }: Model,
): ProviderOptions<Host> {
  if (provider === 'cpu') return { executionProviders: [host] };
  const chosen = onCpu.length > 0 ? { name: provider, forceCpuNodeNames: onCpu } : provider;
  if (onDevice.length === 0) return { executionProviders: [chosen, host] };
  const places = onDevice.map((name) => [name, 'gpu-buffer'] as const);
  return { executionProviders: [chosen, host], preferredOutputLocation: Object.fromEntries(places) };
}

interface ProviderOptions<Host> {
  readonly executionProviders: (
    | Host
    | 'webgpu'
    | 'cuda'
    | { readonly name: 'webgpu' | 'cuda'; readonly forceCpuNodeNames: readonly string[] }
  )[];
  readonly preferredOutputLocation?: Record<string, 'gpu-buffer'>;
}

import type { LazyValue } from './graph/value.ts';

/** Reading what could not be computed fails, each time, with the reason; everything else can be read. */
export function throwFailure({ operation }: LazyValue): void {
  if (operation?.failure) throw operation.failure;
}

/** Why a value cannot be read at once on an asynchronous runtime. */
export function notComputed(value: LazyValue, runtime: string): Error {
  return new Error(
    `onnx backend: expected numbers that are there, got ${describe(value)} that is still to be computed. ` +
      `${runtime} computes asynchronously: read with \`await x.data()\`, not dataSync().`,
  );
}

/** Why a kernel that falls back to the cpu backend cannot be called with a value there. */
export function notReadYet(value: LazyValue, kernel: string, runtime: string): Error {
  return new Error(
    `onnx backend: expected the inputs of ${kernel} to be read already, got ${describe(value)} that is not. ` +
      `${kernel} runs on the cpu backend, and ${runtime} computes asynchronously: ` +
      '`await x.data()` on what goes into it.',
  );
}

function describe(value: LazyValue): string {
  const by = value.operation ? ` of ${value.operation.kernel}` : '';
  return `a ${value.type} [${value.shape}] tensor${by}`;
}

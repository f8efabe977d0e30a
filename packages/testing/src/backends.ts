import { type BackendChoice, useBackend } from '@tenon/core/backend';

/**
 * The backends that tests run on: the environment variable `TENON_TEST_BACKENDS`, names with commas
 * between. @default onnx and cpu
 */
export function testBackends(): string[] {
  return (process.env['TENON_TEST_BACKENDS'] ?? 'onnx,cpu').split(',').map((name) => name.trim());
}

/**
 * Makes a backend the current one: for the hook before a group of tests.
 *
 * @throws {TenonError} when it is not installed or does not work.
 */
export async function selectBackend(name: string): Promise<void> {
  await useBackend(name as BackendChoice); // it refuses other names itself
}

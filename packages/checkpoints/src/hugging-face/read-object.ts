import { type Json, TenonError } from '@tenon/core';

/**
 * The content of a JSON file that has to be an object.
 *
 * @throws {TenonError} when it is not.
 */
export function readObject(path: string, text: string): { readonly [key: string]: Json } {
  let json: Json;
  try {
    json = JSON.parse(text) as Json;
  } catch (error) {
    throw damaged(path, (error as Error).message, error);
  }
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json;
  throw damaged(path, text.slice(0, 40));
}

function damaged(path: string, got: string, cause?: unknown): TenonError {
  return new TenonError(
    {
      subject: path,
      expected: 'a JSON object',
      got,
      advice: 'The file is damaged: fetch or save it again.',
    },
    { cause },
  );
}

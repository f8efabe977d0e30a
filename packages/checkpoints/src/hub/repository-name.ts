import { TenonError } from '@tenon/core';

/** Whether a text can be the name of a repository: `org/name`, or `name` as the oldest ones have it. */
export function isRepositoryName(text: string): boolean {
  const part = '[a-zA-Z0-9_](?:[a-zA-Z0-9_.-]*[a-zA-Z0-9_])?';
  return new RegExp(`^${part}(?:/${part})?$`).test(text) && !/--|\.\./.test(text) && text.length <= 96;
}

/** @throws {TenonError} when it cannot. */
export function assertRepositoryName(text: string): void {
  if (isRepositoryName(text)) return;
  throw new TenonError({
    subject: 'repository',
    expected: 'a name such as openai-community/gpt2',
    got: JSON.stringify(text),
    advice: 'Copy it from its page on the hub.',
  });
}

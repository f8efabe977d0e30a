import { TenonError } from '@tenon/core';

/** The network or the hub is away: what the cache has may still serve. */
export class UnreachableError extends TenonError {}

/** What is asked of the hub, for messages. */
export interface Asked {
  readonly endpoint: string;
  /** The repository: `org/name`. */
  readonly name: string;
  readonly revision: string;
  /** The file, where one is asked for. */
  readonly file?: string;
  readonly hasToken: boolean;
}

/** The error for a response of the hub that asking again does not change. */
export async function refusal(asked: Asked, response: Response): Promise<TenonError> {
  const said = response.headers.get('x-error-message') ?? (await message(response));
  const got = `HTTP ${response.status}${said === '' ? '' : ` (${said})`}`;
  const [expected, advice] = reason(asked, response);
  return new TenonError({ subject: subjectOf(asked), expected, got, advice });
}

/** The error for a hub that does not answer. */
export function unreachable(asked: Asked, got: string, cause?: unknown): UnreachableError {
  return new UnreachableError(
    {
      subject: subjectOf(asked),
      expected: `an answer of ${asked.endpoint}`,
      got,
      advice:
        'Check the network (HF_ENDPOINT names another hub) and start again: what has been fetched is kept.',
    },
    { cause },
  );
}

function subjectOf({ name, file }: Asked): string {
  return file === undefined ? name : `${name}/${file}`;
}

function reason(asked: Asked, { status, headers }: Response): [expected: string, advice: string] {
  const { endpoint, name, revision, hasToken } = asked;
  const code = headers.get('x-error-code');
  if (code === 'GatedRepo') {
    return [
      'access to a gated repository',
      `Accept its conditions on ${endpoint}/${name}, and pass the token of that account (token or HF_TOKEN).`,
    ];
  }
  if (code === 'RevisionNotFound') {
    return [`revision ${revision}`, 'Pass a branch, a tag or a commit of the repository.'];
  }
  if (code === 'EntryNotFound')
    return ['a file of the repository', `Look at ${endpoint}/${name}/tree/${revision}.`];
  if (status === 401 && code !== 'RepoNotFound' && hasToken) {
    return ['a valid token', `Make a new one on ${endpoint}/settings/tokens, or pass token: false.`];
  }
  // The hub answers 401 about what does not exist, so as not to tell what is private.
  if (status === 401 || status === 404) {
    const way = hasToken ? 'a token with access to it' : 'a token (token or HF_TOKEN)';
    return ['a repository that exists', `Check the name and the folder; if it is private, pass ${way}.`];
  }
  if (status === 403) return ['the right to read', 'Give your token the right to read this repository.'];
  if (status === 429) return ['an answer', 'Too many requests: wait some minutes, or pass a token.'];
  return ['an answer', `Look at ${endpoint}/${name}.`];
}

/** What the body says in a line, if anything. */
async function message(response: Response): Promise<string> {
  const text = await response.text().catch(() => '');
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    return typeof error === 'string' ? error.slice(0, 200) : '';
  } catch {
    return '';
  }
}

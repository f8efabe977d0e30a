// A server that behaves like the Hugging Face hub, as far as models are read from it: the API that names a revision's
// commit and files, /resolve, and for large files a redirect to a second server, as the hub has a CDN.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const COMMIT: string = 'c'.repeat(40);

/** What a test wants to happen instead of the answer. @returns whether it has answered */
export type Mischief = (request: IncomingMessage, response: ServerResponse) => boolean | undefined;

export interface HubServer {
  readonly url: string;
  /** The requests in the order in which they came: `api /api/models/...`, `hub /...`, `cdn /...`, with the range. */
  readonly log: string[];
  /** The authorization that the CDN was shown. */
  readonly cdnSaw: (string | undefined)[];
  mischief: Mischief | undefined;
  close(): Promise<void>;
}

export interface HostedFile {
  readonly content: Buffer;
  /** Is in LFS and comes from the CDN. */
  readonly large?: boolean;
}

export const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
export const gitSha1 = (content: Buffer): string =>
  createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');

/** @param token where given, the repository is gated and only this token opens it */
export async function startHub(
  name: string,
  files: ReadonlyMap<string, HostedFile>,
  token?: string,
): Promise<HubServer> {
  const log: string[] = [];
  const cdnSaw: (string | undefined)[] = [];
  const range = ({ headers }: IncomingMessage): string => (headers.range ? ` ${headers.range}` : '');

  const cdn = await listening((request, response) => {
    log.push(`cdn ${request.url}${range(request)}`);
    cdnSaw.push(request.headers.authorization);
    if (hub.mischief?.(request, response)) return;
    const { content } = files.get(decodeURIComponent(request.url!.slice(1)))!;
    send(request, response, content, sha256(content));
  });

  const refuse = (response: ServerResponse, status: number, code: string, error: string): void => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-error-code': code });
    response.end(JSON.stringify({ error }));
  };
  const tell = (response: ServerResponse, json: unknown): void => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(json));
  };
  const giveFile = (request: IncomingMessage, response: ServerResponse, path: string): void => {
    const file = files.get(decodeURIComponent(path));
    response.setHeader('x-repo-commit', COMMIT);
    if (file === undefined) refuse(response, 404, 'EntryNotFound', 'Entry not found');
    else if (!file.large) send(request, response, file.content, gitSha1(file.content));
    else {
      response.writeHead(302, {
        location: `${cdn.url}/${path}`,
        'x-linked-etag': `"${sha256(file.content)}"`,
        'x-linked-size': String(file.content.length),
      });
      response.end();
    }
  };
  const main = await listening((request, response) => {
    const { pathname } = new URL(request.url!, 'http://hub');
    log.push(`${pathname.startsWith('/api/') ? 'api' : 'hub'} ${pathname}${range(request)}`);
    if (hub.mischief?.(request, response)) return;
    const question = `^(?:/api/models)?/${name}/(revision|tree|resolve)/([^/]+)(?:/(.*))?$`;
    const [, kind, revision = '', path = ''] = new RegExp(question).exec(pathname) ?? [];
    const isOpen = token === undefined || request.headers.authorization === `Bearer ${token}`;
    if (kind === undefined) refuse(response, 401, 'RepoNotFound', 'Invalid username or password.');
    else if (!['main', 'v1', COMMIT].includes(revision)) {
      refuse(response, 404, 'RevisionNotFound', `Invalid rev id: ${revision}`);
    } else if (kind === 'revision')
      tell(response, { _id: '1', id: name, sha: COMMIT, gated: token !== undefined });
    else if (!isOpen) refuse(response, 401, 'GatedRepo', `Access to model ${name} is restricted.`);
    else if (kind === 'tree')
      tell(
        response,
        [...files].map(([file, hosted]) => entry(file, hosted)),
      );
    else giveFile(request, response, path);
  });
  const hub: HubServer = {
    url: main.url,
    log,
    cdnSaw,
    mischief: undefined,
    async close() {
      await Promise.all([main, cdn].map(({ server }) => closed(server)));
    },
  };
  return hub;
}

function entry(path: string, { content, large }: HostedFile): unknown {
  const common = { type: 'file', path, size: content.length };
  if (!large) return { ...common, oid: gitSha1(content) };
  return {
    ...common,
    oid: 'a'.repeat(40),
    lfs: { oid: sha256(content), size: content.length, pointerSize: 130 },
  };
}

/** The content or the part that was asked for. */
export function send(
  { headers }: IncomingMessage,
  response: ServerResponse,
  content: Buffer,
  etag: string,
): void {
  const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  response.setHeader('etag', `"${etag}"`);
  response.setHeader('accept-ranges', 'bytes');
  if (headers.range === undefined) response.writeHead(200, { 'content-length': content.length });
  else if (start >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` });
    response.end();
    return;
  } else {
    response.writeHead(206, {
      'content-length': content.length - start,
      'content-range': `bytes ${start}-${content.length - 1}/${content.length}`,
    });
  }
  response.end(content.subarray(start));
}

async function listening(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ server: Server; url: string }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

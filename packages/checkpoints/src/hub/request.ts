import { setTimeout as sleep } from 'node:timers/promises';
import { type Asked, refusal, unreachable } from './errors.ts';
import type { HubSettings } from './options.ts';

const FIRST_PAUSE = 300;
const LONGEST_PAUSE = 10_000;
/** A hub that says to come back later than this many milliseconds is believed, but not waited for. */
const LONGEST_RETRY_AFTER = 120_000;

/** Milliseconds before attempt number `failures` + 1. */
export async function pause(failures: number, { signal }: HubSettings): Promise<void> {
  await sleep(
    Math.min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE),
    undefined,
    signal ? { signal } : {},
  );
}

/**
 * `fetch` as one needs it with the hub: with the token (for the hub alone), and again after a while where the network
 * fails, the hub is overloaded (429, and then when it says so) or broken (5xx).
 *
 * @returns a response that is good, or 416.
 * @throws {TenonError} for every other one.
 */
export async function request(
  url: string,
  headers: Readonly<Record<string, string>>,
  settings: HubSettings,
  asked: Asked,
): Promise<Response> {
  const { endpoint, token, retries } = settings;
  const isHub = new URL(url).origin === new URL(endpoint).origin;
  const authorization: Record<string, string> =
    token !== undefined && isHub ? { authorization: `Bearer ${token}` } : {};
  for (let failures = 1; ; failures++) {
    const answer = await attempt(url, { ...headers, ...authorization }, settings);
    if (answer instanceof Response) {
      if (answer.ok || answer.status === 416) return answer;
      const wait = retryAfter(answer);
      const mayRecover = answer.status === 429 || answer.status === 408 || answer.status >= 500;
      if (!mayRecover || wait > LONGEST_RETRY_AFTER) throw await refusal(asked, answer);
      if (failures > retries) {
        throw answer.status === 429
          ? await refusal(asked, answer)
          : unreachable(asked, `HTTP ${answer.status}`);
      }
      await answer.body?.cancel();
      if (wait >= 0) await sleep(wait, undefined, settings.signal ? { signal: settings.signal } : {});
      else await pause(failures, settings);
    } else {
      if (failures > retries) throw unreachable(asked, reasonOf(answer), answer);
      await pause(failures, settings);
    }
  }
}

/** The response, or the error of the network. */
async function attempt(
  url: string,
  headers: Record<string, string>,
  { signal, timeout }: HubSettings,
): Promise<Response | Error> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(() => controller.abort(new Error(`no answer for ${timeout} ms`)), timeout);
  try {
    return await fetch(url, { headers, signal: controller.signal });
  } catch (error) {
    signal?.throwIfAborted();
    return error as Error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/** Milliseconds until the hub wants to be asked again: a number of seconds or a date; −1 where it does not say. */
function retryAfter({ headers }: Response): number {
  const text = headers.get('retry-after');
  if (text === null) return -1;
  const seconds = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(seconds) ? -1 : Math.max(0, seconds);
}

/** `fetch` says only "fetch failed"; what happened stands below. */
export function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error
    ? `${message} (${cause.message || (cause as NodeJS.ErrnoException).code})`
    : message;
}

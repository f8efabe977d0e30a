// Builds the page that trains, serves it, and opens it in headless Chromium.
import { readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, extname, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { PageReport } from './onnx-page.ts';
import type {} from './tokenizers-page.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** Chromium from the PATH, under the names that distributions give it; null where there is none. */
export function findChromium(): string | null {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const paths = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return paths.find((path) => statSync(path, { throwIfNoEntry: false })?.isFile()) ?? null;
}

/** Serves a folder with the two headers that let a page share memory between threads. */
export async function serve(folder: string): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    try {
      const content = readFileSync(join(folder, pathname === '/' ? 'index.html' : pathname));
      response.writeHead(200, {
        'Content-Type': TYPES[extname(pathname === '/' ? '.html' : pathname)] ?? 'text/html',
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
      });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
    ignoreDefaultArgs: ['--disable-gpu'],
  });
}

/** Trains in a page of its own. @throws with the page's console where it fails */
export function trainInPage(browser: Browser, url: string): Promise<PageReport> {
  return inPage(browser, url, async (page) => {
    await page.waitForFunction(() => 'training' in globalThis);
    return await page.evaluate(() => globalThis.training);
  });
}

/** What a tokenizer trained in a page of its own does. @throws with the page's console where it fails */
export function tokenizerInPage(browser: Browser, url: string): Promise<string> {
  return inPage(browser, url, async (page) => {
    await page.waitForFunction(() => 'tokenizer' in globalThis);
    return await page.evaluate(() => globalThis.tokenizer);
  });
}

async function inPage<T>(browser: Browser, url: string, use: (page: Page) => Promise<T>): Promise<T> {
  const page = await browser.newPage();
  const console: string[] = [];
  page.on('console', (message) => console.push(message.text()));
  page.on('pageerror', (error) => console.push(error.message));
  try {
    await page.goto(url);
    return await use(page);
  } catch (error) {
    throw new Error(`${(error as Error).message}\nThe page's console:\n${console.join('\n')}`, {
      cause: error,
    });
  } finally {
    await page.close();
  }
}

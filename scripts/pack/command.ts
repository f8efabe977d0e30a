import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { node, npmScript, type Output } from './tool.ts';

const TEXT = 'low lower lowest\nnew newer newest\n';

/** What goes wrong for someone who trains, encodes and inspects with the command that `@tenon/tokenizers` brings. */
export function useCommand(manager: string, project: string): string[] {
  const command = (...args: string[]): Output =>
    node([npmScript(), 'exec', '--offline', '--', 'tenon-tokenizers', ...args], { cwd: project });
  writeFileSync(join(project, 'text.txt'), TEXT.repeat(20));
  const trained = command('train', 'text.txt', '--size', '270', '--output', 'tokenizer.json');
  const encoded = command('encode', 'text.txt', '--tokenizer', 'tokenizer.json', '--format', 'tokens');
  const inspected = command('inspect', 'tokenizer.json', 'lower');
  const tokens = encoded.stdout.trimEnd().split('\n');
  const expectations: readonly [what: string, holds: boolean, Output][] = [
    [
      'train writes a tokenizer.json',
      trained.ok && readFileSync(join(project, 'tokenizer.json')).length > 0,
      trained,
    ],
    [
      'encode prints a line for each of 40',
      encoded.ok && tokens.length === 40 && tokens[0]!.startsWith('["low'),
      encoded,
    ],
    ['inspect names the model', inspected.ok && /^model +BPE$/m.test(inspected.stdout), inspected],
  ];
  return expectations.flatMap(([what, holds, { stdout, stderr }]) => {
    if (!holds) return [`${manager}: tenon-tokenizers: expected that ${what}, got\n${stdout}${stderr}`];
    console.log(`ok  ${manager}: tenon-tokenizers ${what}`);
    return [];
  });
}

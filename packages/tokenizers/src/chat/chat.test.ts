import { afterEach, expect, test, vi } from 'vitest';
import { trainByteLevelBPE } from '../byte-level/train.ts';
import { tokenizerFromJSON } from '../from-json.ts';

const CHATML =
  "{{ bos_token }}{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";
const messages = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hi <b>' },
];
const trained = await trainByteLevelBPE('Be brief. Hi', {
  vocabularySize: 262,
  specialTokens: ['<s>', '<|im_start|>', '<|im_end|>'],
});
const config = {
  chat_template: CHATML,
  bos_token: { content: '<s>' },
  eos_token: null,
  model_max_length: 512,
};
const tokenizer = tokenizerFromJSON(trained.toJSON(), { config });
const text = '<s><|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi <b><|im_end|>\n';

afterEach(() => {
  vi.doUnmock('@huggingface/jinja');
  vi.resetModules();
});

test('a chat becomes the text of its template, or its ids, special tokens found', async () => {
  expect(await tokenizer.applyChatTemplate(messages, { tokenize: false })).toBe(text);
  const ids = await tokenizer.applyChatTemplate(messages, { addGenerationPrompt: true });
  expect(tokenizer.decode(ids)).toBe(`${text}<|im_start|>assistant\n`);
  expect([...ids.slice(0, 2)]).toEqual([0, 1]);
});

test('several templates are chosen by name, that for tools where there are tools', async () => {
  const named = tokenizerFromJSON(trained.toJSON(), {
    config: JSON.stringify({
      chat_template: [
        { name: 'default', template: '{{ messages | length }}{{ note }}' },
        { name: 'tool_use', template: '{{ tools[0].name }}' },
      ],
    }),
  });
  const asText = { tokenize: false } as const;
  expect(await named.applyChatTemplate(messages, { ...asText, variables: { note: '!' } })).toBe('2!');
  expect(await named.applyChatTemplate(messages, { ...asText, tools: [{ name: 'add' }] })).toBe('add');
  expect(await named.applyChatTemplate(messages, { ...asText, chatTemplate: '{{ messages[0].role }}' })).toBe(
    'system',
  );
});

test('no template, a template that refuses, and a missing package are errors that say what to do', async () => {
  await expect(tokenizerFromJSON(trained.toJSON()).applyChatTemplate(messages)).rejects.toThrow(
    'chat template: expected one in tokenizer_config.json, got none. Pass the file as tokenizerFromJSON(json, { config })',
  );
  const refusing = "{{ raise_exception('roles must alternate') }}";
  await expect(tokenizer.applyChatTemplate(messages, { chatTemplate: refusing })).rejects.toThrow(
    /chat template: expected messages that it can write, got ".*roles must alternate/,
  );
  vi.doMock('@huggingface/jinja', () => {
    throw new Error('Cannot find module');
  });
  const { renderChat } = await import('./render.ts');
  await expect(renderChat({ templates: new Map(), tokens: {} }, messages, {})).rejects.toThrow(
    'expected the optional package @huggingface/jinja, got none. Install it: npm install @huggingface/jinja',
  );
});

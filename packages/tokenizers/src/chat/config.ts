import { JsonFields, mismatch, parseJson } from '../json/fields.ts';

/** What a `tokenizer_config.json` says about chats. */
export interface ChatConfig {
  /** Templates by name; the one of a file with a single template is `default`. */
  readonly templates: ReadonlyMap<string, string>;
  /** `bos_token`, `eos_token` and the like, which templates name. */
  readonly tokens: Readonly<Record<string, string>>;
}

const TOKENS = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'];

/** Reads a `tokenizer_config.json`, as text or already parsed; what it says about other things is left alone. */
export function readChatConfig(json: string | object): ChatConfig {
  const fields = new JsonFields(parseJson(json, 'tokenizer_config.json'), 'tokenizer_config.json');
  const tokens = TOKENS.flatMap((key): [string, string][] => {
    const value = fields.get(key) ?? null;
    if (value === null) return [];
    return [
      [key, typeof value === 'string' ? value : new JsonFields(value, fields.at(key)).string('content')],
    ];
  });
  return { templates: readTemplates(fields), tokens: Object.fromEntries(tokens) };
}

/** One template, or several as `{ name, template }`. */
function readTemplates(fields: JsonFields): Map<string, string> {
  const value = fields.get('chat_template') ?? null;
  if (value === null) return new Map();
  if (typeof value === 'string') return new Map([['default', value]]);
  if (!Array.isArray(value))
    throw mismatch(fields.at('chat_template'), 'a template or an array of them', value);
  return new Map(
    value.map((entry, i) => {
      const named = new JsonFields(entry, `${fields.at('chat_template')}[${i}]`);
      return [named.string('name'), named.string('template')];
    }),
  );
}

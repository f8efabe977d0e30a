import { show, TokenizerError } from '../errors.ts';
import type { ChatConfig } from './config.ts';

/** One turn of a chat; templates may read other fields too (`tool_calls`, `name`). */
export interface ChatMessage {
  readonly role: string;
  readonly content?: unknown;
  readonly [field: string]: unknown;
}

export interface ChatTemplateOptions {
  /**
   * Give ids; `false` gives the text.
   * @default true
   */
  readonly tokenize?: boolean;
  /**
   * End with what begins an answer of the model's.
   * @default false
   */
  readonly addGenerationPrompt?: boolean;
  /**
   * Functions that the model may call, as JSON schemas.
   * @default none
   */
  readonly tools?: readonly object[];
  /**
   * Documents for answers that draw on them.
   * @default none
   */
  readonly documents?: readonly object[];
  /**
   * A template (Jinja), or the name of one of the configuration's.
   * @default `tool_use` where there are tools and it exists, else `default`
   */
  readonly chatTemplate?: string;
  /**
   * Other variables of the template.
   * @default none
   */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** The text of a chat, by its template. */
export async function renderChat(
  config: ChatConfig,
  messages: readonly ChatMessage[],
  options: ChatTemplateOptions,
): Promise<string> {
  const { Template } = await loadJinja();
  const source = templateOf(config, options);
  const { tools, documents, addGenerationPrompt = false, variables = {} } = options;
  try {
    return new Template(source).render({
      ...config.tokens,
      messages,
      add_generation_prompt: addGenerationPrompt,
      ...(tools === undefined ? {} : { tools }),
      ...(documents === undefined ? {} : { documents }),
      ...variables,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TokenizerError(
      `chat template: expected messages that it can write, got ${show(reason)}. ` +
        'Check the roles and their order, or the template.',
      { cause: error },
    );
  }
}

function templateOf({ templates }: ChatConfig, { chatTemplate, tools }: ChatTemplateOptions): string {
  const named = templates.get(
    chatTemplate ?? (tools !== undefined && templates.has('tool_use') ? 'tool_use' : 'default'),
  );
  const source = named ?? chatTemplate;
  if (source !== undefined) return source;
  throw new TokenizerError(
    `chat template: expected one in tokenizer_config.json, got ${[...templates.keys()].join(', ') || 'none'}. ` +
      'Pass the file as tokenizerFromJSON(json, { config }), or a template as chatTemplate.',
  );
}

async function loadJinja(): Promise<typeof import('@huggingface/jinja')> {
  try {
    return await import('@huggingface/jinja');
  } catch (error) {
    throw new TokenizerError(
      'chat template: expected the optional package @huggingface/jinja, got none. Install it: npm install @huggingface/jinja',
      { cause: error },
    );
  }
}

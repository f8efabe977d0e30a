import { BaseTokenizer } from '../base-tokenizer.ts';
import type { ChatConfig } from '../chat/config.ts';
import { type ChatMessage, type ChatTemplateOptions, renderChat } from '../chat/render.ts';
import { writeAddedTokens } from '../json/added-tokens.ts';
import { SECTIONS, type TokenizerDefinition } from '../json/definition.ts';
import { readNormalizer } from '../json/normalizer.ts';
import { readPostProcessor } from '../json/post-processor.ts';
import { readPadding, readTruncation } from '../json/shape.ts';
import { writeModel } from '../models/definitions.ts';
import type { SegmentModel } from '../segment-model.ts';
import { compileModel } from './compile.ts';

const NO_CHAT: ChatConfig = { templates: new Map(), tokens: {} };

/**
 * A tokenizer made of the parts that a `tokenizer.json` names: normaliser, pre-tokeniser, model, template and decoder.
 * `tokenizerFromJSON` makes one from a file; the classes and builders of the families make one from their options.
 */
export class PipelineTokenizer extends BaseTokenizer {
  readonly #definition: TokenizerDefinition;
  readonly #model: SegmentModel;

  constructor(definition: TokenizerDefinition, cacheSize?: number) {
    const { normalizer, post_processor, truncation, padding } = definition.sections;
    const compiled = compileModel(definition, cacheSize);
    super({
      ...compiled,
      addedTokens: definition.addedTokens,
      normalizer: normalizer ? readNormalizer(normalizer, 'normalizer') : undefined,
      ...(post_processor ? { postProcessing: readPostProcessor(post_processor, 'post_processor') } : {}),
      defaults: { truncation: readTruncation(truncation), padding: readPadding(padding) },
    });
    this.#definition = definition;
    this.#model = compiled.model;
  }

  /**
   * Writes a chat as the model was trained to read it, by the template of `tokenizer_config.json`. Needs the optional
   * package `@huggingface/jinja`.
   *
   * Special tokens are found in all of the text, in the messages too: where messages come from strangers, take
   * special tokens out of them first.
   *
   * @returns the ids, int32 [T], or with `tokenize: false` the text
   * @throws TokenizerError where there is no template, no `@huggingface/jinja`, or the template refuses the messages
   */
  applyChatTemplate(
    messages: readonly ChatMessage[],
    options: ChatTemplateOptions & { readonly tokenize: false },
  ): Promise<string>;
  applyChatTemplate(
    messages: readonly ChatMessage[],
    options?: ChatTemplateOptions & { readonly tokenize?: true },
  ): Promise<Int32Array>;
  async applyChatTemplate(
    messages: readonly ChatMessage[],
    options: ChatTemplateOptions = {},
  ): Promise<string | Int32Array> {
    const text = await renderChat(this.#definition.chat ?? NO_CHAT, messages, options);
    if (options.tokenize === false) return text;
    return this.encodeIds(text, { addSpecialTokens: false, allowedSpecial: 'all' });
  }

  override toJSON(): object {
    const { sections, model } = this.#definition;
    const [truncation, padding, ...steps] = SECTIONS.map((key) => [key, sections[key] ?? null] as const);
    return {
      version: '1.0',
      ...Object.fromEntries([truncation!, padding!]),
      added_tokens: writeAddedTokens(this.addedTokens),
      ...Object.fromEntries(steps),
      model: writeModel(model, this.#model.tokens),
    };
  }
}

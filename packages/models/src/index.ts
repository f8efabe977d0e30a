export {
  Bert,
  type BertConfig,
  bert,
  bertBase,
  bertLarge,
  bertMedium,
  bertMini,
  bertSmall,
  bertTiny,
  bertVocabularies,
} from './bert.ts';
export {
  bilmWeights,
  ELMo,
  type ELMoConfig,
  elmo,
  elmoMedium,
  elmoOriginal,
  elmoSmall,
} from './elmo.ts';
export { GPT, type GPTConfig, gpt, gptBase } from './gpt.ts';
export {
  GPT2,
  type GPT2Config,
  gpt2,
  gpt2Large,
  gpt2Medium,
  gpt2Small,
  gpt2XL,
} from './gpt2.ts';
export {
  type GPT3Config,
  gpt3,
  gpt3_2_7B,
  gpt3_6_7B,
  gpt3_13B,
  gpt3_175B,
  gpt3Large,
  gpt3Medium,
  gpt3Small,
  gpt3XL,
} from './gpt3.ts';
export {
  Llama,
  type LlamaConfig,
  type LlamaRotaryScaling,
  llama,
  llama2_7B,
  llama3_8B,
  llama7B,
  llama32_1B,
} from './llama.ts';
export {
  Transformer,
  type TransformerConfig,
  transformer,
  transformerBase,
  transformerBig,
} from './transformer.ts';
export {
  TransformerXL,
  type TransformerXLConfig,
  type TransformerXLPositions,
  transformerXL,
  transformerXLBillionWords,
  transformerXLEnwik8,
  transformerXLEnwik8Large,
  transformerXLText8,
  transformerXLText8Large,
  transformerXLWikiText103Base,
  transformerXLWikiText103Large,
} from './transformer-xl.ts';

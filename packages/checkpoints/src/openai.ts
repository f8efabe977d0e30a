export { loadOpenAI, type OpenAIOptions } from './openai/load-openai.ts';

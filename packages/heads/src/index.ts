export { CausalLM, type CausalLMBatch, type ScoredTokens } from './causal-lm.ts';

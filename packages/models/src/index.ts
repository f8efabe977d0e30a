export {
  GPT2,
  type GPT2Config,
  gpt2,
  gpt2Large,
  gpt2Medium,
  gpt2Small,
  gpt2XL,
} from './gpt2.ts';

// To classify: messages between neighbours, by rules written for this example. All kinds are about the same things, and a
// message may begin as one kind and turn out to be another: one has to read it to its end.
import type { TextExample } from '@tenon/data';
import { type Dice, expand, type Grammar } from '@tenon/example-kit';

const KINDS: readonly string[] = ['request', 'offer', 'refusal', 'complaint', 'thanks'];

const GRAMMAR: Grammar = {
  request: [
    'could you {do} {when} ?',
    'would you please {do} ?',
    'I want to ask whether you can {do} {when} .',
    'thank you for the {thing} , but could you {do} too ?',
    'I can not {do} {when} , will you ?',
  ],
  offer: [
    'I could {do} {when} .',
    'I will gladly {do} , if you want me to .',
    'may I {do} for you {when} ?',
    'you need not {do} {when} , I can .',
    'if you want the {thing} , I can {do} {when} .',
  ],
  refusal: [
    'I can not {do} {when} , {excuse} .',
    'I would {do} , but {excuse} .',
    'sorry , {excuse} , so I will not {do} .',
    'thank you for asking , but I can not {do} {when} .',
    'you want me to {do} ? not {when} , {excuse} .',
  ],
  complaint: [
    'you wanted to {do} and you did not !',
    'you said that you could {do} {when} , and where is the {thing} ?',
    'nobody ever comes to {do} , and I have to wait .',
    'I did not thank you for the {thing} , as it is broken !',
    'must I {do} myself {when} , again ?',
  ],
  thanks: [
    'thank you for the {thing} .',
    'how kind of you to {do} {when} .',
    'I could not {do} myself , and you helped me .',
    'you did not have to {do} , it was so kind of you .',
    'where would I be without you ? you came to {do} when I could not .',
  ],
  do: ['{verb} the {thing}', '{verb} the {quality} {thing}'],
  verb: ['bring', 'repair', 'carry', 'clean', 'paint', 'sell', 'fetch', 'lend me'],
  thing: [
    'ladder',
    'lamp',
    'boat',
    'table',
    'bicycle',
    'clock',
    'gate',
    'basket',
    'chair',
    'stove',
    'saw',
    'kettle',
  ],
  quality: ['old', 'small', 'heavy', 'green', 'wooden'],
  when: ['today', 'tomorrow', 'on Friday', 'after lunch', 'before dark', 'this week'],
  excuse: ['my back hurts', 'I am away', 'it rains too much', 'I have no time', 'my car does not start'],
};

export function message(dice: Dice, index: number): TextExample {
  const label = KINDS[index % KINDS.length]!;
  return { text: expand(GRAMMAR, label, dice), label };
}

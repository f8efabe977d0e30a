import type { Dice } from '../dice.ts';
import { listed, numberWord, titled, withArticle } from '../language.ts';
import { people } from '../people.ts';
import { TOWNS } from '../words.ts';

const BASES = [
  ['flour', 'cups of flour'],
  ['oats', 'cups of oats'],
  ['barley', 'cups of barley'],
  ['rice', 'cups of rice'],
  ['lentils', 'cups of lentils'],
  ['breadcrumbs', 'handfuls of breadcrumbs'],
] as const;
const FRESH = [
  ['apples', 'ripe apples'],
  ['carrots', 'long carrots'],
  ['onions', 'brown onions'],
  ['pears', 'soft pears'],
  ['turnips', 'white turnips'],
  ['plums', 'dark plums'],
  ['mushrooms', 'field mushrooms'],
  ['potatoes', 'floury potatoes'],
  ['leeks', 'thin leeks'],
  ['tomatoes', 'red tomatoes'],
] as const;
const RICH = [
  ['butter', 'spoons of butter'],
  ['cream', 'spoons of cream'],
  ['honey', 'spoons of honey'],
  ['oil', 'spoons of oil'],
  ['cheese', 'slices of cheese'],
  ['eggs', 'fresh eggs'],
] as const;
const SPICES = [
  'cinnamon',
  'pepper',
  'nutmeg',
  'thyme',
  'ginger',
  'parsley',
  'cloves',
  'rosemary',
  'mint',
  'mustard',
] as const;
const DISHES = [
  'pie',
  'soup',
  'pudding',
  'stew',
  'cake',
  'porridge',
  'bake',
  'dumplings',
  'pancakes',
] as const;
const VESSELS = ['clay bowl', 'iron pot', 'copper pan', 'baking tin', 'stone dish', 'wooden bowl'] as const;

/** A recipe: what the list names, in these amounts, is what the steps use. */
export function recipe(dice: Dice): string {
  const [cook] = people(dice, 1);
  const [base, baseMeasure] = dice.pick(BASES);
  const [[fresh, freshMeasure], [second, secondMeasure]] = dice.sample(FRESH, 2) as [Entry, Entry];
  const [rich, richMeasure] = dice.pick(RICH);
  const [spice, garnish] = dice.sample(SPICES, 2) as [string, string];
  const dish = dice.pick(DISHES);
  const vessel = dice.pick(VESSELS);
  const [baseCount, freshCount, secondCount, richCount] = [2, 2, 2, 2].map((low) =>
    numberWord(dice.whole(low, 9)),
  );
  const minutes = dice.whole(2, 11) * 5;
  const servings = numberWord(dice.whole(2, 8));
  const origin = dice.pick(TOWNS);

  const ingredients = [
    `${baseCount} ${baseMeasure}`,
    `${freshCount} ${freshMeasure}`,
    `${secondCount} ${secondMeasure}`,
    `${richCount} ${richMeasure}`,
    `a pinch of ${spice}`,
    `some ${garnish}`,
  ];
  const steps = [
    dice.pick([
      `Wash and chop the ${freshCount} ${freshMeasure}.`,
      `Cut the ${freshCount} ${freshMeasure} into small pieces.`,
    ]),
    dice.pick([
      `Peel the ${secondCount} ${secondMeasure} and slice them.`,
      `Clean the ${secondCount} ${secondMeasure} and cut them in half.`,
    ]),
    dice.pick([
      `Put the ${baseCount} ${baseMeasure} into the ${vessel} and stir in the ${rich}.`,
      `Mix the ${base} with the ${richCount} ${richMeasure} in the ${vessel}.`,
    ]),
    dice.pick([
      `Add the ${fresh}, the ${second} and the ${spice}.`,
      `Add the ${spice} first, then the ${second}, then the ${fresh}.`,
      `Now the ${fresh} and the ${second} go into the ${vessel}, and after them the ${spice}.`,
    ]),
    dice.pick([`Cook it for ${minutes} minutes.`, `Leave it over a low fire for ${minutes} minutes.`]),
    dice.pick([
      `Take the ${dish} out of the ${vessel} and strew the ${garnish} over it.`,
      `Serve the ${dish} from the ${vessel} with the ${garnish} on top.`,
    ]),
  ];
  const title = titled(`${fresh} and ${second} ${dish} from ${origin}`);
  const introduction = `This ${dish} serves ${servings}. You need ${listed(ingredients)}, and ${withArticle(vessel)}.`;
  const closing = dice.pick([
    `After ${minutes} minutes over the fire it is enough for ${servings}. So ${cook!.name} makes it in ${origin}.`,
    `${cook!.name} of ${origin} says: never leave out the ${spice}, and never cook it longer than ${minutes} minutes.`,
    `In ${origin} they eat it with ${garnish} and without a word, says ${cook!.name}.`,
  ]);
  return [title, introduction, ...steps.map((step, i) => `${i + 1}. ${step}`), closing].join('\n');
}

type Entry = (typeof FRESH)[number];

/** Case number N: always the same template and data, whatever ran before it. */
import type { Engine } from '#template'
import { readLines } from '../template/lines.ts'
import { makeData } from './data.ts'
import { makeTemplate } from './grammar.ts'
import { diceOf, type Dice } from './random.ts'

/** What one case renders. */
export interface Case {
  readonly kind: Kind
  readonly engine: Engine
  readonly template: string
  readonly data: ReadonlyMap<string, Uint8Array>
}

/** Where a template comes from. */
export type Kind = 'noise' | 'words' | 'mutated' | 'grammar'

const known: readonly string[] = readLines('real', 'sealed', 'lang', 'printf', 'fn-regex').map(
  ({ template }) => template,
)
const words: readonly string[] = [
  '{{',
  '}}',
  '{{-',
  '-}}',
  ' ',
  '\n',
  '.',
  '.a',
  '$',
  '$x',
  ':=',
  '=',
  '|',
  '(',
  ')',
  ',',
  '"',
  '`',
  'if',
  'else',
  'end',
  'range',
  'with',
  'define',
  'template',
  'block',
  'break',
  'continue',
  'nil',
  '"s"',
  '`r`',
  "'c'",
  '1',
  '-2',
  '1.5',
  '0x1F',
  '1i',
  '1e309',
  '/*',
  '*/',
  '\ud800',
  'é',
  '\u0000',
  'printf',
  '"%[2]*.3d"',
  'index',
  'list',
  'dict',
  'repeat',
  'until',
  'toYaml',
  'fromJson',
  'merge',
]

/** The case of a seed. */
export function caseOf(seed: number): Case {
  const dice = diceOf(seed)
  const kind = dice.pick<Kind>(['noise', 'words', 'mutated', 'grammar', 'grammar', 'grammar'])
  const engine = dice.pick<Engine>(['eso', 'eso', 'sealed', 'transform'])
  return { kind, engine, template: templateOf(kind, dice), data: makeData(dice) }
}

function templateOf(kind: Kind, dice: Dice): string {
  switch (kind) {
    case 'noise':
      return noise(dice)
    case 'words':
      return Array.from({ length: dice.below(60) }, () => dice.pick(words)).join(
        dice.pick([' ', '', ' ']),
      )
    case 'mutated':
      return mutated(dice)
    case 'grammar':
      return makeTemplate(dice)
  }
}

/** Bytes, read as a ConfigMap's text would be; sometimes many, and opened as an action. */
function noise(dice: Dice): string {
  const length = dice.chance(0.02) ? 200_000 : dice.below(300)
  const bytes = Uint8Array.from({ length }, () => dice.below(256))
  const text = Buffer.from(bytes).toString(dice.chance(0.5) ? 'utf8' : 'latin1')
  return dice.chance(0.5) ? text : `{{${text}}}`
}

function mutated(dice: Dice): string {
  let text = dice.pick(known)
  for (let i = 0; i <= dice.below(4); i++) text = mutatedOnce(dice, text)
  return text
}

function mutatedOnce(dice: Dice, text: string): string {
  const from = dice.below(text.length + 1)
  const to = Math.min(text.length, from + dice.below(12))
  const other = dice.pick(known)
  switch (dice.below(7)) {
    case 0:
      return text.slice(0, from) + text.slice(to)
    case 1:
      return text.slice(0, from) + dice.pick(words) + text.slice(to)
    case 2:
      return text.slice(0, to) + text.slice(from)
    case 3:
      return text.slice(0, from) + other.slice(dice.below(other.length + 1))
    case 4:
      return text + other
    case 5:
      return text.slice(0, from) + String.fromCharCode(dice.below(256)) + text.slice(from)
    default:
      return text.slice(0, from) + text.slice(from, to).repeat(1 + dice.below(500)) + text.slice(to)
  }
}

/** Values that parsers stumble over. Each holds a canary that no error may show. */
import { readLines } from '../template/lines.ts'
import type { Dice } from './random.ts'

/** Stands in every value, in forms that functions may turn it into. */
export const canary = 'qz7canary'

/** What must not be in an error: the canary, also reversed, in base64 and in hexadecimal digits. */
export const canaryForms: readonly string[] = [
  canary,
  Buffer.from(canary).reverse().toString(),
  ...['', 'x', 'xx'].map((before) =>
    Buffer.from(before + canary)
      .toString('base64')
      .slice(before === '' ? 0 : 4, -4)
      .toLowerCase(),
  ),
  Buffer.from(canary).toString('hex'),
]

const c = canary
const recorded: readonly string[] = readLines('fn-crypto', 'real')
  .flatMap(({ data }) => Object.values(data ?? {}))
  .filter((text) => text.length > 200)

const bomb = (levels: number): string =>
  Array.from({ length: levels }, (_, i) => {
    const of = i === 0 ? `"${c}"` : `*a${i - 1}`
    return `a${i}: &a${i} [${Array.from({ length: 9 }, () => of).join(',')}]`
  }).join('\n')

const makers: readonly ((dice: Dice) => string)[] = [
  () => '',
  () => c,
  (dice) => String(dice.below(100)) + c,
  (dice) =>
    `{"a":"${c}","b":[1,2.5,null,{"c":"${c}"}],"n":${dice.below(1e9)},"__proto__":{"x":"${c}"}}`,
  () => `{"a":${c}}`,
  () => `a: ${c}\nb:\n  - ${c}\n  - 1e400\n  - 0x1F\n<<: *x\n`,
  () => `a: &a\n  - ${c}\n  - *a\n`,
  (dice) => bomb(3 + dice.below(8)),
  (dice) => '['.repeat(10 ** (1 + dice.below(5))) + `"${c}"`,
  (dice) => `{"${c}":`.repeat(10 ** (1 + dice.below(4))),
  (dice) => '- '.repeat(10 ** (1 + dice.below(4))) + c,
  (dice) => c.repeat(1 + dice.below(20_000)),
  (dice) => `${c},`.repeat(1 + dice.below(20_000)),
  () => `(${c}`,
  (dice) => `(${'(a+)+|'.repeat(1 + dice.below(20))}${c})*$`,
  (dice) => `${'(a{0,30}){0,30}'.repeat(1 + dice.below(3))}${c}`,
  (dice) => `[^${c}]{${dice.below(1000)}}`,
  () => `%${c}%v%!d%[9]*.[2]*[1]f`,
  () => `http://u:${c}@h:80x/%zz?${c}=%`,
  () => `1.2.3-${c}+x`,
  () => `9`.repeat(400) + c,
  () =>
    `-----BEGIN PRIVATE KEY-----\n${Buffer.from(c.repeat(20)).toString('base64')}\n-----END PRIVATE KEY-----\n`,
  (dice) => `-----BEGIN ${c}-----\n`.repeat(1 + dice.below(20_000)),
  () => `-----BEGIN CERTIFICATE-----\n${c}\n-----END CERTIFICATE-----\n`,
  () => Buffer.from(c.repeat(9)).toString('base64'),
  () => `2026-13-45T${c}`,
  () => `${c}\u0000\u001b[2J\u2028\ud83d`,
  () => `{"keys":[{"kty":"RSA","n":"${c}","e":"AQAB"}]}`,
  (dice) => dice.pick(recorded),
  (dice) => broken(dice, dice.pick(recorded)),
]

function broken(dice: Dice, text: string): string {
  const at = dice.below(text.length)
  return text.slice(0, at) + c + text.slice(at + dice.below(40))
}

/** Keys that templates of the generator use. */
export const dataKeys: readonly string[] = ['a', 'b', 'c', 'd', '__proto__', 'constructor']

/** A Secret's data: text, broken formats, bombs, bytes. */
export function makeData(dice: Dice): Map<string, Uint8Array> {
  const data = new Map<string, Uint8Array>()
  for (const key of dataKeys) {
    const text = Buffer.from(dice.pick(makers)(dice))
    if (dice.chance(0.1))
      for (let i = 0; i < 3; i++) text[dice.below(text.length)] = dice.below(256)
    data.set(key, text)
  }
  return data
}

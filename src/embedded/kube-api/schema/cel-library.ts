/** Functions that Kubernetes adds to the language of rules, for rules that are met. */
import type * as CelModule from '@marcbachmann/cel-js'
import { addAddresses } from './cel-addresses.ts'
import { quantityNanos } from '../kinds/quantity.ts'
import { scalarText } from '../object.ts'
import { labelFaults, qualifiedFaults, subdomainFaults } from '../validate/qualified.ts'
import { fitsFormat } from './formats.ts'
import { re2 } from '../re2.ts'

type Environment = CelModule.Environment

/** How a function answers with a value that may be missing. */
export interface Optionals {
  readonly some: (value: unknown) => unknown
  readonly none: () => unknown
}

/** Teaches them to an environment. */
export function addLibrary(env: Environment, optionals: Optionals): void {
  addTexts(env)
  addLists(env)
  addQuantities(env)
  addAddresses(env)
  addSemver(env)
  addFormats(env, optionals)
}

function findAll(text: string, pattern: string, most: number): string[] {
  const matcher = re2(pattern).matcher(text)
  const found: string[] = []
  const limit = most < 0 ? Number.POSITIVE_INFINITY : most
  for (; found.length < limit && matcher.find();) found.push(matcher.group() ?? '')
  return found
}

function addTexts(env: Environment): void {
  env.registerFunction('string.find(string): string', (text: string, pattern: string) => {
    return findAll(text, pattern, 1)[0] ?? ''
  })
  env.registerFunction('string.findAll(string): list', (text: string, pattern: string) =>
    findAll(text, pattern, -1),
  )
  env.registerFunction(
    'string.findAll(string, int): list',
    (text: string, pattern: string, most: bigint) => findAll(text, pattern, Number(most)),
  )
  env.registerFunction('string.charAt(int): string', (text: string, at: bigint) => {
    const letters = Array.from(text)
    if (at < 0n || at > letters.length) throw new Error(`index out of range: ${at}`)
    return letters[Number(at)] ?? ''
  })
  env.registerFunction(
    'string.replace(string, string): string',
    (text: string, from: string, to: string) => text.split(from).join(to),
  )
  env.registerFunction('string.format(list): string', (text: string, args: unknown[]) => {
    let next = 0
    return text.replace(/%(?:%|(?:\.\d+)?[sdfexXob])/g, (verb) =>
      verb === '%%' ? '%' : shown(args[next++], verb),
    )
  })
}

function shown(value: unknown, verb: string): string {
  const digits = /\.(\d+)/.exec(verb)?.[1]
  switch (verb.slice(-1)) {
    case 'f':
      return Number(value).toFixed(Number(digits ?? 6))
    case 'x':
      return typeof value === 'bigint' ? value.toString(16) : text(value)
    case 'X':
      return typeof value === 'bigint' ? value.toString(16).toUpperCase() : text(value)
    case 'o':
      return typeof value === 'bigint' ? value.toString(8) : text(value)
    case 'b':
      return typeof value === 'bigint' ? value.toString(2) : text(value)
    default:
      return text(value)
  }
}

function text(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one: unknown) => text(one)).join(', ')}]`
  return scalarText(typeof value === 'bigint' ? String(value) : value)
}

type Item = bigint | number | string | boolean

function extreme(
  list: readonly Item[],
  isBetter: (a: Item, b: Item) => boolean,
  name: string,
): Item {
  const [first, ...rest] = list
  if (first === undefined) throw new Error(`${name} called on empty list`)
  return rest.reduce((best, one) => (isBetter(one, best) ? one : best), first)
}

function addLists(env: Environment): void {
  env.registerFunction('list.isSorted(): bool', (list: Item[]) =>
    list.every((one, i) => i === 0 || (list[i - 1] as Item) <= one),
  )
  env.registerFunction('list.sum(): dyn', (list: (bigint | number)[]) =>
    list.some((one) => typeof one === 'number')
      ? list.reduce((sum: number, one) => sum + Number(one), 0)
      : list.reduce((sum: bigint, one) => sum + BigInt(one), 0n),
  )
  env.registerFunction('list.min(): dyn', (list: Item[]) => extreme(list, (a, b) => a < b, 'min'))
  env.registerFunction('list.max(): dyn', (list: Item[]) => extreme(list, (a, b) => a > b, 'max'))
  env.registerFunction('list.indexOf(dyn): int', (list: Item[], item: Item) =>
    BigInt(list.indexOf(item)),
  )
  env.registerFunction('list.lastIndexOf(dyn): int', (list: Item[], item: Item) =>
    BigInt(list.lastIndexOf(item)),
  )
  env.registerType('Sets', Sets)
  const contains = (a: Item[], b: Item[]): boolean => b.every((one) => a.includes(one))
  env.registerFunction('Sets.contains(list, list): bool', (_: Sets, a: Item[], b: Item[]) =>
    contains(a, b),
  )
  env.registerFunction(
    'Sets.equivalent(list, list): bool',
    (_: Sets, a: Item[], b: Item[]) => contains(a, b) && contains(b, a),
  )
  env.registerFunction('Sets.intersects(list, list): bool', (_: Sets, a: Item[], b: Item[]) =>
    a.some((one) => b.includes(one)),
  )
  env.registerConstant('sets', 'Sets', new Sets())
}

/** What `sets.contains` and the like are called on. */
class Sets {
  readonly name = 'sets'
}

const nano = 1_000_000_000n

class Quantity {
  readonly nanos: bigint

  constructor(nanos: bigint) {
    this.nanos = nanos
  }
}

/** An amount as Kubernetes writes it; undefined for anything else. */
function quantityOf(text: string): Quantity | undefined {
  const nanos = quantityNanos(text)
  return nanos === undefined ? undefined : new Quantity(nanos)
}

function order(a: bigint, b: bigint): bigint {
  return a < b ? -1n : a > b ? 1n : 0n
}

function addQuantities(env: Environment): void {
  const type = 'kubernetes.Quantity'
  env.registerType(type, Quantity)
  env.registerFunction('isQuantity(string): bool', (one: string) => quantityOf(one) !== undefined)
  env.registerFunction(`quantity(string): ${type}`, (one: string) => {
    const found = quantityOf(one)
    if (found !== undefined) return found
    throw new Error(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    )
  })
  env.registerFunction(`${type}.sign(): int`, ({ nanos }: Quantity) => order(nanos, 0n))
  env.registerFunction(`${type}.isInteger(): bool`, ({ nanos }: Quantity) => nanos % nano === 0n)
  env.registerFunction(`${type}.asInteger(): int`, ({ nanos }: Quantity) => {
    if (nanos % nano !== 0n) throw new Error('cannot convert value to integer')
    return nanos / nano
  })
  env.registerFunction(`${type}.asApproximateFloat(): double`, ({ nanos }: Quantity) => {
    return Number(nanos) / 1e9
  })
  env.registerFunction(
    `${type}.isGreaterThan(${type}): bool`,
    (a: Quantity, b: Quantity) => a.nanos > b.nanos,
  )
  env.registerFunction(
    `${type}.isLessThan(${type}): bool`,
    (a: Quantity, b: Quantity) => a.nanos < b.nanos,
  )
  env.registerFunction(`${type}.compareTo(${type}): int`, (a: Quantity, b: Quantity) =>
    order(a.nanos, b.nanos),
  )
  for (const [name, sign] of [
    ['add', 1n],
    ['sub', -1n],
  ] as const) {
    env.registerFunction(
      `${type}.${name}(${type}): ${type}`,
      (a: Quantity, b: Quantity) => new Quantity(a.nanos + sign * b.nanos),
    )
    env.registerFunction(
      `${type}.${name}(int): ${type}`,
      (a: Quantity, b: bigint) => new Quantity(a.nanos + sign * b * nano),
    )
  }
}

class Semver {
  readonly parts: readonly bigint[]
  readonly suffix: string

  constructor(parts: readonly bigint[], suffix: string) {
    this.parts = parts
    this.suffix = suffix
  }
}

function semverOf(text: string): Semver | undefined {
  const [, major, minor, patch, suffix = ''] =
    /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([-.0-9A-Za-z]+))?(?:\+[-.0-9A-Za-z]+)?$/.exec(
      text,
    ) ?? []
  if (major === undefined || minor === undefined || patch === undefined) return undefined
  return new Semver([major, minor, patch].map(BigInt), suffix)
}

function semverOrder(a: Semver, b: Semver): bigint {
  for (const [i, part] of a.parts.entries()) {
    const found = order(part, b.parts[i] ?? 0n)
    if (found !== 0n) return found
  }
  if (a.suffix === b.suffix) return 0n
  if (a.suffix === '' || b.suffix === '') return a.suffix === '' ? 1n : -1n
  return a.suffix < b.suffix ? -1n : 1n
}

function addSemver(env: Environment): void {
  const type = 'kubernetes.Semver'
  env.registerType(type, Semver)
  env.registerFunction('isSemver(string): bool', (one: string) => semverOf(one) !== undefined)
  env.registerFunction(`semver(string): ${type}`, (one: string) => {
    const found = semverOf(one)
    if (found === undefined) throw new Error('No Major.Minor.Patch elements found')
    return found
  })
  for (const [i, name] of ['major', 'minor', 'patch'].entries()) {
    env.registerFunction(`${type}.${name}(): int`, ({ parts }: Semver) => parts[i] ?? 0n)
  }
  env.registerFunction(`${type}.compareTo(${type}): int`, semverOrder)
  env.registerFunction(
    `${type}.isGreaterThan(${type}): bool`,
    (a: Semver, b: Semver) => semverOrder(a, b) > 0n,
  )
  env.registerFunction(
    `${type}.isLessThan(${type}): bool`,
    (a: Semver, b: Semver) => semverOrder(a, b) < 0n,
  )
}

/** What `format.dns1123Label` and the like are called on. */
class Formats {
  readonly name = 'format'
}

class Format {
  readonly faults: (text: string) => readonly string[]

  constructor(faults: (text: string) => readonly string[]) {
    this.faults = faults
  }
}

const label1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/
const label1035Help =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"

function byFormat(name: string, why: string): Format {
  return new Format((one) => (fitsFormat(one, name) ? [] : [why]))
}

const formats: Readonly<Record<string, Format>> = {
  dns1123Label: new Format(labelFaults),
  dns1123Subdomain: new Format(subdomainFaults),
  dns1035Label: new Format((one) => (label1035.test(one) ? [] : [label1035Help])),
  qualifiedName: new Format((one) => qualifiedFaults(one)),
  labelValue: new Format((one) => (one === '' ? [] : qualifiedFaults(one))),
  uri: byFormat('uri', 'invalid URI'),
  uuid: byFormat('uuid', 'does not match the UUID format'),
  byte: byFormat('byte', 'invalid base64'),
  date: byFormat('date', 'invalid date'),
  datetime: byFormat('date-time', 'invalid datetime'),
}

function addFormats(env: Environment, { some, none }: Optionals): void {
  const type = 'kubernetes.NamedFormat'
  env.registerType('Formats', Formats)
  env.registerType(type, Format)
  for (const [name, format] of Object.entries(formats)) {
    env.registerFunction(`Formats.${name}(): ${type}`, () => format)
  }
  env.registerFunction('Formats.named(string): optional', (_: Formats, name: string) =>
    Object.hasOwn(formats, name) ? some(formats[name]) : none(),
  )
  env.registerFunction(`${type}.validate(string): optional`, (format: Format, one: string) => {
    const faults = format.faults(one)
    return faults.length === 0 ? none() : some(faults)
  })
  env.registerConstant('format', 'Formats', new Formats())
}

/** Versions, as https://semver.org has them. */
import { CelError } from './cel-error.ts'
import type { Extra, Value, Run } from './values.ts'

class Semver implements Extra {
  readonly isExtra = true
  readonly typeName = 'kubernetes.Semver'
  readonly size = 1
  readonly parts: readonly bigint[]
  readonly pre: readonly string[]
  readonly build: string

  constructor(parts: readonly bigint[], pre: readonly string[], build: string) {
    this.parts = parts
    this.pre = pre
    this.build = build
  }

  equals(other: Extra): boolean {
    return other instanceof Semver && orderOf(this, other) === 0n
  }

  text(): undefined {
    return undefined
  }
}

const whole = /^\d+$/

/** Why a text is no version; the version where it is one. */
function read(text: string): Semver | string {
  if (text === '') return 'Version string empty'
  const [major, minor, ...rest] = text.split('.')
  if (major === undefined || minor === undefined || rest.length === 0) {
    return 'No Major.Minor.Patch elements found'
  }
  const last = rest.join('.')
  const [, core = '', pre, build] = /^([^-+]*)(?:-([^+]*))?(?:\+([^]*))?$/.exec(last) ?? []
  const identifiers = pre === undefined ? [] : pre.split('.')
  const fault =
    numberFault('major', major) ??
    numberFault('minor', minor) ??
    numberFault('patch', core) ??
    identifiers.map(preFault).find((one) => one !== undefined) ??
    (build ?? 'x')
      .split('.')
      .map(buildFault)
      .find((one) => one !== undefined)
  return fault ?? new Semver([major, minor, core].map(BigInt), identifiers, build ?? '')
}

function numberFault(name: string, text: string): string | undefined {
  const quoted = JSON.stringify(text)
  if (!/^\d*$/.test(text)) return `Invalid character(s) found in ${name} number ${quoted}`
  if (text.length > 1 && text.startsWith('0')) {
    const word = `${name[0]?.toUpperCase()}${name.slice(1)}`
    return `${word} number must not contain leading zeroes ${quoted}`
  }
  if (text === '') return 'strconv.ParseUint: parsing "": invalid syntax'
  if (BigInt(text) < 2n ** 64n) return undefined
  return `strconv.ParseUint: parsing ${quoted}: value out of range`
}

function preFault(text: string): string | undefined {
  const quoted = JSON.stringify(text)
  if (text === '') return 'Prerelease is empty'
  if (!/^[0-9A-Za-z-]+$/.test(text)) return `Invalid character(s) found in prerelease ${quoted}`
  if (!whole.test(text) || text.length === 1 || !text.startsWith('0')) return undefined
  return `Numeric PreRelease version must not contain leading zeroes ${quoted}`
}

function buildFault(text: string): string | undefined {
  if (text === '') return 'Build meta data is empty'
  if (/^[0-9A-Za-z-]+$/.test(text)) return undefined
  return `Invalid character(s) found in build meta data ${JSON.stringify(text)}`
}

/** Leniently: a leading v, leading zeros and missing parts are put right. */
function readLeniently(text: string): Semver | string {
  const [major = '', minor, ...rest] = text.replace(/^v/, '').split('.')
  const given = [major, minor, rest.length === 0 ? undefined : rest.join('.')]
  const parts = given.filter((part) => part !== undefined).map(withoutZeros)
  if (parts.length < 3 && /[-+]/.test(parts[parts.length - 1] ?? '')) {
    return 'short version cannot contain PreRelease/Build meta data'
  }
  while (parts.length < 3) parts.push('0')
  return read(parts.join('.'))
}

function withoutZeros(part: string): string {
  if (part.length <= 1) return part
  const short = part.replace(/^0+/, '')
  return /^\d/.test(short) ? short : `0${short}`
}

function orderOf(a: Semver, b: Semver): bigint {
  for (const [i, part] of a.parts.entries()) {
    const other = b.parts[i] ?? 0n
    if (part !== other) return part < other ? -1n : 1n
  }
  if (a.pre.length === 0 || b.pre.length === 0) {
    return BigInt(Number(a.pre.length === 0) - Number(b.pre.length === 0))
  }
  for (const [i, one] of a.pre.entries()) {
    const other = b.pre[i]
    if (other === undefined) return 1n
    const found = identifierOrder(one, other)
    if (found !== 0) return BigInt(found)
  }
  return a.pre.length < b.pre.length ? -1n : 0n
}

// Numbers come before words.
function identifierOrder(a: string, b: string): number {
  if (a === b) return 0
  const [isNumber, isOtherNumber] = [whole.test(a), whole.test(b)]
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1
  return (isNumber ? BigInt(a) < BigInt(b) : a < b) ? -1 : 1
}

const part =
  (i: number): Run =>
  ([version]) =>
    version instanceof Semver ? version.parts[i] : undefined

const compared =
  (work: (order: bigint) => Value): Run =>
  ([a, b]) =>
    a instanceof Semver && b instanceof Semver ? work(orderOf(a, b)) : undefined

function asked([text, isLenient]: readonly Value[]): Semver | string | undefined {
  if (typeof text !== 'string') return undefined
  return isLenient === true ? readLeniently(text) : read(text)
}

export const semvers: Readonly<Record<string, Run>> = {
  semver: (args) => {
    const found = asked(args)
    if (typeof found === 'string') throw new CelError(found)
    return found
  },
  isSemver: (args) => {
    const found = asked(args)
    return found === undefined ? undefined : found instanceof Semver
  },
  major: part(0),
  minor: part(1),
  patch: part(2),
  isGreaterThan: compared((found) => found > 0n),
  isLessThan: compared((found) => found < 0n),
  compareTo: compared((found) => found),
}

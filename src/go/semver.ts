/**
 * Semantic versions and ranges of them as the Go library github.com/Masterminds/semver/v3 reads them, which
 * sprig's functions and the peer's `spec.ref.semver` both use.
 */

/** A version, as the library reads it. */
export interface Version {
  readonly numbers: readonly [bigint, bigint, bigint]
  readonly pre: string
  readonly metadata: string
  readonly original: string
}

const identifiers = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*'
const versionPattern = new RegExp(
  `^v?(\\d+)(?:\\.(\\d+))?(?:\\.(\\d+))?(?:-(${identifiers}))?(?:\\+(${identifiers}))?$`,
)

/** A version, with or without a `v`, with missing numbers as 0; undefined for none. */
export function parseVersion(text: string): Version | undefined {
  const found = versionPattern.exec(text)
  if (found === null) return undefined
  const [, major = '0', minor = '0', patch = '0', pre = '', metadata = ''] = found
  const numbers = [BigInt(major), BigInt(minor), BigInt(patch)] as const
  if (numbers.some((number) => number >= 1n << 64n)) return undefined
  if (pre.split('.').some((part) => /^0\d+$/.test(part))) return undefined
  return { numbers, pre, metadata, original: text }
}

/** In full, without `v`. */
export function versionText({ numbers, pre, metadata }: Version): string {
  return numbers.join('.') + (pre === '' ? '' : `-${pre}`) + (metadata === '' ? '' : `+${metadata}`)
}

function order(a: bigint | string, b: bigint | string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function comparePre(a: string, b: string): number {
  if (a === b) return 0
  if (a === '') return 1
  if (b === '') return -1
  const [left, right] = [a.split('.'), b.split('.')]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x, y] = [left[i], right[i]]
    if (x === y) continue
    if (x === undefined) return -1
    if (y === undefined) return 1
    const [isNumberX, isNumberY] = [/^\d+$/.test(x), /^\d+$/.test(y)]
    if (isNumberX !== isNumberY) return isNumberX ? -1 : 1
    return isNumberX ? order(BigInt(x), BigInt(y)) : order(x, y)
  }
  return 0
}

/** Below, at or above 0, as `a` is older, equal or newer; metadata does not count. */
export function compareVersions(a: Version, b: Version): number {
  for (const i of [0, 1, 2] as const) {
    const way = order(a.numbers[i], b.numbers[i])
    if (way !== 0) return way
  }
  return comparePre(a.pre, b.pre)
}

/** One condition of a range. */
export interface Constraint {
  readonly op: string
  readonly version: Version
  readonly isDirty: boolean
  readonly isMinorDirty: boolean
  readonly isPatchDirty: boolean
}

const part = '[0-9xX*]+'
const constraintPattern = new RegExp(
  `\\s*(=|!=|>=|=>|<=|=<|>|<|~>|~|\\^|)\\s*v?(${part})(?:\\.(${part}))?(?:\\.(${part}))?(?:-(${identifiers}))?(?:\\+(${identifiers}))?`,
  'y',
)

const wanted = `v?${part}(?:\\.${part})?(?:\\.${part})?(?:-${identifiers})?(?:\\+${identifiers})?`
const rangePattern = new RegExp(`\\s*(${wanted})\\s+-\\s+(${wanted})\\s*`, 'g')

function isWild(text: string | undefined): boolean {
  return text === undefined || /^[xX*]$/.test(text)
}

function parseConstraint(found: RegExpExecArray): Constraint | undefined {
  const [, op = '', major, minor, patch, pre] = found
  const tail = pre === undefined ? '' : `-${pre}`
  const isMajorWild = isWild(major)
  const isMinorDirty = !isMajorWild && isWild(minor)
  const isPatchDirty = !isMajorWild && !isMinorDirty && isWild(patch)
  const text = isMajorWild
    ? `0.0.0${tail}`
    : `${major}.${isMinorDirty ? 0 : minor}.${isMinorDirty || isPatchDirty ? 0 : patch}${tail}`
  const version = parseVersion(text)
  const isDirty = isMajorWild || isMinorDirty || isPatchDirty
  return version && { op, version, isDirty, isMinorDirty, isPatchDirty }
}

/** Alternatives of constraints that must all hold. */
export type VersionRange = readonly (readonly Constraint[])[]

/** `a, b || c`; undefined when it is no range. */
export function parseRange(text: string): VersionRange | undefined {
  const groups: (readonly Constraint[])[] = []
  for (const alternative of text.replace(rangePattern, '>= $1, <= $2 ').split('||')) {
    const group = parseGroup(alternative)
    if (group === undefined) return undefined
    groups.push(group)
  }
  return groups
}

/** Constraints with a blank or a comma between each two. */
function parseGroup(text: string): readonly Constraint[] | undefined {
  const group: Constraint[] = []
  constraintPattern.lastIndex = 0
  for (;;) {
    const found = constraintPattern.exec(text)
    const constraint = found === null ? undefined : parseConstraint(found)
    if (constraint === undefined) return undefined
    group.push(constraint)
    const tail = text.slice(constraintPattern.lastIndex)
    const gap = /^(?:\s*,)?\s*/.exec(tail)?.[0] ?? ''
    if (gap === tail && !gap.includes(',')) return group
    if (gap === '') return undefined
    constraintPattern.lastIndex += gap.length
  }
}

/** Whether a version is in a range; a pre-release only where the alternative names one. */
export function inRange(version: Version, range: VersionRange): boolean {
  return range.some((group) => {
    const allowsPre = group.some((constraint) => constraint.version.pre !== '')
    return group.every((constraint) => satisfies(version, constraint, allowsPre))
  })
}

function satisfies(version: Version, constraint: Constraint, allowsPre: boolean): boolean {
  const { op, version: wanted, isDirty, isMinorDirty, isPatchDirty } = constraint
  const [major, minor] = version.numbers
  const [wantedMajor, wantedMinor] = wanted.numbers
  const way = compareVersions(version, wanted)
  if (version.pre !== '' && !allowsPre) return false
  switch (op) {
    case '!=':
      return isDirty ? differs(version, constraint) : way !== 0
    case '':
    case '=':
      return isDirty ? isNear(version, constraint) : way === 0
    case '>':
      if (!isDirty) return way > 0
      if (major !== wantedMajor) return major > wantedMajor
      if (isMinorDirty) return false
      return isPatchDirty ? minor > wantedMinor : way > 0
    case '<':
      return way < 0
    case '>=':
    case '=>':
      return way >= 0
    case '<=':
    case '=<':
      if (!isDirty) return way <= 0
      if (major > wantedMajor) return false
      return !(major === wantedMajor && minor > wantedMinor && !isMinorDirty)
    case '^':
      return way >= 0 && isCompatible(version, constraint)
    default:
      return isNear(version, constraint)
  }
}

function differs(
  version: Version,
  { version: wanted, isMinorDirty, isPatchDirty }: Constraint,
): boolean {
  const [major, minor, patch] = version.numbers
  if (major !== wanted.numbers[0]) return true
  if (minor !== wanted.numbers[1] && !isMinorDirty) return true
  if (isMinorDirty) return false
  if (patch !== wanted.numbers[2] && !isPatchDirty) return true
  return version.pre !== '' || wanted.pre !== '' ? comparePre(version.pre, wanted.pre) !== 0 : false
}

/** `~`: the same minor (or major, where no minor is given), not older. */
function isNear(
  version: Version,
  { version: wanted, isMinorDirty, isPatchDirty }: Constraint,
): boolean {
  if (compareVersions(version, wanted) < 0) return false
  if (wanted.numbers.every((number) => number === 0n) && !isMinorDirty && !isPatchDirty) return true
  if (version.numbers[0] !== wanted.numbers[0]) return false
  return version.numbers[1] === wanted.numbers[1] || isMinorDirty
}

/** `^`: the same leftmost number that is not zero. */
function isCompatible(
  version: Version,
  { version: wanted, isMinorDirty, isPatchDirty }: Constraint,
): boolean {
  const [major, minor, patch] = version.numbers
  const [wantedMajor, wantedMinor, wantedPatch] = wanted.numbers
  if (wantedMajor > 0n || isMinorDirty) return major === wantedMajor
  if (major > 0n) return false
  if (wantedMinor > 0n || isPatchDirty) return minor === wantedMinor
  return minor === 0n && patch === wantedPatch
}

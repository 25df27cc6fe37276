import {
  compareVersions,
  GoInt,
  GoObject,
  inRange,
  parseRange,
  parseVersion,
  types,
  versionText,
  type ByteString,
  type GoMethod,
  type GoValue,
  type Version,
} from '#go'

import { FunctionError } from '../template-fault.ts'
import type { Family } from './function.ts'

function semver(text: ByteString): Version {
  const version = parseVersion(text)
  if (version === undefined) throw new FunctionError('invalid semantic version')
  return version
}

const pointer = { kind: 'ptr', name: '*semver.Version' } as const
const struct = { kind: 'struct', name: 'semver.Version' } as const

function versionObject(version: Version, type: typeof pointer | typeof struct): GoObject {
  const uint = (value: bigint): GoInt => new GoInt(value, types.uint64)
  const [major, minor, patch] = version.numbers
  const get = (value: GoValue): GoMethod => ({ in: [], call: () => value })
  const against = (check: (way: number) => GoValue): GoMethod => ({
    in: [pointer],
    call: (other) => check(compareVersions(version, innerVersion(other))),
  })
  const next = (numbers: Version['numbers']): GoMethod => ({
    in: [],
    call: () => {
      const made = { numbers, pre: '', metadata: '', original: '' }
      return versionObject({ ...made, original: versionText(made) }, struct)
    },
  })
  return new GoObject(type, {
    text: () => versionText(version),
    inner: version,
    fields: new Map<string, GoValue>([
      ['major', uint(major)],
      ['minor', uint(minor)],
      ['patch', uint(patch)],
      ['pre', version.pre],
      ['metadata', version.metadata],
      ['original', version.original],
    ]),
    methods: new Map<string, GoMethod>([
      ['Major', get(uint(major))],
      ['Minor', get(uint(minor))],
      ['Patch', get(uint(patch))],
      ['Prerelease', get(version.pre)],
      ['Metadata', get(version.metadata)],
      ['Original', get(version.original)],
      ['String', get(versionText(version))],
      ['MarshalJSON', get(JSON.stringify(versionText(version)))],
      ['IncMajor', next([major + 1n, 0n, 0n])],
      ['IncMinor', next([major, minor + 1n, 0n])],
      ['IncPatch', next([major, minor, version.pre === '' ? patch + 1n : patch])],
      ['Compare', against((way) => new GoInt(way))],
      ['LessThan', against((way) => way < 0)],
      ['GreaterThan', against((way) => way > 0)],
      ['Equal', against((way) => way === 0)],
    ]),
  })
}

/** What Go's copy of a version is: the numbers are private to it, so that none is copied. */
export function copiedVersion(value: GoObject): GoObject | undefined {
  const type = [pointer, struct].find(({ name }) => name === value.type.name)
  const zero = { numbers: [0n, 0n, 0n], pre: '', metadata: '', original: '' } as const
  return type && versionObject(zero, type)
}

function innerVersion(value: GoValue | undefined): Version {
  const inner = value instanceof GoObject ? value.inner : undefined
  if (typeof inner === 'object' && inner !== null && 'numbers' in inner) return inner as Version
  throw new FunctionError('invalid memory address or nil pointer dereference')
}

/** sprig's functions on semantic versions. */
export const semverFunctions: Family = {
  semver: (args) => versionObject(semver(args.string(0)), pointer),
  semverCompare: (args) => {
    const range = parseRange(args.string(0))
    if (range === undefined) throw new FunctionError('improper constraint')
    return inRange(semver(args.string(1)), range)
  },
}

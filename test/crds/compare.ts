/**
 * Compares a CRD as we serve it with the recorded shape, keyword by keyword. It knows nothing of the
 * generator: both sides are read from their files.
 */

/** One place where the two differ. */
export interface Difference {
  /** The version's name; empty for what lies outside the versions. */
  readonly version: string
  /** `spec.target.name enum`, `printer column Last Sync`, `names` … */
  readonly at: string
  readonly recorded: unknown
  readonly ours: unknown
}

type Json = Readonly<Record<string, unknown>>

/** The manifest's CRD brought into the form of the recorded files, without descriptions. */
export function shapeOf(manifest: Json): Json {
  const spec = manifest['spec'] as Json
  const versions = spec['versions'] as readonly Json[]
  return {
    group: spec['group'],
    scope: spec['scope'],
    names: spec['names'],
    versions: versions.map(({ schema, ...version }) => ({
      selectableFields: [],
      ...version,
      schema: withoutWords((schema as Json)['openAPIV3Schema'] as Json),
    })),
  }
}

/** Every difference; none means that the two accept, default and show the same. */
export function differences(recorded: Json, ours: Json): Difference[] {
  const found: Difference[] = []
  for (const key of ['group', 'scope', 'names']) {
    compare('', key, recorded[key], ours[key], found)
  }
  const recordedVersions = byName(recorded['versions'])
  const ourVersions = byName(ours['versions'])
  for (const name of union(recordedVersions, ourVersions)) {
    compareVersions(name, recordedVersions.get(name), ourVersions.get(name), found)
  }
  return found
}

function compareVersions(
  name: string,
  recorded: Json | undefined,
  ours: Json | undefined,
  found: Difference[],
): void {
  if (recorded === undefined || ours === undefined) {
    found.push({ version: name, at: 'version', recorded, ours })
    return
  }
  for (const key of union(entries(recorded), entries(ours))) {
    if (key === 'schema') compareSchemas(name, '', fields(recorded), fields(ours), found)
    else if (key === 'additionalPrinterColumns') compareColumns(name, recorded, ours, found)
    else compare(name, key, recorded[key], ours[key], found)
  }
}

// Order counts for columns: it is what a person sees.
function compareColumns(version: string, recorded: Json, ours: Json, found: Difference[]): void {
  const left = recorded['additionalPrinterColumns'] as readonly Json[]
  const right = ours['additionalPrinterColumns'] as readonly Json[]
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const name = String((left[index] ?? right[index] ?? {})['name'])
    compare(version, `printer column ${name}`, left[index], right[index], found)
  }
}

function compareSchemas(
  version: string,
  path: string,
  recorded: ReadonlyMap<string, Json>,
  ours: ReadonlyMap<string, Json>,
  found: Difference[],
): void {
  for (const name of union(recorded, ours)) {
    const left = recorded.get(name)
    const right = ours.get(name)
    const at = join(path, name)
    if (left === undefined || right === undefined) {
      found.push({ version, at: `${at} field`, recorded: left, ours: right })
      continue
    }
    for (const keyword of union(entries(left), entries(right))) {
      if (structural.has(keyword)) continue
      compare(version, `${at} ${keyword}`, left[keyword], right[keyword], found)
    }
    compareSchemas(version, at, inside(left), inside(right), found)
  }
}

const structural = new Set(['properties', 'items', 'additionalProperties'])

// `required` is a set; the order of a rule list or an enum is kept as recorded.
function compare(
  version: string,
  at: string,
  recorded: unknown,
  ours: unknown,
  found: Difference[],
): void {
  const isSet = at.endsWith(' required')
  if (canonical(recorded, isSet) === canonical(ours, isSet)) return
  found.push({ version, at, recorded, ours })
}

function canonical(value: unknown, isSet: boolean): string {
  if (isSet && Array.isArray(value)) return JSON.stringify([...(value as string[])].sort())
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/** The whole schema as the single inside of a version, so that its own keywords are compared. */
function fields(version: Json): Map<string, Json> {
  return new Map([['', version['schema'] as Json]])
}

function inside(schema: Json): Map<string, Json> {
  const found = new Map(Object.entries((schema['properties'] ?? {}) as Record<string, Json>))
  if (schema['items'] !== undefined) found.set('[]', schema['items'] as Json)
  if (schema['additionalProperties'] !== undefined) {
    found.set('{}', schema['additionalProperties'] as Json)
  }
  return found
}

function join(path: string, name: string): string {
  return path === '' || name === '[]' || name === '{}' ? path + name : `${path}.${name}`
}

function byName(versions: unknown): Map<string, Json> {
  return new Map((versions as readonly Json[]).map((version) => [String(version['name']), version]))
}

function entries(value: Json): Map<string, unknown> {
  return new Map(Object.entries(value))
}

function union(left: ReadonlyMap<string, unknown>, right: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...left.keys(), ...right.keys()])]
}

function withoutWords(schema: Json): Json {
  const { description: _, properties, items, additionalProperties, ...rest } = schema
  return {
    ...rest,
    ...(properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties as Record<string, Json>).map(([name, child]) => [
          name,
          withoutWords(child),
        ]),
      ),
    }),
    ...(items !== undefined && { items: withoutWords(items as Json) }),
    ...(additionalProperties !== undefined && {
      additionalProperties: withoutWords(additionalProperties as Json),
    }),
  }
}

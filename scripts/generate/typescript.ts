/** TypeScript interfaces and `resource(...)` constants for the kinds. */
import { isActedOn } from './descriptions.ts'
import { childrenOf, fieldsOf, storedVersion, type Crd, type Field, type Schema } from './schema.ts'
import { handWritten, nameFor, sharedNames, typeNames, type TypeNames } from './type-names.ts'

const header =
  '// Written by `npm run generate` from crds/; change crds/descriptions or crds/additions.yaml instead.\n'
const width = 100

interface Interface {
  readonly name: string
  readonly lines: readonly string[]
  readonly uses: ReadonlySet<string>
  /** The schema without descriptions, to prove that two fields may share a name. */
  readonly shape: string
}

interface File {
  readonly interfaces: Map<string, Interface>
  readonly kinds: Crd[]
}

/** The generated files of `src/api/generated`, by name. */
export function typescriptFiles(crds: readonly Crd[]): Map<string, string> {
  const files = new Map<string, File>()
  for (const crd of crds) addKind(crd, files)
  const texts = new Map([...files].map(([name, file]) => [name, fileText(name, file)]))
  texts.set('index.ts', indexText(files))
  return texts
}

function addKind(crd: Crd, files: Map<string, File>): void {
  const { kind } = crd.names
  const names = typeNames[kind]
  if (names === undefined) throw new Error(`no type names for ${kind}`)
  const file = fileNamed(names.file, files)
  const writer = new Writer(crd, names, files)
  file.kinds.push(crd)
  writer.root()
}

function fileNamed(name: string, files: Map<string, File>): File {
  const file = files.get(name) ?? { interfaces: new Map<string, Interface>(), kinds: [] }
  files.set(name, file)
  return file
}

/** Writes the interfaces of one kind. */
class Writer {
  readonly #crd: Crd
  readonly #names: TypeNames
  readonly #files: Map<string, File>
  readonly #shared: string

  constructor(crd: Crd, names: TypeNames, files: Map<string, File>) {
    this.#crd = crd
    this.#names = names
    this.#files = files
    this.#shared = 'shared.ts'
  }

  root(): void {
    const { schema } = storedVersion(this.#crd)
    const { kind } = this.#crd.names
    const known = new Set(['apiVersion', 'kind', 'metadata'])
    const fields = fieldsOf(schema).filter((field) => !known.has(field.path))
    this.#declare(kind, `${kind} extends KubeObject`, schema, fields, kind)
  }

  #declare(
    name: string,
    head: string,
    schema: Schema,
    fields: readonly Field[],
    prefix: string,
  ): void {
    const shape = JSON.stringify(bare(schema))
    const file = fileNamed(
      sharedNames.includes(name) ? this.#shared : this.#names.file,
      this.#files,
    )
    const present = file.interfaces.get(name)
    if (present !== undefined) {
      if (present.shape !== shape) throw new Error(`two shapes want to be called ${name}`)
      return
    }
    const uses = new Set<string>(head.includes('KubeObject') ? ['KubeObject'] : [])
    const words = isActedOn(schema) ? schema.description : undefined
    const lines = [...docstring(words, ''), `export interface ${head} {`]
    // The place is taken before the children are written, so that parents stand above them.
    file.interfaces.set(name, { name, lines, uses, shape })
    for (const field of fields) {
      const optional = field.isRequired ? '' : '?'
      lines.push(...docstring(wordsOf(field.schema), '  '))
      lines.push(...property(`${lastPart(field.path)}${optional}`, this.#type(field, prefix, uses)))
    }
    lines.push('}')
  }

  /** The type expression for a field; declares what it names. */
  #type(field: Field, prefix: string, uses: Set<string>): string {
    const { schema, path } = field
    if (this.#names.opaque?.(path) === true) return 'unknown'
    const type = this.#plainType(field, prefix, uses)
    return schema.nullable === true ? `${type} | null` : type
  }

  #plainType(field: Field, prefix: string, uses: Set<string>): string {
    const { schema } = field
    if (schema['x-kubernetes-int-or-string'] === true) return 'number | string'
    if (schema.enum !== undefined) return schema.enum.map(literal).join(' | ')
    switch (schema.type) {
      case 'string':
        return 'string'
      case 'integer':
      case 'number':
        return 'number'
      case 'boolean':
        return 'boolean'
      case 'array':
        return listOf(this.#inner(field, prefix, uses))
      case 'object':
        return this.#objectType(field, prefix, uses)
      default:
        return 'unknown'
    }
  }

  #inner(field: Field, prefix: string, uses: Set<string>): string {
    const [inner] = childrenOf(field).filter((child) => /(\[\]|\{\})$/.test(child.path))
    return inner === undefined ? 'unknown' : this.#type(inner, prefix, uses)
  }

  #objectType(field: Field, prefix: string, uses: Set<string>): string {
    if (field.schema.properties === undefined) {
      const value = field.schema.additionalProperties ? this.#inner(field, prefix, uses) : 'unknown'
      return `Readonly<Record<string, ${value}>>`
    }
    const name = nameFor(field.path, this.#names.names) ?? prefix + pascal(lastPart(field.path))
    uses.add(name)
    if (!Object.hasOwn(handWritten, name)) {
      const inner = fieldsOf(field.schema, field.path)
      this.#declare(name, name, field.schema, inner, childPrefix(name))
    }
    return name
  }
}

/** `VaultProvider` → `Vault`, so that what is inside is `VaultTls`, not `VaultProviderTls`. */
function childPrefix(name: string): string {
  return name.replace(/(Provider|Spec|Status)$/, '')
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1)
}

function pascal(part: string): string {
  const isItem = part.endsWith('[]')
  const word = part.replace(/(\[\]|\{\})$/, '')
  const singular = isItem && word.endsWith('s') ? word.slice(0, -1) : word
  return singular.charAt(0).toUpperCase() + singular.slice(1)
}

function bare(schema: Schema): unknown {
  return JSON.parse(
    JSON.stringify(schema, (key, value: unknown) =>
      key === 'description' && typeof value === 'string' ? undefined : value,
    ),
  )
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : JSON.stringify(value)
}

function listOf(inner: string): string {
  return inner.includes(' | ') ? `readonly (${inner})[]` : `readonly ${inner}[]`
}

function wordsOf(schema: Schema): string | undefined {
  const { description, format } = schema
  const isPlain = schema.default !== undefined && typeof schema.default !== 'object'
  const notes = [
    ...(format === 'byte' ? ['Base64.'] : []),
    ...(isPlain && schema.default !== '' ? [`Default: \`${String(schema.default)}\`.`] : []),
  ]
  return [...(description === undefined ? [] : [description]), ...notes].join(' ') || undefined
}

function property(name: string, type: string): string[] {
  const line = `  readonly ${name}: ${type}`
  if (line.length <= width || !type.includes(' | ')) return [line]
  return [`  readonly ${name}:`, ...type.split(' | ').map((option) => `    | ${option}`)]
}

function docstring(text: string | undefined, indent: string): string[] {
  if (text === undefined) return []
  const oneLine = `${indent}/** ${text} */`
  if (oneLine.length <= width) return [oneLine]
  const lines = wrapped(text, width - indent.length - 3)
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`), `${indent} */`]
}

function wrapped(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

function fileText(name: string, file: File): string {
  const interfaces = [...file.interfaces.values()]
  const used = new Set(interfaces.flatMap((each) => [...each.uses]))
  const bodies = interfaces.map((each) => `${each.lines.join('\n')}\n`)
  const constants = file.kinds.map(constant)
  return [header + imports(name, used, file.kinds.length > 0), ...bodies, ...constants].join('\n')
}

function imports(file: string, used: ReadonlySet<string>, hasKinds: boolean): string {
  const fromObject = ['Condition', 'KubeObject'].filter((name) => used.has(name))
  const fromShared = file === 'shared.ts' ? [] : sharedNames.filter((name) => used.has(name))
  return [
    ...(fromObject.length > 0
      ? [`import type { ${fromObject.join(', ')} } from '../object.ts'\n`]
      : []),
    ...(hasKinds ? [`import { resource, type Resource } from '../resource.ts'\n`] : []),
    ...(fromShared.length > 0
      ? [`import type { ${fromShared.join(', ')} } from './shared.ts'\n`]
      : []),
  ].join('')
}

/** `externalSecrets`: the kind, as `src/api` names the plural. */
export function constantName(crd: Crd): string {
  const { kind, plural } = crd.names
  const ending = plural.slice(commonPrefix(kind.toLowerCase(), plural))
  const stem = kind.slice(0, commonPrefix(kind.toLowerCase(), plural))
  // Of an abbreviation all letters: `uuids`, `sshKeys`.
  const capitals = /^[A-Z]+(?=[A-Z][a-z]|$)|^[A-Z]/.exec(stem)?.[0] ?? ''
  return capitals.toLowerCase() + stem.slice(capitals.length) + ending
}

function commonPrefix(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length += 1
  return length
}

function constant(crd: Crd): string {
  const { kind, plural } = crd.names
  const { name } = storedVersion(crd)
  const scope = crd.scope === 'Cluster' ? `,\n  'cluster'` : ''
  return [
    `/** ${crd.scope === 'Cluster' ? 'Cluster-scoped. ' : ''}${crd.group}/${name} ${kind}. */`,
    `export const ${constantName(crd)}: Resource<${kind}> = resource(`,
    `  '${crd.group}/${name}',\n  '${kind}',\n  '${plural}'${scope},`,
    `)\n`,
  ].join('\n')
}

function indexText(files: ReadonlyMap<string, File>): string {
  const lines = [...files].flatMap(([name, file]) => [
    `export type * from './${name}'`,
    ...(file.kinds.length > 0
      ? [`export { ${file.kinds.map(constantName).join(', ')} } from './${name}'`]
      : []),
  ])
  return `${header}${lines.join('\n')}\n`
}

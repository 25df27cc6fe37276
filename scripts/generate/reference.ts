/** `crds/REFERENCE.md`: what a user may write, and what is written back. */
import { readDescriptions, isActedOn, type ConditionWords } from './descriptions.ts'
import { storedVersion, walk, type Crd, type Field, type Schema } from './schema.ts'

const opening = `# The kinds Lockstep serves

Written by \`npm run generate\` from \`crds/\`. The tables name the fields that are acted on. Every other
field of the peers' CRDs is accepted as well, so that existing manifests apply unedited; \`kubectl explain\`
says of each whether it is acted on. \`[]\` stands for the items of a list, \`{}\` for the values of a map.
`

/** The page for all kinds. */
export function referencePage(root: string, crds: readonly Crd[]): string {
  const contents = crds.map(({ names: { kind } }) => `- [${kind}](#${kind.toLowerCase()})`)
  const sections = crds.map((crd) => section(root, crd))
  return [opening, contents.join('\n') + '\n', ...sections].join('\n')
}

function section(root: string, crd: Crd): string {
  const { kind, plural, shortNames, categories } = crd.names
  const words = readDescriptions(root, kind)
  const { additionalPrinterColumns, schema } = storedVersion(crd)
  const names = [plural, ...(shortNames ?? []), ...(categories ?? [])]
  return (
    [
      `## ${kind}`,
      words.kind,
      `${crd.group}, ${crd.versions.map(versionWords).join(', ')}; ${crd.scope.toLowerCase()}. ` +
        `\`kubectl get\` knows it as ${names.map(code).join(', ')}. [Manifest](${manifestLink(crd)})`,
      `### ${kind}: fields`,
      table(['field', 'type', 'default', 'meaning'], fieldRows(schema)),
      ...part(
        `### ${kind}: columns`,
        ['column', 'shows'],
        additionalPrinterColumns.map((column) => [column.name, code(column.jsonPath)]),
      ),
      ...part(
        `### ${kind}: conditions`,
        ['condition', 'status', 'reason', 'when'],
        words.conditions.flatMap(conditionRows),
      ),
    ].join('\n\n') + '\n'
  )
}

/** A heading and its table; nothing for a kind that has none of it. */
function part(
  heading: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  return rows.length === 0 ? [] : [heading, table(head, rows)]
}

function versionWords(version: Crd['versions'][number]): string {
  const notes = [
    version.storage ? 'stored' : 'served',
    ...(version.deprecated ? ['deprecated'] : []),
  ]
  return `${version.name} (${notes.join(', ')})`
}

function manifestLink(crd: Crd): string {
  return `./${crd.group}_${crd.names.plural}.yaml`
}

function fieldRows(schema: Schema): string[][] {
  const known = new Set(['apiVersion', 'kind', 'metadata'])
  const fields = [...walk(schema)].filter(
    (field) => isActedOn(field.schema) && !known.has(field.path),
  )
  return fields.map((field) => [
    code(field.path) + (field.isRequired && !/[\]}]$/.test(field.path) ? ' (required)' : ''),
    typeWords(field.schema),
    defaultWords(field),
    field.schema.description ?? '',
  ])
}

function typeWords(schema: Schema): string {
  if (schema['x-kubernetes-int-or-string'] === true) return 'integer or string'
  if (schema.enum !== undefined) return schema.enum.map((value) => code(String(value))).join(', ')
  if (schema.type === 'array') return `list of ${inner(schema.items)}`
  if (schema.type === 'object' && schema.additionalProperties) {
    return `map of ${inner(schema.additionalProperties)}`
  }
  const format = schema.format === undefined ? '' : ` (${schema.format})`
  return `${schema.type ?? 'anything'}${format}`
}

function inner(schema: Schema | undefined): string {
  return schema?.type === 'object' ? 'objects' : `${schema?.type ?? 'anything'}s`
}

function defaultWords({ schema }: Field): string {
  return schema.default === undefined ? '' : code(JSON.stringify(schema.default))
}

function conditionRows(condition: ConditionWords): string[][] {
  const heading = [`**${condition.type}**`, '', '', condition.meaning]
  const rows = condition.reasons.map(({ reason, status, when }) => {
    return ['', status, reason === '' ? '(none)' : code(reason), when]
  })
  return [heading, ...rows]
}

/** A table laid out as oxfmt lays it out: every column as wide as its widest cell. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows].map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = head.map((_, column) => Math.max(3, ...lines.map((line) => line[column]!.length)))
  const padded = lines.map((line) => line.map((cell, column) => cell.padEnd(widths[column]!)))
  const rule = widths.map((width) => '-'.repeat(width))
  return [padded[0]!, rule, ...padded.slice(1)]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

function code(text: string): string {
  return `\`${text}\``
}

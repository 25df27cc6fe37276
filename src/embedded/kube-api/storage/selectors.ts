import { badRequest } from '../errors.ts'
import type { Kind } from '../kinds/kind.ts'
import { scalarText, get, type Obj } from '../object.ts'
import { rulesOf } from '../rules/index.ts'

/** Whether an object is wanted. */
export type Predicate = (object: Obj) => boolean

type Labels = Readonly<Record<string, string>>
type Requirement = (labels: Labels) => boolean

const cache = new Map<string, readonly Requirement[]>()

/** Reads a label selector. @throws ApiError 400 with the words of the real parser. */
export function labelSelector(text: string): (labels: Labels | undefined) => boolean {
  let requirements = cache.get(text)
  if (requirements === undefined) {
    requirements = parseLabels(text)
    if (cache.size < 500) cache.set(text, requirements)
  }
  const all = requirements
  return (labels = {}) => all.every((one) => one(labels))
}

function parseLabels(text: string): readonly Requirement[] {
  if (text.trim() === '') return []
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let i = 0; i <= text.length; i++) {
    if (text[i] === '(') depth++
    else if (text[i] === ')') depth--
    else if (i === text.length || (text[i] === ',' && depth === 0)) {
      parts.push(text.slice(from, i).trim())
      from = i + 1
    }
  }
  return parts.map((part) => parseRequirement(part, text))
}

const own = (labels: Labels, key: string): string | undefined =>
  Object.hasOwn(labels, key) ? labels[key] : undefined

function parseRequirement(part: string, whole: string): Requirement {
  const set = /^([^\s!=<>]+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(part)
  if (set !== null) {
    const [, key = '', word, list = ''] = set
    checkKey(key)
    const values = new Set(list.split(',').map((one) => one.trim()))
    return word === 'in'
      ? (labels) => values.has(own(labels, key) ?? '\0')
      : (labels) => !values.has(own(labels, key) ?? '\0')
  }
  const compared = /^([^\s!=<>]+)\s*(==|=|!=|<|>)\s*([^\s=!<>]*)$/.exec(part)
  if (compared !== null) {
    const [, key = '', operator, value = ''] = compared
    checkKey(key)
    if (operator === '!=') return (labels) => own(labels, key) !== value
    if (operator === '>') return (labels) => Number(own(labels, key)) > Number(value)
    if (operator === '<') return (labels) => Number(own(labels, key)) < Number(value)
    return (labels) => own(labels, key) === value
  }
  const absent = /^!\s*([^\s!=<>,()]+)$/.exec(part)
  if (absent !== null) {
    const key = absent[1] ?? ''
    checkKey(key)
    return (labels) => own(labels, key) === undefined
  }
  if (/^[^\s!=<>,()]+$/.test(part)) {
    checkKey(part)
    return (labels) => own(labels, part) !== undefined
  }
  throw badRequest(unparsable(part, whole))
}

function unparsable(part: string, _whole: string): string {
  const bad = /(?<=[=!])[=!<>]|[^\w./=-]/.exec(part)?.[0] ?? ''
  return `unable to parse requirement: found '${bad}', expected: identifier`
}

function checkKey(key: string): void {
  const name = key.split('/').pop() ?? ''
  if (/^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/.test(name) && name.length <= 63) return
  throw badRequest(
    `unable to parse requirement: <nil>: Invalid value: "${key}": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
  )
}

export interface FieldRequirement {
  readonly path: string
  readonly equal: boolean
  readonly value: string
}

/** Reads a field selector. @throws ApiError 400. */
export function fieldSelector(text: string): readonly FieldRequirement[] {
  return splitEscaped(text)
    .filter((part) => part !== '')
    .map((part) => {
      const match = /^([^=!]+)(==|!=|=)(.*)$/.exec(part)
      if (match === null) {
        throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`)
      }
      const [, path = '', operator, value = ''] = match
      return { path, equal: operator !== '!=', value: value.replace(/\\([\\,=])/g, '$1') }
    })
}

function splitEscaped(text: string): string[] {
  return text.split(/(?<!\\),/)
}

/** What a list or watch of the kind selects. @throws ApiError 400 for fields it cannot select by. */
export function predicateOf(kind: Kind, query: URLSearchParams): Predicate | undefined {
  const labels = query.get('labelSelector') ?? ''
  const fields = query.get('fieldSelector') ?? ''
  if (labels === '' && fields === '') return undefined
  const byLabel = labels === '' ? undefined : labelSelector(labels)
  const requirements = fieldSelector(fields)
  const allowed = [
    'metadata.name',
    'metadata.namespace',
    ...(rulesOf(kind).selectable ?? []),
    ...(kind.custom?.selectable ?? []),
  ]
  for (const { path } of requirements) {
    if (!allowed.includes(path)) {
      throw badRequest(
        kind.custom === undefined && rulesOf(kind).selectable === undefined
          ? `"${path}" is not a known field selector: only "metadata.name", "metadata.namespace"`
          : `field label not supported: ${path}`,
      )
    }
  }
  return (object) =>
    (byLabel === undefined || byLabel(object.metadata.labels)) &&
    requirements.every(
      ({ path, equal, value }) => (fieldOf(kind, object, path) === value) === equal,
    )
}

function fieldOf(kind: Kind, object: Obj, path: string): string {
  const special = rulesOf(kind).selected?.(object, path)
  if (special !== undefined) return special
  const value = get(object, ...path.split('.'))
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? '' : scalarText(value)
}

/** The name a selector asks for, when it asks for exactly one. */
export function selectedName(query: URLSearchParams): string | undefined {
  const text = query.get('fieldSelector')
  if (text === null) return undefined
  return fieldSelector(text).find(({ path, equal }) => path === 'metadata.name' && equal)?.value
}
